"""What others write: people, who forward messages too, and other bots."""

from __future__ import annotations

from typing import Any

from sandbox.discord.api_error import ApiError
from sandbox.discord.command_line import ClientValidationError
from sandbox.discord.message_validation import CREATE_FLAGS, check_message
from sandbox.discord.platform import Platform
from sandbox.discord.state import Channel, Json, Message, User

FORWARD_REFERENCE = 1  # a message_reference's type
HAS_SNAPSHOT = 1 << 14
SNAPSHOT_FIELDS = (
    "type",
    "content",
    "mentions",
    "mention_roles",
    "attachments",
    "embeds",
    "timestamp",
    "edited_timestamp",
    "flags",
    "components",
)


def send_user_message(
    discord: Platform, channel: Channel, user: User, content: str, **extra: Any
) -> Message:
    """An ordinary message of a person. `extra` are further fields of the message object."""
    data = discord.messages.empty_payload(channel, user, content=content, **extra)
    return discord.state.add_message(Message(data, channel))


def send_bot_message(discord: Platform, channel: Channel, name: str, body: Json) -> Message:
    """A message of the bot of this name, which is not the app that is played with here.

    Raises ValueError for a body that Discord would refuse.
    """
    try:
        check_message(body, flags=CREATE_FLAGS)
    except ApiError as error:
        raise ValueError(f"Discord takes no such message: {error}") from None
    bot = discord.state.other_bot(name)
    data = discord.messages.empty_payload(channel, bot, application_id=bot.id)
    return discord.messages.create(Message(data, channel), body, [])


def forward_message(discord: Platform, channel: Channel, user: User, message_id: str) -> Message:
    """A message that brings along another one that its author can see.

    Raises Refused for one that is gone, was for one person alone or is not there for them.
    """
    post = discord.state.find_message(message_id)
    if post is None or not post.visible_to(user):
        raise ClientValidationError("this message is not here (any more)")
    if post.visible_only_to is not None:
        raise ClientValidationError("a message for you alone cannot be forwarded")
    source = {"channel_id": post.channel.id, "message_id": post.id}
    guild = {"guild_id": post.channel.guild.id} if post.channel.guild else {}
    # of a message that was forwarded itself, what it brought along
    snapshots = post.data.get("message_snapshots") or [{"message": message_snapshot(post.data)}]
    data = discord.messages.empty_payload(
        channel,
        user,
        flags=HAS_SNAPSHOT,
        message_reference={"type": FORWARD_REFERENCE, **source, **guild},
        message_snapshots=snapshots,
    )
    return discord.state.add_message(Message(data, channel))


def message_snapshot(message: Json) -> Json:
    """What is kept of a message where it is forwarded to: not who wrote it."""
    return {name: message[name] for name in SNAPSHOT_FIELDS}
