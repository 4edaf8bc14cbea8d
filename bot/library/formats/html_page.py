"""Writes a web page that shows a list, works offline, and can be printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from bot.library.formats.saved_item import SavedItem
from bot.library.formats.song import Song
from bot.text.items import format_duration

# HTML cannot contain these characters, not even escaped (WHATWG, "Preprocessing the input stream").
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A fixed layout, so that a browser shows the first of many thousand rows before it has the others.
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif }
body { margin: 1.5rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; table-layout: fixed; width: 100% }
td, th { border-bottom: 1px solid #8885; overflow-wrap: anywhere; padding: .3rem .5rem;
         text-align: start; vertical-align: top }
th { background: Canvas; position: sticky; top: 0 }
.n { width: 4rem } .s { width: 6.5rem } td.n, td.s { font-variant-numeric: tabular-nums }
a { color: inherit }
@media (max-width: 40rem) { .w { display: none } .n { width: 2.6rem } .s { width: 4.5rem } }
@media print { body { max-width: none } a { text-decoration: none } th { position: static }
               tr { break-inside: avoid } }
"""


def write(songs: Iterable[Song], *, list_name: str, exported_at: str) -> Iterator[str]:
    """The page's text in chunks."""
    columns = (("#", "n"), ("Title", ""), ("Artist", ""), ("Album", "w"), ("Time", "s"))
    rows = (
        (song.url, song.name, song.byline, song.album.name, _time(song.duration_ms), song.added_at)
        for song in songs
    )
    return _page(list_name, (*columns, ("Added", "s w")), rows, exported_at)


def write_items(items: Iterable[SavedItem], *, list_name: str, exported_at: str) -> Iterator[str]:
    """The page's text in chunks."""
    columns = (("#", "n"), ("Name", ""), ("By", ""), ("Released", "s w"), ("Added", "s w"))
    rows = ((item.url, item.name, item.by, item.release_date, item.added_at) for item in items)
    return _page(list_name, columns, rows, exported_at)


def _page(
    title: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[str]],
    exported_at: str,
) -> Iterator[str]:
    """The page; a row has a link, its name, and the other cells, of which dates come last."""
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{_isolated(title)}</h1>\n<table>\n<thead>\n<tr>"
    )
    for name, kind in columns:
        yield f'<th class="{kind}">{name}</th>'
    yield "</tr>\n</thead>\n<tbody>\n"
    kinds = [kind for _, kind in columns]
    for number, (link, name, *cells) in enumerate(rows, 1):
        shown = _isolated(name or "Untitled")
        linked = f'<a href="{_text(link)}">{shown}</a>' if link else shown
        cells[-1] = cells[-1][:10]  # the day of a time
        others = map(_isolated, cells)
        texts = zip(kinds, (str(number), linked, *others), strict=True)
        row = (f'<td class="{kind}">{text}</td>' for kind, text in texts)
        yield f"<tr>{''.join(row)}</tr>\n"
    yield (
        f"</tbody>\n</table>\n<p>Exported by Tonearm on {_text(exported_at[:10])}. Links open in "
        "Spotify.</p>\n</body>\n</html>\n"
    )


def _text(value: str) -> str:
    return escape(_FORBIDDEN.sub("", value))


def _isolated(value: str) -> str:
    """The text, whose direction does not change that of what follows."""
    return f"<bdi>{_text(value)}</bdi>" if value else ""


def _time(milliseconds: int | None) -> str:
    return "" if milliseconds is None else format_duration(milliseconds)
