"""INTERACTION_CREATE and the objects in it, as Discord sends them."""

from __future__ import annotations

from sandbox.discord.message_validation import MAX_ATTACHMENT_SIZE
from sandbox.discord.state import (
    DM,
    GROUP_DM,
    GUILD_TEXT,
    MEMBER_PERMISSIONS,
    Channel,
    Guild,
    Json,
    User,
)

LOCALE = "en-US"
JOINED_AT = "2026-01-05T12:00:00+00:00"
BOT_PERMISSIONS = MEMBER_PERMISSIONS


def interaction_create(
    interaction_id: str,
    token: str,
    application_id: str,
    kind: int,
    user: User,
    channel: Channel,
    data: Json,
    owners: Json,
    message: Json | None,
) -> Json:
    """The event's `d`. `owners` says by which installation the app may act here."""
    payload: Json = {
        "id": interaction_id,
        "application_id": application_id,
        "type": kind,
        "token": token,
        "version": 1,
        "data": data,
        "channel": partial_channel(channel, user),
        "channel_id": channel.id,
        "locale": LOCALE,
        "app_permissions": str(BOT_PERMISSIONS),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": owners,
        "context": channel.context,
        "attachment_size_limit": MAX_ATTACHMENT_SIZE,
    }
    if channel.guild is not None:
        payload |= {
            "guild_id": channel.guild.id,
            "guild": {"id": channel.guild.id, "locale": LOCALE, "features": []},
            "guild_locale": LOCALE,
            "member": {**member(channel.guild, user), "user": user.payload()},
        }
    else:
        payload["user"] = user.payload()
    if message is not None:
        payload["message"] = message
    return payload


def member(guild: Guild, user: User) -> Json:
    """A member of a server with their permissions, without the user object."""
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "deaf": False,
        "flags": 0,
        "joined_at": JOINED_AT,
        "mute": False,
        "nick": None,
        "pending": False,
        "permissions": str(guild.permissions_of(user)),
        "premium_since": None,
        "roles": [],
        "unusual_dm_activity_until": None,
    }


def partial_member(guild: Guild, user: User) -> Json:
    """A member whom an option or a menu names: `deaf` and `mute` are left out."""
    known = member(guild, user)
    return {name: value for name, value in known.items() if name not in ("deaf", "mute")}


def partial_channel(channel: Channel, user: User) -> Json:
    """The channel of an interaction, or one that an option names."""
    last = channel.messages[-1].id if channel.messages else None
    known: Json = {"id": channel.id, "type": channel.kind, "flags": 0, "last_message_id": last}
    if channel.kind == GUILD_TEXT:
        assert channel.guild is not None
        return known | {
            "guild_id": channel.guild.id,
            "name": channel.name,
            "nsfw": False,
            "parent_id": None,
            "permissions": str(channel.guild.permissions_of(user)),
            "position": 0,
            "rate_limit_per_user": 0,
            "topic": None,
        }
    if channel.kind == GROUP_DM:
        recipients = [other.payload() for other in channel.members if other is not user]
        owner = channel.members[0].id
        return known | {"name": None, "icon": None, "owner_id": owner, "recipients": recipients}
    return known


def private_channel(channel: Channel) -> Json:
    """A DM channel as the REST API gives it."""
    last = channel.messages[-1].id if channel.messages else None
    recipients = [user.payload() for user in channel.members]
    return {
        "id": channel.id,
        "type": DM,
        "flags": 0,
        "last_message_id": last,
        "recipients": recipients,
    }


def guild_create(guild: Guild, channels: list[Channel], bot: User) -> Json:
    """A server as GUILD_CREATE tells a bot without the members intent: itself alone."""
    return {
        "id": guild.id,
        "name": guild.name,
        "owner_id": guild.owner.id,
        "icon": None,
        "splash": None,
        "banner": None,
        "description": None,
        "features": [],
        "preferred_locale": LOCALE,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "vanity_url_code": None,
        "joined_at": JOINED_AT,
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members) + 1,
        "max_members": 250_000,
        "application_id": None,
        "roles": [everyone_role(guild)],
        "emojis": [],
        "stickers": [],
        "voice_states": [],
        "presences": [],
        "threads": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "members": [{**member(guild, bot), "user": bot.payload()}],
        "channels": [
            {
                "id": channel.id,
                "type": GUILD_TEXT,
                "name": channel.name,
                "position": position,
                "permission_overwrites": [],
                "nsfw": False,
                "flags": 0,
                "parent_id": None,
                "topic": None,
                "rate_limit_per_user": 0,
                "last_message_id": None,
            }
            for position, channel in enumerate(channels)
        ],
    }


def everyone_role(guild: Guild) -> Json:
    """The role that everybody in a server has; its id is the server's."""
    return {
        "id": guild.id,
        "name": "@everyone",
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": 0,
        "permissions": str(MEMBER_PERMISSIONS),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
