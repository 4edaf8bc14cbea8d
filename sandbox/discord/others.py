"""What others write: people, who forward messages too, and other bots."""

from __future__ import annotations

from typing import Any

from sandbox.discord.api_error import ApiError
from sandbox.discord.line import Refused
from sandbox.discord.platform import Platform
from sandbox.discord.rules import CREATE_FLAGS, check_message
from sandbox.discord.world import Channel, Json, Post, User

FORWARD = 1  # a message_reference's type
HAS_SNAPSHOT = 1 << 14
SNAPSHOT = ("type", "content", "mentions", "mention_roles", "attachments", "embeds", "timestamp",
            "edited_timestamp", "flags", "components")  # fmt: skip


def said(discord: Platform, channel: Channel, user: User, content: str, **extra: Any) -> Post:
    """An ordinary message of a person. `extra` are further fields of the message object."""
    data = discord.messages.blank(channel, user, content=content, **extra)
    return discord.world.add(Post(data, channel))


def written(discord: Platform, channel: Channel, name: str, body: Json) -> Post:
    """A message of the bot of this name, which is not the app that is played with here.

    Raises ValueError for a body that Discord would refuse.
    """
    try:
        check_message(body, flags=CREATE_FLAGS)
    except ApiError as error:
        raise ValueError(f"Discord takes no such message: {error}") from None
    bot = discord.world.other_bot(name)
    data = discord.messages.blank(channel, bot, application_id=bot.id)
    return discord.messages.write(Post(data, channel), body, [])


def forwarded(discord: Platform, channel: Channel, user: User, message_id: str) -> Post:
    """A message that brings along another one that its author can see.

    Raises Refused for one that is gone, was for one person alone or is not there for them.
    """
    post = discord.world.find(message_id)
    if post is None or not post.visible_to(user):
        raise Refused("this message is not here (any more)")
    if post.seen_by is not None:
        raise Refused("a message for you alone cannot be forwarded")
    source = {"channel_id": post.channel.id, "message_id": post.id}
    guild = {"guild_id": post.channel.guild.id} if post.channel.guild else {}
    # of a message that was forwarded itself, what it brought along
    snapshots = post.data.get("message_snapshots") or [{"message": snapshot(post.data)}]
    data = discord.messages.blank(
        channel,
        user,
        flags=HAS_SNAPSHOT,
        message_reference={"type": FORWARD, **source, **guild},
        message_snapshots=snapshots,
    )
    return discord.world.add(Post(data, channel))


def snapshot(message: Json) -> Json:
    """What is kept of a message where it is forwarded to: not who wrote it."""
    return {name: message[name] for name in SNAPSHOT}
