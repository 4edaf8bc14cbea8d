"""Draws cover art: abstract pictures as PNG."""

from __future__ import annotations

import colorsys
import functools
import hashlib
import math
import random
import re
import struct
import zlib

# Size → the prefix of Spotify's image ids of this size
_ID_PREFIXES = {640: "ab67616d0000b273", 300: "ab67616d00001e02", 64: "ab67616d00004851"}
SIZES = tuple(_ID_PREFIXES)
_IMAGE_ID_PATTERN = re.compile(f"({'|'.join(_ID_PREFIXES.values())})[0-9a-f]{{24}}")

BACKGROUND_COLOURS = 192  # of 256; the others colour the discs


def image_id(id_: str, size: int) -> str:
    """The image id for an item's id and a size in pixels."""
    return _ID_PREFIXES[size] + hashlib.sha256(id_.encode()).hexdigest()[:24]


@functools.lru_cache(maxsize=128)
def render_png(image: str) -> bytes | None:
    """The image as PNG, or None for an unknown id."""
    match = _IMAGE_ID_PATTERN.fullmatch(image)
    if match is None:
        return None
    size = next(size for size, prefix in _ID_PREFIXES.items() if prefix == match[1])
    return _draw(random.Random(image[len(match[1]) :]), size)


def _draw(rng: random.Random, size: int) -> bytes:
    """Discs on a gradient. All measures are relative, so an item looks the same in every size."""
    hue = rng.random()
    discs = [
        (rng.random(), rng.random(), rng.uniform(0.08, 0.34), BACKGROUND_COLOURS + n)
        for n in range(rng.randint(3, 6))
    ]
    rows = bytearray()
    for y in range(size):
        row = bytearray([y * BACKGROUND_COLOURS // size]) * size
        for x, centre, radius, colour in discs:
            rise = y / size - centre
            if abs(rise) < radius:
                half = math.sqrt(radius**2 - rise**2)
                start = max(0, round((x - half) * size))
                stop = min(size, round((x + half) * size))
                row[start:stop] = bytes([colour]) * max(0, stop - start)
        rows += b"\0" + row
    return _encode_png(size, _palette(hue), bytes(rows))


def _palette(hue: float) -> bytes:
    """256 colours: the gradient from dark to light, then the discs in a related hue."""
    sky = (
        colorsys.hls_to_rgb((hue + step / 900) % 1, 0.16 + 0.5 * step / BACKGROUND_COLOURS, 0.42)
        for step in range(BACKGROUND_COLOURS)
    )
    discs = (
        colorsys.hls_to_rgb((hue + 0.45 + step * 0.06) % 1, 0.55 + 0.06 * (step % 5), 0.6)
        for step in range(256 - BACKGROUND_COLOURS)
    )
    return bytes(round(255 * part) for colour in (*sky, *discs) for part in colour)


def _encode_png(size: int, palette: bytes, rows: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", size, size, 8, 3, 0, 0, 0)  # 8 bits, with a palette
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", header),
            chunk(b"PLTE", palette),
            chunk(b"IDAT", zlib.compress(rows, 6)),
            chunk(b"IEND", b""),
        )
    )
