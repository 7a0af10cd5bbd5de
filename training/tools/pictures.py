"""A picture that somebody uploads is decoded and written anew: only pixels stay.

Whatever hid in it (script, position, a second file behind the first) is gone. Limits apply
before decoding: bytes, then pixels as the header states them.
"""

import uuid
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from training.tools.refusals import Refused

LARGEST_BYTES = 8 * 1024 * 1024
LARGEST_PIXELS = 40_000_000  # more than any telephone takes
LONGEST_SIDE = 1200  # pixels; twice what the widest page shows
FORMATS = ("JPEG", "PNG", "WEBP")


def written_anew(upload: IO[bytes], size: int) -> "ContentFile[bytes]":
    """The picture as a JPEG of at most 1200 pixels a side, named by chance. `size` is in bytes.

    Refused when it is too large, is no picture of a known kind, or cannot be decoded.
    """
    if size > LARGEST_BYTES:
        raise Refused(_("The picture is larger than 8 MB. Save it smaller and try again."))
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise _too_many_pixels()
            picture.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
            upright = ImageOps.exif_transpose(picture)
            pixels = _on_white(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise _too_many_pixels() from problem
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as problem:
        raise Refused(_("This is not a picture that can be read. Give a JPEG, PNG or WebP file.")) from problem
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = BytesIO()
    pixels.save(written, "JPEG", quality=85, optimize=True)
    return ContentFile(written.getvalue(), name=f"{uuid.uuid4()}.jpg")


def _too_many_pixels() -> Refused:
    return Refused(_("The picture has more than 40 million pixels. Save it smaller and try again."))


def _on_white(picture: Image.Image) -> Image.Image:
    """Pixels without transparency and without anything that travelled beside them."""
    coloured = picture.convert("RGBA")
    ground = Image.new("RGB", coloured.size, "white")
    ground.paste(coloured, mask=coloured.getchannel("A"))
    return ground
