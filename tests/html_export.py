"""Reads the web pages of /export with Python's own parser."""

from __future__ import annotations

from html.parser import HTMLParser

COLUMNS = 6


class _CellTexts(HTMLParser):
    """Collects the cells of a page, and the addresses of its links."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


def names_in_page(content: bytes) -> list[str]:
    """The titles; checks that no name became an element or an address."""
    page = _CellTexts()
    page.feed(content.decode())
    assert not page.tags & {"script", "img", "link", "b", "iframe"}
    assert all(link.startswith("https://open.spotify.com/") for link in page.links)
    return page.cells[COLUMNS + 1 :: COLUMNS]
