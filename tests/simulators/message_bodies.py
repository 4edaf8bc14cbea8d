"""Valid messages and components; the keyword arguments of a test make them invalid."""

from __future__ import annotations

from typing import Any

COMPONENTS_V2 = 1 << 15
IMAGE_URL = "https://example.org/a.png"
FIRST_ROW_ITEM = "components.0.components.0"  # path of the first component in the first row


def button(**fields: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **fields}


def select(count: int = 1, **fields: Any) -> dict[str, Any]:
    options = [{"label": f"Song {n}", "value": str(n)} for n in range(count)]
    return {"type": 3, "custom_id": "pick", "options": options, **fields}


def option(**fields: Any) -> dict[str, Any]:
    return {"label": "Song", "value": "song", **fields}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def rows(*components: dict[str, Any]) -> dict[str, Any]:
    return {"content": "x", "components": [row(*components)]}


def text(content: str = "x") -> dict[str, Any]:
    return {"type": 10, "content": content}


def thumbnail(url: str = IMAGE_URL) -> dict[str, Any]:
    return {"type": 11, "media": {"url": url}}


def section(*components: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": 9, "components": list(components), "accessory": thumbnail(), **fields}


def gallery(count: int) -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": IMAGE_URL}}] * count}


def container(*components: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": 17, "components": list(components), **fields}


def layout(*components: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"flags": COMPONENTS_V2, "components": list(components), **fields}
