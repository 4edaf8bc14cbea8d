"""What a user sees with one channel open, as JSON for the demo page."""

from __future__ import annotations

from sandbox.discord.interactions import TOKEN_LIFETIME
from sandbox.discord.platform import Platform
from sandbox.discord.state import (
    DISCORD_EPOCH_MS,
    DM,
    GROUP_DM,
    LOADING,
    Channel,
    Json,
    Message,
    User,
)
from sandbox.discord.user_client import UserClient


def build_view(discord: Platform, user: User, place: str) -> Json:
    """All data for the page. The open channel counts as read."""
    state = discord.state
    here = state.find_channel(user, place)
    seen = [message for message in here.messages if message.visible_to(user)]
    if seen:
        discord.read_positions[user.name, here.id] = seen[-1].id

    def unread(channel: Channel) -> bool:
        last = discord.read_positions.get((user.name, channel.id), "0")
        return any(int(m.id) > int(last) for m in channel.messages if m.visible_to(user))

    def entry(channel: Channel) -> Json:
        name = {DM: state.bot.display_name, GROUP_DM: _group_name(channel, user)}.get(channel.kind)
        return {"place": channel.name, "name": name or channel.name, "unread": unread(channel)}

    channels = list(state.channels_of(user))
    client = UserClient(discord, user, place)
    modal = client.modal
    return {
        "user": user.name,
        "place": place,
        "users": [{"name": u.name, "display": u.display_name} for u in state.users.values()],
        "guilds": [
            {"name": g.name, "places": [entry(c) for c in channels if c.guild is g]}
            for g in state.guilds
            if user in g.members
        ],
        "direct": [entry(channel) for channel in channels if channel.guild is None],
        "messages": [_message_view(discord, message) for message in seen],
        "modal": modal and modal.payload,
        "commands": client.commands,
    }


def _group_name(channel: Channel, user: User) -> str:
    return ", ".join(other.display_name for other in channel.members if other is not user)


def _message_view(discord: Platform, message: Message) -> Json:
    thinking = bool(message.flags & LOADING)
    created = int(message.id) >> 22
    age = discord.clock() - (created + DISCORD_EPOCH_MS) / 1000
    name, command = message.invoked_command or ("", "")
    return {
        **message.data,
        "only_you": message.visible_only_to is not None,
        "thinking": thinking,
        "invoked": {"user": name, "command": command} if message.invoked_command else None,
        "failed": message.failed or (thinking and age >= TOKEN_LIFETIME),
    }
