"""What one user sees with one place open, as JSON for a page."""

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
    """Everything for the page; looking at a place makes it read."""
    world = discord.state
    here = world.find_channel(user, place)
    seen = [post for post in here.messages if post.visible_to(user)]
    if seen:
        discord.read_positions[user.name, here.id] = seen[-1].id

    def unread(channel: Channel) -> bool:
        last = discord.read_positions.get((user.name, channel.id), "0")
        return any(int(p.id) > int(last) for p in channel.messages if p.visible_to(user))

    def entry(channel: Channel) -> Json:
        name = {DM: world.bot.display_name, GROUP_DM: _group_name(channel, user)}.get(channel.kind)
        return {"place": channel.name, "name": name or channel.name, "unread": unread(channel)}

    places = list(world.channels_of(user))
    seat = UserClient(discord, user, place)
    modal = seat.modal
    return {
        "user": user.name,
        "place": place,
        "users": [{"name": u.name, "display": u.display_name} for u in world.users.values()],
        "guilds": [
            {"name": g.name, "places": [entry(c) for c in places if c.guild is g]}
            for g in world.guilds
            if user in g.members
        ],
        "direct": [entry(channel) for channel in places if channel.guild is None],
        "messages": [_message_view(discord, post, user) for post in seen],
        "modal": modal
        and {
            "title": modal.title,
            "custom_id": modal.custom_id,
            "components": modal.components,
        },
        "commands": seat.commands,
    }


def _group_name(channel: Channel, user: User) -> str:
    return ", ".join(other.display_name for other in channel.members if other is not user)


def _message_view(discord: Platform, message: Message, user: User) -> Json:
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
