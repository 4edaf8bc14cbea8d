"""Who and what there is in the pretend Discord: people, servers, channels and their messages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from sandbox.clock import Clock
from sandbox.notifier import ChangeNotifier

Json = dict[str, Any]

DISCORD_EPOCH_MS = 1_420_070_400_000  # the first second of 2015, where snowflakes begin
MAX_MESSAGES = 200
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
    display_name: str
    bot: bool = False

    def payload(self) -> Json:
        """Discord's user object."""
        return {
            "id": self.id,
            "username": self.name,
            "global_name": None if self.bot else self.display_name,
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
    has_bot: bool

    @property
    def owner(self) -> User:
        return self.members[0]

    def permissions_of(self, user: User) -> int:
        return OWNER_PERMISSIONS if user is self.owner else MEMBER_PERMISSIONS


@dataclass(eq=False, repr=False)
class Message:
    """A message, and what only Discord knows of it. `data` is replaced, never changed."""

    data: Json
    channel: Channel
    visible_only_to: User | None = None
    invoked_command: tuple[str, str] | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    edit_count: int = 0
    deleted: bool = False
    failed: bool = False
    watchers: list[ChangeNotifier] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Post {self.id} in {self.channel.name}>"

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def flags(self) -> int:
        return int(self.data["flags"])

    def visible_to(self, user: User) -> bool:
        return user in self.channel.members and self.visible_only_to in (None, user)


@dataclass(eq=False, repr=False)
class Channel:
    """A place to talk: in a server (kind 0), with the bot (1) or in a private group (3)."""

    id: str
    name: str
    kind: int
    members: tuple[User, ...]
    guild: Guild | None = None
    messages: list[Message] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Channel {self.name}>"

    @property
    def has_bot(self) -> bool:
        return self.guild.has_bot if self.guild else self.kind == DM

    @property
    def context(self) -> int:
        """Discord's interaction context: 0 guild, 1 DM with the bot, 2 private channel."""
        return {GUILD_TEXT: 0, DM: 1, GROUP_DM: 2}[self.kind]


class DiscordState:
    """Four people, three servers (one without the bot), a private group, and their messages."""

    def __init__(self, clock: Clock, changes: ChangeNotifier, seed: int = 0) -> None:
        self.clock = clock
        self.changes = changes
        self.random = random.Random(seed)
        self.closed_dms: set[str] = set()
        self._bots: dict[str, User] = {}
        self._last_id = 0

        people = {name: User(self.snowflake(), name, name.title()) for name in USER_NAMES}
        self.bot = User(self.snowflake(), "Tonearm", "Tonearm", bot=True)
        self.users = people
        self.guilds: list[Guild] = []
        self.channels: dict[str, Channel] = {}
        for name, places, members, bot_inside in GUILD_SPECS:
            guild = Guild(self.snowflake(), name, tuple(people[m] for m in members), bot_inside)
            self.guilds.append(guild)
            for place in places:
                self._add_channel(place, GUILD_TEXT, guild.members, guild)
        for user in people.values():
            self._add_channel("dm", DM, (user,))
        self._add_channel("huddle", GROUP_DM, (people["ada"], people["grace"]))

    def _add_channel(
        self, name: str, kind: int, members: tuple[User, ...], guild: Guild | None = None
    ) -> None:
        channel = Channel(self.snowflake(), name, kind, members, guild)
        self.channels[channel.id] = channel

    def snowflake(self) -> str:
        """A new id, greater than all before, that tells the clock's time as Discord's do."""
        now = int(self.clock() * 1000 - DISCORD_EPOCH_MS) << 22
        self._last_id = max(self._last_id + 1, now)
        return str(self._last_id)

    def random_string(self, length: int = 32) -> str:
        """Random letters and digits, the same for the same seed."""
        return "".join(self.random.choices(ALPHANUMERIC, k=length))

    def timestamp(self) -> str:
        """The clock's time in ISO 8601, as Discord writes it."""
        return datetime.fromtimestamp(self.clock(), UTC).isoformat()

    def find_channel(self, user: User, name: str) -> Channel:
        """The place as this user knows it. Raises LookupError where they cannot go."""
        for channel in self.channels.values():
            if channel.name == name and user in channel.members:
                return channel
        raise LookupError(f"{user.name} knows no place called {name!r}")

    def channels_of(self, user: User) -> Iterator[Channel]:
        return (channel for channel in self.channels.values() if user in channel.members)

    def find_user(self, user_id: str) -> User | None:
        everybody = chain(self.users.values(), [self.bot])
        return next((user for user in everybody if user.id == user_id), None)

    def other_bot(self, name: str) -> User:
        """Another bot, always the same for a name."""
        if name not in self._bots:
            self._bots[name] = User(self.snowflake(), name, name, bot=True)
        return self._bots[name]

    def find_message(self, message_id: str, channel: Channel | None = None) -> Message | None:
        """The message with this id that was not deleted, in one channel or anywhere."""
        where = [channel] if channel else self.channels.values()
        posts = (post for place in where for post in reversed(place.messages))
        return next((post for post in posts if post.id == message_id), None)

    def add_message(self, message: Message) -> Message:
        """Show a message; the oldest of the channel goes when there are too many."""
        posts = message.channel.messages
        posts.append(message)
        if len(posts) > MAX_MESSAGES:
            posts.pop(0)
        self.changes.notify()
        return message

    def notify_changed(self, message: Message) -> None:
        """Tell those who look at a message that it has changed."""
        for watcher in message.watchers:
            watcher.notify()
        self.changes.notify()

    def delete_message(self, message: Message) -> None:
        message.deleted = True
        if message in message.channel.messages:
            message.channel.messages.remove(message)
        self.notify_changed(message)


USER_NAMES = ("ada", "grace", "linus", "mallory")
ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
# name, places, members (the first owns it), whether the bot is in it
GUILD_SPECS = (
    ("Harbour", ("music", "general"), USER_NAMES, True),
    ("Night Shift", ("night",), ("ada", "mallory"), True),
    ("Elsewhere", ("elsewhere",), USER_NAMES, False),
)
