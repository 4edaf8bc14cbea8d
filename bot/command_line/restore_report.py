"""What a restore would do, and what it has done, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.command_line.terminal import plain
from bot.library.import_journal import Journal
from bot.library.import_plan import ListPlan, Plan, Skip
from bot.library.import_steps import Fill, Step, count_items
from bot.text.items import count

_REASONS: dict[Skip, str] = {
    Skip.LOCAL: "local file, which Spotify doesn’t have",
    Skip.GONE: "was gone from Spotify when it was exported",
    Skip.UNREADABLE: "can’t be read",
    Skip.NOT_FOUND: "Spotify finds no such song",
    Skip.UNDECIDED: "several songs may be meant",
    Skip.REFUSED: "Spotify refuses it",
    Skip.NOT_A_SONG: "a playlist can’t have it",
}


def plan_text(plan: Plan) -> str:
    """What the file has, and how much of it the account lacks."""
    lines = [f"The file is {plain(plan.format)}. It has:"]
    lines += [_list_line(plan, listed) for listed in plan.lists]
    if plan.follows:
        new = len(set(plan.follows) - set(plan.saved))
        lines.append(f"  Followed playlists: {len(plan.follows):,}, {new:,} to follow again")
    lines += [plain(doubt) for doubt in plan.doubts]
    lines += [
        f"Can’t be restored: {number:,}, {_REASONS[why]}." for why, number in plan.counts.items()
    ]
    if plan.doubtful:
        lines.append(f"Left out: {len(plan.doubtful):,}, {_REASONS[Skip.UNDECIDED]}.")
    return "\n".join(lines)


def _list_line(plan: Plan, listed: ListPlan) -> str:
    name, usable = plain(listed.name) or listed.section.value, listed.usable
    if not listed.is_playlist:
        new = len(set(usable) - set(plan.saved))
        return f"  {name}: {len(usable):,}, {new:,} to add"
    if listed.existing:
        return f"  {name} (playlist): {len(usable):,}, {len(listed.missing):,} to add"
    return f"  {name} (playlist): {len(usable):,}, in a new playlist"


def skipped_rows(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """What can't be restored: the reason, the list, and the entry; named up to a number."""
    for each in plan.skipped:
        yield _REASONS[each.reason], plain(plan.lists[each.list_number].name), plain(each.title)
    for entry in plan.doubtful:
        about = " – ".join(filter(None, (entry.artists, entry.title)))
        yield _REASONS[Skip.UNDECIDED], plain(plan.lists[entry.list_number].name), plain(about)


def stopped_text(steps: Sequence[Step], journal: Journal) -> str:
    """About a restore that was stopped."""
    done = sum(journal.step(number).done for number in range(len(steps)))
    return (
        f"An earlier restore of this file was stopped: {done:,} of {count_items(steps):,} are "
        "done. Begin another one with --restart."
    )


def done_text(steps: Sequence[Step], journal: Journal, requests: int) -> str:
    """What was added."""
    refused = sum(len(journal.step(number).refused) for number in range(len(steps)))
    done = sum(journal.step(number).done for number in range(len(steps))) - refused
    made = len(journal.created)
    lines = [f"Done, with {count(requests, 'request')} to Spotify."]
    lines.append(f"Added: {count(done, 'item')}, and {count(made, 'new playlist')}.")
    return "\n".join([*lines, *step_problems(steps, journal)])


def step_problems(steps: Sequence[Step], journal: Journal) -> Iterator[str]:
    """What could not be added, and why."""
    for number, step in enumerate(steps):
        name = plain(step.name) if isinstance(step, Fill) else f"Saved items ({step.kind})"
        state = journal.step(number)
        if state.failed:
            yield f"  {name}: {len(step.uris) - state.done:,} not added. {state.failed}"
        for uri in state.refused:
            yield f"  {name}: Spotify refused {uri}"
