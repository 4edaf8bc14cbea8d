"""What one user sees with one place open, as JSON for a page."""

from __future__ import annotations

from sandbox.discord.interactions import TOKEN_LIFE
from sandbox.discord.platform import Platform
from sandbox.discord.seat import Seat
from sandbox.discord.world import DM, EPOCH_MS, GROUP_DM, LOADING, Channel, Json, Post, User


def view(discord: Platform, user: User, place: str) -> Json:
    """Everything for the page; looking at a place makes it read."""
    world = discord.world
    here = world.channel(user, place)
    seen = [post for post in here.posts if post.visible_to(user)]
    if seen:
        discord.last_seen[user.name, here.id] = seen[-1].id

    def unread(channel: Channel) -> bool:
        last = discord.last_seen.get((user.name, channel.id), "0")
        return any(int(p.id) > int(last) for p in channel.posts if p.visible_to(user))

    def entry(channel: Channel) -> Json:
        name = {DM: world.bot.display, GROUP_DM: _group_name(channel, user)}.get(channel.kind)
        return {"place": channel.place, "name": name or channel.place, "unread": unread(channel)}

    places = list(world.places_of(user))
    seat = Seat(discord, user, place)
    modal = seat.modal
    return {
        "user": user.name,
        "place": place,
        "users": [{"name": u.name, "display": u.display} for u in world.users.values()],
        "guilds": [
            {"name": g.name, "places": [entry(c) for c in places if c.guild is g]}
            for g in world.guilds
            if user in g.members
        ],
        "direct": [entry(channel) for channel in places if channel.guild is None],
        "messages": [_message(discord, post, user) for post in seen],
        "modal": modal
        and {
            "title": modal.title,
            "custom_id": modal.custom_id,
            "components": modal.components,
        },
        "commands": seat.commands,
    }


def _group_name(channel: Channel, user: User) -> str:
    return ", ".join(other.display for other in channel.members if other is not user)


def _message(discord: Platform, post: Post, user: User) -> Json:
    thinking = bool(post.flags & LOADING)
    created = int(post.id) >> 22
    age = discord.clock() - (created + EPOCH_MS) / 1000
    name, command = post.invoked or ("", "")
    return {
        **post.data,
        "only_you": post.seen_by is not None,
        "thinking": thinking,
        "invoked": {"user": name, "command": command} if post.invoked else None,
        "failed": post.failed or (thinking and age >= TOKEN_LIFE),
    }
