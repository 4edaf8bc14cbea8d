"""What a restore would do, and what it has done, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.command_line.terminal import plain
from bot.library.import_journal import Journal
from bot.library.import_plan import ListPlan, Plan, Skip, parse_uri
from bot.library.import_steps import Fill, Step, count_calls, count_items
from bot.text.items import count
from bot.views.import_overview import REASONS, closeness_text, missing_parts_text


def plan_text(plan: Plan) -> str:
    """What the file has, and how much of it the account lacks."""
    lines = [missing_parts_text(missing) for missing in plan.missing]
    lines += [f"{plain(name)} came twice. It was read once." for name in plan.repeated]
    lines.append(f"This is {plain(plan.format)}. It has:")
    lines += [_list_line(plan, listed) for listed in plan.lists]
    if plan.follows:
        new = len(set(plan.follows) - set(plan.saved))
        lines.append(f"  Followed playlists: {len(plan.follows):,}, {new:,} to follow again")
    lines += [plain(doubt) for doubt in plan.doubts]
    lines += [f"Left out: {number:,}, {REASONS[why]}." for why, number in plan.counts.items()]
    if plan.doubtful:
        doubtful = count(len(plan.doubtful), "song")
        lines.append(
            f"Left out: {doubtful} that it isn’t certain about. --likely adds the likeliest."
        )
    if likeliest := [entry for entry in plan.open if entry.at_once]:
        songs, how = count(len(likeliest), "song"), closeness_text(likeliest)
        lines.append(f"The likeliest is taken for {songs}: {how}.")
    return "\n".join(lines)


def steps_text(steps: Sequence[Step]) -> str:
    """What a restore will cost."""
    if not steps:
        return "There’s nothing to add."
    requests = count(count_calls(steps).total(), "request")
    return f"To add: {count(count_items(steps), 'item')}, with about {requests} to Spotify."


def _list_line(plan: Plan, listed: ListPlan) -> str:
    name, usable = plain(listed.name) or listed.section.value, listed.usable
    if not listed.is_playlist:
        new = len(set(usable) - set(plan.saved))
        return f"  {name}: {len(usable):,}, {new:,} to add"
    if listed.existing or listed.is_open:
        return f"  {name} (playlist): {len(usable):,}, {len(listed.missing):,} to add"
    return f"  {name} (playlist): {len(usable):,}, in a new playlist"


def skipped_rows(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    """What is left out or not certain: why, the list, the entry, and a link to what it may be."""
    for each in plan.skipped:
        list_name = plain(plan.lists[each.list_number].name)
        yield REASONS[each.reason], list_name, plain(each.title), ""
    for entry in plan.matched:
        title = " – ".join(filter(None, (entry.artists, entry.title)))
        best = entry.likeliest
        about = f"{plain(best.artists)} – {plain(best.title)} {parse_uri(best.uri).link}"
        list_name = plain(plan.lists[entry.list_number].name)
        why = (
            f"a {best.closeness} match, taken as the likeliest"
            if entry.at_once
            else REASONS[Skip.UNDECIDED]
        )
        yield why, list_name, plain(title), about


def stopped_text(steps: Sequence[Step], journal: Journal, *, goes_on: bool) -> str:
    """About a restore that was stopped. `goes_on`: this one goes on with it."""
    done = sum(journal.step(number).done for number in range(len(steps)))
    next_step = "Begin another one" if goes_on else "Go on with --apply, or begin another one"
    return (
        f"An earlier restore of this file was stopped: {done:,} of {count_items(steps):,} are "
        f"done. {next_step} with --restart."
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
