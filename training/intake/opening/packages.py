"""Packages (.xlsx, .docx are zip files) are measured by their directory and again while unpacking.

The directory is what whoever made the file says; unpacking counts what really comes out.
"""

from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as BrokenStream  # noqa: N812 - its name says nothing

from training.intake.opening.limits import (
    MOST_PARTS,
    MOST_TIMES_SMALLER,
    MOST_UNPACKED_BYTES,
    SMALL_ENOUGH_BYTES,
)
from training.intake.opening.refusing import NotOpened, Why

BYTES_AT_ONCE = 256 * 1024
_IS_ENCRYPTED = 0x1  # a bit of the flags


def measured_package(data: bytes) -> ZipFile:
    """The package, each part unpacked once and thrown away; NotOpened when it is too much or broken."""
    try:
        package = ZipFile(BytesIO(data))
        parts = package.infolist()
        _refuse_too_much(parts, len(data))
        _unpack(package, parts)
    except (BadZipFile, BrokenStream, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise NotOpened(Why.BROKEN) from error
    return package


def _refuse_too_much(parts: list[ZipInfo], packed_bytes: int) -> None:
    if any(part.flag_bits & _IS_ENCRYPTED for part in parts):
        raise NotOpened(Why.PROTECTED)
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or _is_too_much(unpacked, packed_bytes):
        raise NotOpened(Why.TOO_BIG_UNPACKED)


def _unpack(package: ZipFile, parts: list[ZipInfo]) -> None:
    """Counts what comes out; a part that holds more than it says has the wrong check sum, too."""
    unpacked = 0
    for part in parts:
        with package.open(part) as stream:
            while piece := stream.read(BYTES_AT_ONCE):
                unpacked += len(piece)
                if unpacked > MOST_UNPACKED_BYTES:
                    raise NotOpened(Why.TOO_BIG_UNPACKED)


def _is_too_much(unpacked: int, packed: int) -> bool:
    if unpacked <= SMALL_ENOUGH_BYTES:
        return False
    return unpacked > MOST_UNPACKED_BYTES or unpacked > packed * MOST_TIMES_SMALLER
