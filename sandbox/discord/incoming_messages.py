"""Messages that the bot does not write: those of users and other bots, and forwards."""

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
    "type", "content", "mentions", "mention_roles", "attachments", "embeds", "timestamp",
    "edited_timestamp", "flags", "components",
)  # fmt: skip


def send_user_message(
    discord: Platform, channel: Channel, user: User, content: str, **extra: Any
) -> Message:
    """An ordinary message of a user. `extra` are further fields of the message object."""
    data = discord.messages.empty_payload(channel, user, content=content, **extra)
    return discord.state.add_message(Message(data, channel))


def poll_payload(question: str, answers: tuple[str, ...], expiry: str | None) -> Json:
    """The poll of a message. One without an end has `expiry` null."""
    return {
        "question": {"text": question},
        "answers": [
            {"answer_id": number, "poll_media": {"text": answer}}
            for number, answer in enumerate(answers, start=1)
        ],
        "expiry": expiry,
        "allow_multiselect": False,
        "layout_type": 1,
        "results": {"is_finalized": False, "answer_counts": []},
    }


def send_bot_message(discord: Platform, channel: Channel, name: str, body: Json) -> Message:
    """A message of another bot. Raises ValueError for a body that Discord would refuse."""
    try:
        check_message(body, flags=CREATE_FLAGS)
    except ApiError as error:
        raise ValueError(f"Discord takes no such message: {error}") from None
    bot = discord.state.other_bot(name)
    data = discord.messages.empty_payload(channel, bot, application_id=bot.id)
    return discord.messages.create(Message(data, channel), body, [])


def forward_message(discord: Platform, channel: Channel, user: User, message_id: str) -> Message:
    """Forward a message that the user can see.

    Raises ClientValidationError for a deleted, ephemeral or invisible message.
    """
    original = discord.state.find_message(message_id)
    if original is None or not original.visible_to(user):
        raise ClientValidationError("this message is not here (any more)")
    if original.visible_only_to is not None:
        raise ClientValidationError("a message for you alone cannot be forwarded")
    if "poll" in original.data:
        raise ClientValidationError("a poll cannot be forwarded")
    source = {"channel_id": original.channel.id, "message_id": original.id}
    guild = {"guild_id": original.channel.guild.id} if original.channel.guild else {}
    # A forward of a forward has the snapshot of the first message.
    snapshots = original.data.get("message_snapshots")
    snapshots = snapshots or [{"message": message_snapshot(original.data)}]
    data = discord.messages.empty_payload(
        channel,
        user,
        flags=HAS_SNAPSHOT,
        message_reference={"type": FORWARD_REFERENCE, **source, **guild},
        message_snapshots=snapshots,
    )
    return discord.state.add_message(Message(data, channel))


def message_snapshot(message: Json) -> Json:
    """The part of a message that a forward contains; the author is no part of it."""
    return {name: message[name] for name in SNAPSHOT_FIELDS}
