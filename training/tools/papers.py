"""Files that people hand in: known by what they hold, never by their name, and never shown in the browser.

Taken are PDF, JPEG and PNG. A picture is written anew, so that only its pixels stay; a PDF is
kept as it is and leaves only as an attachment.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from training.tools.refusals import Refused

LARGEST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000
PDF, JPEG, PNG = "pdf", "jpg", "png"
CONTENT_TYPES = {PDF: "application/pdf", JPEG: "image/jpeg", PNG: "image/png"}
BEGINNINGS = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}


@dataclass(frozen=True)
class Paper:
    """What may be kept: its kind and its bytes."""

    kind: str
    content: bytes


def checked(file: IO[bytes], size: int) -> Paper:
    """The file as it may be kept. Refused when it is too large, of another kind, or broken."""
    if size > LARGEST_BYTES:
        raise Refused(_("A file has at most %(most)d MB. Make it smaller.") % {"most": LARGEST_BYTES // 1024**2})
    content = file.read(LARGEST_BYTES + 1)
    kind = next((kind for mark, kind in BEGINNINGS.items() if content.startswith(mark)), None)
    if kind is None:
        raise Refused(_("Choose a PDF, a JPEG or a PNG file."))
    return Paper(kind, content if kind == PDF else _written_anew(content, kind))


def _written_anew(content: bytes, kind: str) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=[_FORMATS[kind]]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(_("This picture has too many pixels. Make it smaller."))
            anew = BytesIO()
            picture.convert("RGB").save(anew, _FORMATS[kind])
            return anew.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise Refused(_("This picture cannot be read. Choose another file.")) from broken


_FORMATS = {JPEG: "JPEG", PNG: "PNG"}


def plain_name(name: str) -> str:
    """The name as a person knows it, without path, control characters and what a header cannot hold."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable() and character not in '"<>|:*?')[-100:]
