"""The table of the songs without a link that were in doubt, and what was chosen for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.library.import_plan import OpenEntry, Plan, parse_uri
from bot.library.import_steps import Step
from bot.library.matching import Closeness
from bot.text.escape import single_line

# In the folder of an import: for its user, if there was a doubt.
FILE = "matches.txt"
_MAX_TITLE = 300


def match_rows(plan: Plan, entries: Iterable[OpenEntry]) -> list[tuple[str, str, str, str]]:
    """For each entry: its list, its title, what was chosen, and a link to that."""
    rows = []
    for entry in entries:
        title = " – ".join(filter(None, (entry.artists, entry.title)))
        chosen, link = "left out", ""
        if match := entry.match:
            how = "the likeliest" if entry.at_once else "you chose it"
            name = " – ".join(filter(None, (match.artists, match.title)))
            chosen = f"{single_line(name, _MAX_TITLE)} ({match.closeness} match, {how})"
            link = parse_uri(match.uri).link
        list_name = single_line(plan.lists[entry.list_number].name)
        rows.append((list_name, single_line(title, _MAX_TITLE), chosen, link))
    return rows


def closeness_counts(entries: Sequence[OpenEntry]) -> Counter[Closeness]:
    """How many of these entries have a likeliest candidate of each closeness."""
    return Counter(entry.likeliest.closeness for entry in entries)


def store_matches(plan: Plan, steps: Sequence[Step], folder: Path) -> None:
    """Write the table of the entries that the steps add or leave out. Raises OSError."""
    added = {uri for step in steps for uri in step.uris}
    entries = [entry for entry in plan.matched if not entry.chosen or entry.chosen in added]
    if not entries:
        return
    path = folder / FILE
    lines = ("\t".join(row).rstrip() for row in match_rows(plan, entries))
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    path.chmod(0o600)
