"""The state of the simulated Discord: users, servers, channels and messages."""

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

DISCORD_EPOCH_MS = 1_420_070_400_000  # 2015-01-01, the epoch of snowflakes
MAX_MESSAGES = 200
DEFAULT_ATTACHMENT_LIMIT = 10 * 1024 * 1024  # bytes of each file
GUILD_TEXT, DM, GROUP_DM = 0, 1, 3
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15

# view, send, embed, attach, history, react, use application commands and external apps
MEMBER_PERMISSIONS = 1 << 6 | 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 31 | 1 << 50
OWNER_PERMISSIONS = (1 << 53) - 1
NULL_USER_FIELDS = ("avatar", "banner", "accent_color", "avatar_decoration_data", "primary_guild")


@dataclass(frozen=True)
class User:
    """A user account; the bot has one too."""

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
            **dict.fromkeys(NULL_USER_FIELDS),
            "public_flags": 0,
            "flags": 0,
            **({"bot": True} if self.bot else {}),
        }


@dataclass(frozen=True)
class Guild:
    """A server; its first member owns it."""

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
    """A message object and what only Discord knows about it. `data` is replaced, never mutated."""

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
        return f"<Message {self.id} in {self.channel.name}>"

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
    """A text channel of a server (kind 0), a DM with the bot (1) or a group DM (3).

    attachment_limit  bytes of each file; a boosted server allows more than the default
    """

    id: str
    name: str
    kind: int
    members: tuple[User, ...]
    guild: Guild | None = None
    messages: list[Message] = field(default_factory=list)
    attachment_limit: int = DEFAULT_ATTACHMENT_LIMIT

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
    """Four users, three servers (one of them without the bot) and a group DM."""

    def __init__(self, clock: Clock, changes: ChangeNotifier, seed: int = 0) -> None:
        self.clock = clock
        self.changes = changes
        self.random = random.Random(seed)
        self.closed_dms: set[str] = set()
        self.commands: list[Json] = []  # the app's, as last synced
        self._bots: dict[str, User] = {}
        self._last_id = 0

        users = {name: User(self.snowflake(), name, name.title()) for name in USER_NAMES}
        self.bot = User(self.snowflake(), "Tonearm", "Tonearm", bot=True)
        self.users = users
        self.guilds: list[Guild] = []
        self.channels: dict[str, Channel] = {}
        for name, channels, members, has_bot in GUILD_SPECS:
            guild = Guild(self.snowflake(), name, tuple(users[m] for m in members), has_bot)
            self.guilds.append(guild)
            for channel in channels:
                self._add_channel(channel, GUILD_TEXT, guild.members, guild)
        for user in users.values():
            self._add_channel("dm", DM, (user,))
        self._add_channel("huddle", GROUP_DM, (users["ada"], users["grace"]))

    def _add_channel(
        self, name: str, kind: int, members: tuple[User, ...], guild: Guild | None = None
    ) -> None:
        channel = Channel(self.snowflake(), name, kind, members, guild)
        self.channels[channel.id] = channel

    def snowflake(self) -> str:
        """A new id with the clock's time in it, greater than all before."""
        now = int(self.clock() * 1000 - DISCORD_EPOCH_MS) << 22
        self._last_id = max(self._last_id + 1, now)
        return str(self._last_id)

    def random_string(self, length: int = 32) -> str:
        """Random letters and digits from the seed."""
        return "".join(self.random.choices(ALPHANUMERIC, k=length))

    def timestamp(self) -> str:
        """The clock's time in ISO 8601."""
        return datetime.fromtimestamp(self.clock(), UTC).isoformat()

    def find_channel(self, user: User, name: str) -> Channel:
        """The user's channel of this name. Raises LookupError if they have none."""
        for channel in self.channels.values():
            if channel.name == name and user in channel.members:
                return channel
        raise LookupError(f"{user.name} has no channel {name!r}")

    def channels_of(self, user: User) -> Iterator[Channel]:
        return (channel for channel in self.channels.values() if user in channel.members)

    def find_user(self, user_id: str) -> User | None:
        accounts = chain(self.users.values(), [self.bot])
        return next((user for user in accounts if user.id == user_id), None)

    def other_bot(self, name: str) -> User:
        """Another bot, always the same one for a name."""
        if name not in self._bots:
            self._bots[name] = User(self.snowflake(), name, name, bot=True)
        return self._bots[name]

    def find_message(self, message_id: str, channel: Channel | None = None) -> Message | None:
        """The message with this id, in one channel or in all, unless it was deleted."""
        channels = [channel] if channel else self.channels.values()
        messages = (message for place in channels for message in reversed(place.messages))
        return next((message for message in messages if message.id == message_id), None)

    def find_nonce(self, channel: Channel, nonce: str | int) -> Message | None:
        """The bot's recent message with this nonce, in place of which Discord makes no other.

        Source: Discord's documentation, "Create Message", `enforce_nonce`: "the past few minutes".
        """
        since = datetime.fromtimestamp(self.clock() - NONCE_WINDOW, UTC).isoformat()
        recent = (m for m in channel.messages if m.data["timestamp"] > since)
        return next((m for m in recent if m.data.get("nonce") == nonce), None)

    def add_message(self, message: Message) -> Message:
        """Show a message. Drops the oldest message of a full channel."""
        messages = message.channel.messages
        messages.append(message)
        if len(messages) > MAX_MESSAGES:
            messages.pop(0)
        self.changes.notify()
        return message

    def notify_changed(self, message: Message) -> None:
        """Wake the tasks that wait for a change of this message."""
        for watcher in message.watchers:
            watcher.notify()
        self.changes.notify()

    def delete_message(self, message: Message) -> None:
        message.deleted = True
        if message in message.channel.messages:
            message.channel.messages.remove(message)
        self.notify_changed(message)


# Seconds in which a nonce is unique.
NONCE_WINDOW = 180.0
USER_NAMES = ("ada", "grace", "linus", "mallory")
ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
# name, channels, members (the first is the owner), whether the bot is a member
GUILD_SPECS = (
    ("Harbour", ("music", "general"), USER_NAMES, True),
    ("Night Shift", ("night",), ("ada", "mallory"), True),
    ("Elsewhere", ("elsewhere",), USER_NAMES, False),
)
