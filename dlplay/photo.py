"""A file a user brings → an upright RGB photo, or a sentence that says why not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dlplay.errors import UserError
from dlplay.settings import Settings

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""What is decoded. Never all that Pillow can: some formats start other programs."""

EXTENSIONS = ("jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif")
"""What a file dialog offers; HEIC too, since a sentence about it helps more than a greyed name."""

MOST_PIXELS = 64_000_000
_ENOUGH_PIXELS = 1_024
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_BACKGROUND = (255, 255, 255)


def read(path: Path) -> Image.Image:
    """The photo in a file.

    Raises:
        UserError: as `decode`; or there is no such file.
    """
    try:
        if path.stat().st_size > _most_bytes():
            raise _too_many_bytes(path.stat().st_size)
        return decode(path.read_bytes())
    except OSError as error:
        raise UserError("Expected a file that can be read", received=path) from error


def decode(content: bytes) -> Image.Image:
    """The photo in ``content``: RGB, upright, transparency on white, the first frame.

    A photo whose shorter side has 2,048 pixels or more is reduced by a whole number, so that the
    side keeps at least 1,024: no network here sees more than 224.

    Raises:
        UserError: it is empty, too large, broken, or not a photo.
    """
    _check_bytes(content)
    image = _open(content)
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _too_many_pixels(f"{width:,}×{height:,}")
    kind = image.format
    try:
        image.draft(None, (_ENOUGH_PIXELS, _ENOUGH_PIXELS))  # a JPEG is reduced as it is decoded
        image.load()
        photo = _to_rgb(ImageOps.exif_transpose(image))
    except Exception as error:  # Pillow's decoders raise whatever they meet in broken files
        raise UserError(
            f"This {kind} file is damaged: it could not be read to its end",
            fix="Save or copy the photo again",
        ) from error
    factor = min(photo.size) // _ENOUGH_PIXELS
    return photo.reduce(factor) if factor > 1 else photo


def stored_size(content: bytes) -> tuple[int, int]:
    """Width and height as the header says, before anything is turned or reduced.

    Raises:
        UserError: it is not a photo.
    """
    return _open(content).size


def _check_bytes(content: bytes) -> None:
    if not content:
        raise UserError("Expected a photo", received="an empty file", fix="Choose another file")
    if len(content) > _most_bytes():
        raise _too_many_bytes(len(content))
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise UserError(
            "This server cannot read HEIC photos",
            fix="Save it as JPEG, or send it as “most compatible”",
        )


def _most_bytes() -> int:
    return Settings().upload_megabytes * 1_000_000


def _too_many_bytes(received: int) -> UserError:
    return UserError(
        f"Expected a photo of at most {_most_bytes() // 1_000_000} MB",
        received=f"{received / 1e6:.0f} MB",
        fix="Save it smaller, or ask the server's owner to raise DLPLAY_UPLOAD_MEGABYTES",
    )


def _open(content: bytes) -> Image.Image:
    """The image, its header read and nothing decoded yet."""
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels("many more") from error
    except UnidentifiedImageError as error:
        raise UserError(
            "Expected a photo (JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF)",
            received="a file that is none of these",
        ) from error
    except Exception as error:  # as above: a broken header may raise anything
        raise UserError(
            "This file is damaged: not even its header can be read",
            fix="Save or copy the photo again",
        ) from error


def _too_many_pixels(received: str) -> UserError:
    return UserError(
        f"Expected a photo of at most {MOST_PIXELS // 1_000_000} million pixels",
        received=received,
        fix="Save it smaller",
    )


def _to_rgb(image: Image.Image) -> Image.Image:
    """Any mode as RGB."""
    if image.mode.startswith("I") or image.mode == "F":
        return _to_eight_bits(image).convert("RGB")
    if image.has_transparency_data:
        opaque = Image.new("RGBA", image.size, _BACKGROUND)
        opaque.alpha_composite(image.convert("RGBA"))
        image = opaque
    return image.convert("RGB")


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits by its full range; other numbers from their least to their greatest."""
    values = np.nan_to_num(np.asarray(image).astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode != "F" and low >= 0 and high <= 65_535:
        low, high = 0.0, 65_535.0
    scaled = (values - low) * (255 / (high - low if high > low else 1.0))
    return Image.fromarray(scaled.round().astype(np.uint8))
