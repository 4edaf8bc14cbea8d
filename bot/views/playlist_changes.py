"""The cards of playlists that were created or changed, and the question before one is deleted."""

from __future__ import annotations

import discord
from discord import app_commands, ui

from bot.interactions.components import PersistentButton
from bot.interactions.responses import Reply
from bot.library.playlist_additions import MAX_SONGS
from bot.library.playlist_changes import Created, Edited
from bot.library.playlist_sources import LABELS
from bot.spotify.models import Playlist
from bot.spotify.ownership import Ownership
from bot.spotify.uris import Kind, Uri
from bot.store import SavedDefault
from bot.text.escape import bold, safe
from bot.text.items import count
from bot.views import cards
from bot.views.item_buttons import ItemAction, item_buttons

_EMPTY = "Nothing in it yet. **Add to playlist** is below every song."
_UNDO = "Changed your mind? Use /undo within ten minutes."
_RECOVER = "Use /undo within ten minutes, or later spotify.com/account/recover-playlists."

KEPT = "Nothing was deleted."
NO_DEFAULT = "You have no default playlist. Set one with /playlist default and its name."


class DeleteButton(PersistentButton, template=r"playlist:delete:(?P<item_id>[0-9A-Za-z]{22})"):
    """Deletes the user's own playlist, or unfollows another."""

    def __init__(self, item_id: str, label: str = "Delete playlist") -> None:
        self.uri = Uri(Kind.PLAYLIST, item_id)
        style = discord.ButtonStyle.danger
        super().__init__(
            ui.Button(label=label, style=style, custom_id=f"playlist:delete:{item_id}")
        )


class KeepButton(PersistentButton, template="playlist:keep"):
    """Answers the question with no."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Keep it", custom_id="playlist:keep"))


def created_card(created: Created, operator: str) -> ui.LayoutView:
    """The new playlist, and what went in. `operator` is who runs the bot."""
    songs, filled = created.songs, created.filled
    visibility = "public" if created.playlist.public else "private"
    lines = [count(filled.added, "song") if filled.added else _EMPTY]
    if songs.more:
        lines.append(f"That had more, but {MAX_SONGS:,} songs are the limit here.")
    if songs.unusable:
        lines.append(f"{songs.unusable:,} left out: unreadable, or files on a computer.")
    if filled.stopped:
        why = filled.stopped.render(operator)
        lines = [f"Only {filled.added:,} of {count(len(songs.uris), 'song')} went in. {why}"]
    return _card(created.playlist, f"Created, {visibility}", "\n-# ".join(lines))


def source_choices(typed: str) -> list[app_commands.Choice[str]]:
    """The sources whose names contain what is typed."""
    return [
        app_commands.Choice(name=label, value=source)
        for source, label in LABELS.items()
        if typed.casefold() in label.casefold()
    ]


def renamed_card(edited: Edited) -> ui.LayoutView:
    """The playlist with its new name, and the old one."""
    if not edited.changed:
        return _card(edited.after, "It has that name already", "")
    return _card(edited.after, f"Renamed from {safe(edited.before.name) or 'Untitled'}", _UNDO)


def described_card(edited: Edited) -> ui.LayoutView:
    """The playlist with its new description."""
    if not edited.changed:
        text = safe(edited.after.description, 300)
        return _card(edited.after, "It has that description already", text)
    text = safe(edited.after.raw_description, 300)
    return _card(edited.after, "New description", text or "No description", _UNDO)


def visibility_card(edited: Edited) -> ui.LayoutView:
    """The playlist, and who can see it."""
    shown = (
        "Public: it’s on your profile" if edited.after.public else "Private: not on your profile"
    )
    if not edited.changed:
        return _card(edited.after, f"Already {shown[:1].lower()}{shown[1:]}", "")
    return _card(edited.after, shown, _UNDO)


def delete_question(playlist: Playlist, ownership: Ownership) -> Reply:
    """The question before a playlist is deleted or unfollowed."""
    songs = f" · {count(playlist.total, 'song')}" if playlist.total is not None else ""
    uri = playlist.require_uri()
    if ownership is Ownership.OWN:
        question, label = f"Delete {bold(playlist.name)}{songs}?", "Delete playlist"
    else:
        question, label = f"Take {bold(playlist.name)}{songs} out of your library?", "Unfollow"
    row: cards.Row = ui.ActionRow(DeleteButton(uri.id, label), KeepButton())
    text = f"{question}\n-# /undo brings it back for ten minutes.\n-# On Spotify"
    return Reply(view=cards.container(text, row), private=True)


def deleted_card(playlist: Playlist) -> ui.LayoutView:
    """That the playlist is gone from the library, and how to get it back."""
    return cards.container(f"{bold(playlist.name)} is gone from your library.\n-# {_RECOVER}")


def kept_card() -> ui.LayoutView:
    """That nothing was deleted."""
    return cards.container(KEPT)


def default_text(default: SavedDefault | None, *, is_new: bool = False) -> str:
    """Which playlist is the default."""
    if default is None:
        return NO_DEFAULT
    verb = "is now" if is_new else "is"
    return f"{bold(default.name)} {verb} your default: songs go there if you name no playlist."


def _card(playlist: Playlist, heading: str, *below: str) -> ui.LayoutView:
    row: cards.Row = ui.ActionRow(*item_buttons(playlist, ItemAction.PLAY, ItemAction.SHARE))
    lines = "\n".join(f"-# {line}" for line in below if line)
    return cards.card(playlist, row, heading=f"-# {heading}", below=lines)
