"""Who and what there is in the pretend Discord: people, servers, channels and their messages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sandbox.changes import Changes
from sandbox.clock import Clock

Json = dict[str, Any]

EPOCH_MS = 1_420_070_400_000  # the first second of 2015, where snowflakes begin
KEPT_MESSAGES = 200
GUILD_TEXT, DM, GROUP_DM = 0, 1, 3
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15

# view, send, embed, attach, history, react, use application commands and external apps
MEMBER_PERMISSIONS = 1 << 6 | 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 31 | 1 << 50
OWNER_PERMISSIONS = (1 << 53) - 1


@dataclass(frozen=True)
class User:
    """Somebody with an account; the bot is one too."""

    id: str
    name: str
    display: str
    bot: bool = False

    def payload(self) -> Json:
        """Discord's user object."""
        return {
            "id": self.id,
            "username": self.name,
            "global_name": None if self.bot else self.display,
            "discriminator": "0001" if self.bot else "0",
            "avatar": None,
            "banner": None,
            "accent_color": None,
            "avatar_decoration_data": None,
            "primary_guild": None,
            "public_flags": 0,
            "flags": 0,
            **({"bot": True} if self.bot else {}),
        }


@dataclass(frozen=True)
class Guild:
    """A server. `bot_inside` tells whether the bot was added to it."""

    id: str
    name: str
    members: tuple[User, ...]
    bot_inside: bool

    @property
    def owner(self) -> User:
        return self.members[0]

    def permissions_of(self, user: User) -> int:
        return OWNER_PERMISSIONS if user is self.owner else MEMBER_PERMISSIONS


@dataclass(eq=False, repr=False)
class Post:
    """A message, and what only Discord knows of it. `data` is replaced, never changed."""

    data: Json
    channel: Channel
    seen_by: User | None = None
    invoked: tuple[str, str] | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    edits: int = 0
    gone: bool = False
    failed: bool = False
    watchers: list[Changes] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Post {self.id} in {self.channel.place}>"

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def flags(self) -> int:
        return int(self.data["flags"])

    def visible_to(self, user: User) -> bool:
        return user in self.channel.members and self.seen_by in (None, user)


@dataclass(eq=False, repr=False)
class Channel:
    """A place to talk: in a server (kind 0), with the bot (1) or in a private group (3)."""

    id: str
    place: str
    kind: int
    members: tuple[User, ...]
    guild: Guild | None = None
    posts: list[Post] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Channel {self.place}>"

    @property
    def bot_inside(self) -> bool:
        return self.guild.bot_inside if self.guild else self.kind == DM

    @property
    def context(self) -> int:
        """Discord's interaction context: 0 guild, 1 DM with the bot, 2 private channel."""
        return {GUILD_TEXT: 0, DM: 1, GROUP_DM: 2}[self.kind]


class World:
    """Four people, three servers (one without the bot), a private group, and their messages."""

    def __init__(self, clock: Clock, changes: Changes, seed: int = 0) -> None:
        self.clock = clock
        self.changes = changes
        self.random = random.Random(seed)
        self.closed_dms: set[str] = set()
        self._bots: dict[str, User] = {}
        self._last_id = 0

        people = {name: User(self.snowflake(), name, name.title()) for name in PEOPLE}
        self.bot = User(self.snowflake(), "Tonearm", "Tonearm", bot=True)
        self.users = people
        self.guilds: list[Guild] = []
        self.channels: dict[str, Channel] = {}
        for name, places, members, bot_inside in GUILDS:
            guild = Guild(self.snowflake(), name, tuple(people[m] for m in members), bot_inside)
            self.guilds.append(guild)
            for place in places:
                self._open(place, GUILD_TEXT, guild.members, guild)
        for user in people.values():
            self._open("dm", DM, (user,))
        self._open("huddle", GROUP_DM, (people["ada"], people["grace"]))

    def _open(
        self, place: str, kind: int, members: tuple[User, ...], guild: Guild | None = None
    ) -> None:
        channel = Channel(self.snowflake(), place, kind, members, guild)
        self.channels[channel.id] = channel

    def snowflake(self) -> str:
        """A new id, greater than all before, that tells the clock's time as Discord's do."""
        now = int(self.clock() * 1000 - EPOCH_MS) << 22
        self._last_id = max(self._last_id + 1, now)
        return str(self._last_id)

    def secret(self, length: int = 32) -> str:
        """Random letters and digits, the same for the same seed."""
        return "".join(self.random.choices(LETTERS, k=length))

    def now(self) -> str:
        """The clock's time in ISO 8601, as Discord writes it."""
        return datetime.fromtimestamp(self.clock(), UTC).isoformat()

    def channel(self, user: User, place: str) -> Channel:
        """The place as this user knows it. Raises LookupError where they cannot go."""
        for channel in self.channels.values():
            if channel.place == place and user in channel.members:
                return channel
        raise LookupError(f"{user.name} knows no place called {place!r}")

    def places_of(self, user: User) -> Iterator[Channel]:
        return (channel for channel in self.channels.values() if user in channel.members)

    def user_by_id(self, user_id: str) -> User | None:
        everybody = chain(self.users.values(), [self.bot])
        return next((user for user in everybody if user.id == user_id), None)

    def other_bot(self, name: str) -> User:
        """Another bot, always the same for a name."""
        if name not in self._bots:
            self._bots[name] = User(self.snowflake(), name, name, bot=True)
        return self._bots[name]

    def find(self, message_id: str, channel: Channel | None = None) -> Post | None:
        """The message with this id that was not deleted, in one channel or anywhere."""
        where = [channel] if channel else self.channels.values()
        posts = (post for place in where for post in reversed(place.posts))
        return next((post for post in posts if post.id == message_id), None)

    def add(self, post: Post) -> Post:
        """Show a message; the oldest of the channel goes when there are too many."""
        posts = post.channel.posts
        posts.append(post)
        if len(posts) > KEPT_MESSAGES:
            posts.pop(0)
        self.changes.note()
        return post

    def touch(self, post: Post) -> None:
        """Tell those who look at a message that it has changed."""
        for watcher in post.watchers:
            watcher.note()
        self.changes.note()

    def remove(self, post: Post) -> None:
        post.gone = True
        if post in post.channel.posts:
            post.channel.posts.remove(post)
        self.touch(post)


PEOPLE = ("ada", "grace", "linus", "mallory")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
# name, places, members (the first owns it), whether the bot is in it
GUILDS = (
    ("Harbour", ("music", "general"), PEOPLE, True),
    ("Night Shift", ("night",), ("ada", "mallory"), True),
    ("Elsewhere", ("elsewhere",), PEOPLE, False),
)
