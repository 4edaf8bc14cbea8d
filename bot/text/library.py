"""Words for what was saved or removed in the library, by the kind of item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.spotify.catalogue import Item
from bot.spotify.uris import Kind, Uri
from bot.text.items import count, title

FOLLOWED = frozenset({Kind.ARTIST, Kind.PLAYLIST})
_PLACES = {Kind.TRACK: "your Liked Songs", Kind.EPISODE: "Your Episodes"}
_NOUNS = {Kind.TRACK: "song"}


def place(kind: Kind) -> str:
    """Where Spotify keeps saved items of this kind."""
    return _PLACES.get(kind, "your library")


def noun(kind: Kind) -> str:
    return _NOUNS.get(kind, str(kind))


def saved_message(kind: Kind, *, changed: bool | None = True) -> str:
    """What is said of an item after a save.

    changed  whether it was not saved before; None if that is not known
    """
    if kind == Kind.ARTIST:
        return "You already follow them" if changed is False else "Now following"
    verb = {True: "Added to", False: "Already in", None: "Now in"}[changed]
    return f"{verb} {place(kind)}"


def removed_message(kind: Kind, *, changed: bool | None = True) -> str:
    """What is said of an item after it was removed; `changed`: as above, whether it was saved."""
    if kind == Kind.ARTIST:
        return "You don’t follow them" if changed is not True else "Not following any more"
    verb = {True: "Removed from", False: "Not in", None: "Not in"}[changed]
    return f"{verb} {place(kind)}"


def titles(items: Iterable[Item]) -> dict[Uri, str]:
    """The items' names as markdown, by their URIs."""
    return {item.require_uri(): title(item) for item in items}


def counts(uris: Sequence[Uri]) -> str:
    """The number of items of each kind, such as `3 songs, 1 album`."""
    kinds = [uri.kind for uri in uris]
    return ", ".join(count(kinds.count(kind), noun(kind)) for kind in dict.fromkeys(kinds))


def change_sentence(uris: Sequence[Uri], titles: Mapping[Uri, str], *, saved: bool) -> str:
    """What was saved or removed, a sentence for each kind; empty without items.

    A single item is named by its title, which is markdown.
    """
    sentences = []
    for kind in dict.fromkeys(uri.kind for uri in uris):
        of_kind = [uri for uri in uris if uri.kind == kind]
        alone = len(of_kind) == 1 and of_kind[0] in titles
        what = f"**{titles[of_kind[0]]}**" if alone else count(len(of_kind), noun(kind))
        if kind in FOLLOWED:
            sentences.append(f"{'Followed' if saved else 'Unfollowed'} {what}.")
        elif saved:
            sentences.append(f"Added {what} to {place(kind)}.")
        else:
            sentences.append(f"Removed {what} from {place(kind)}.")
    return " ".join(sentences)
