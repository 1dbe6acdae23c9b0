"""Every kind of file a user may bring."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlplay.errors import UserError
from dlplay.photo import FORMATS, decode, read

Encode = Callable[..., bytes]

RED, GREEN, BLUE = (200, 30, 30), (30, 200, 30), (30, 30, 200)


@pytest.fixture
def corners() -> Image.Image:
    """16×8: red on the left, blue on the right."""
    image = Image.new("RGB", (16, 8), RED)
    image.paste(BLUE, (8, 0, 16, 8))
    return image


def is_close(photo: Image.Image, place: tuple[int, int], colour: tuple[int, ...]) -> bool:
    pixel = photo.getpixel(place)
    assert isinstance(pixel, tuple)
    return bool(np.abs(np.subtract(pixel, colour)).max() <= 12)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_becomes_rgb(kind: str, corners: Image.Image, encode: Encode) -> None:
    photo = decode(encode(corners, kind))
    assert (photo.mode, photo.size) == ("RGB", (16, 8))
    assert photo.getpixel((1, 1)) != photo.getpixel((14, 1))


def test_the_photo_is_turned_upright_as_its_exif_says(
    corners: Image.Image, encode: Encode
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned to the right
    photo = decode(encode(corners, "JPEG", exif=exif, quality=95, subsampling=0))
    assert photo.size == (8, 16)
    assert is_close(photo, (4, 2), RED)
    assert is_close(photo, (4, 13), BLUE)


def test_sixteen_bits_keep_their_range(encode: Encode) -> None:
    values = np.array([[0, 32_768, 65_535]], np.uint16).repeat(4, axis=0)
    photo = decode(encode(Image.fromarray(values), "PNG"))
    assert [photo.getpixel((x, 0)) for x in range(3)] == [(0,) * 3, (128,) * 3, (255,) * 3]


@pytest.mark.parametrize("values", [[-1.0, 0.0, 1.0], [0.0, 500.0, 1000.0], [np.nan, 0.5, 1.0]])
def test_floating_point_is_stretched(values: list[float], encode: Encode) -> None:
    image = Image.fromarray(np.array([values], np.float32))
    pixel = decode(encode(image, "TIFF")).getpixel((2, 0))
    assert pixel == (255, 255, 255)


def test_cmyk(corners: Image.Image, encode: Encode) -> None:
    photo = decode(encode(corners.convert("CMYK"), "JPEG", quality=95, subsampling=0))
    assert is_close(photo, (1, 1), RED)


def test_palette_and_grey(corners: Image.Image, encode: Encode) -> None:
    assert is_close(decode(encode(corners.quantize(4))), (1, 1), RED)
    assert decode(encode(Image.new("L", (3, 3), 77))).getpixel((1, 1)) == (77, 77, 77)
    assert decode(encode(Image.new("1", (3, 3), 1))).getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_becomes_white(mode: str, encode: Encode) -> None:
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0)).convert(mode)
    assert decode(encode(image, "TIFF" if mode == "PA" else "PNG")).getpixel((1, 1)) == (255,) * 3


def test_a_transparent_palette_colour_becomes_white(encode: Encode) -> None:
    image = Image.new("P", (4, 4), 0)
    assert decode(encode(image, transparency=0)).getpixel((1, 1)) == (255, 255, 255)


def test_an_animation_shows_its_first_frame(encode: Encode) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, GREEN, BLUE)]
    content = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert is_close(decode(content), (4, 4), RED)


@pytest.mark.parametrize(("kind", "size"), [("JPEG", (1500, 1125)), ("PNG", (1500, 1125))])
def test_large_photos_are_reduced(kind: str, size: tuple[int, int], encode: Encode) -> None:
    assert decode(encode(Image.new("RGB", (3000, 2250), RED), kind)).size == size


def test_photos_the_networks_can_use_whole_keep_every_pixel(encode: Encode) -> None:
    assert decode(encode(Image.new("RGB", (5000, 1500), RED))).size == (5000, 1500)


def sentence(content: bytes) -> str:
    with pytest.raises(UserError) as caught:
        decode(content)
    text = str(caught.value)
    assert "\n" not in text and "Traceback" not in text
    return text


def test_zero_bytes() -> None:
    assert "an empty file" in sentence(b"")


@pytest.mark.parametrize("content", [b"hello", b"%PDF-1.7 ...", b"PK\x03\x04" + b"\0" * 60])
def test_not_an_image(content: bytes) -> None:
    assert "none of these" in sentence(content)


def test_formats_that_start_other_programs_are_refused() -> None:
    assert "none of these" in sentence(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EOF\n")


@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_truncated(kind: str, share: float, encode: Encode) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    content = encode(Image.fromarray(noise), kind)
    assert "damaged" in sentence(content[: int(len(content) * share)])


def test_a_bomb_is_refused_by_its_header() -> None:
    tracemalloc.start()
    assert "64 million pixels" in sentence(png_header(30_000, 30_000))
    assert "10,000×9,000" not in sentence(png_header(10_000, 9_000))
    assert "9,000×8,000" in sentence(png_header(9_000, 8_000))
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_hundred_megabytes() -> None:
    text = sentence(b"\xff\xd8\xff" + bytes(100_000_000))
    assert "at most 50 MB" in text and "100 MB" in text


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"hevc"])
def test_heic_is_named(brand: bytes) -> None:
    assert "HEIC" in sentence(b"\0\0\0\x18ftyp" + brand + b"\0" * 40)


def test_random_bytes_after_a_good_header_never_escape(encode: Encode) -> None:
    random = np.random.default_rng(3)
    good = encode(Image.new("RGB", (40, 40), RED), "TIFF")
    for _ in range(200):
        content = bytearray(good)
        for place in random.integers(4, len(good), 12):
            content[place] = int(random.integers(0, 256))
        with suppress(UserError):
            assert decode(bytes(content)).mode == "RGB"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can be read"):
        read(tmp_path / "nothing.jpg")
    with pytest.raises(UserError, match="can be read"):
        read(tmp_path)


def test_a_large_file_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLPLAY_UPLOAD_MEGABYTES", "1")
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(UserError, match="at most 1 MB"):
        read(path)
