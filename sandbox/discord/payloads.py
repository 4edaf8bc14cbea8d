"""Discord's objects in gateway events: interactions, members, channels and servers."""

from __future__ import annotations

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

NULL_MEMBER_FIELDS = (
    "avatar", "banner", "communication_disabled_until", "nick", "premium_since",
    "unusual_dm_activity_until",
)  # fmt: skip
NULL_GUILD_FIELDS = (
    "icon", "splash", "banner", "description", "system_channel_id", "rules_channel_id",
    "public_updates_channel_id", "afk_channel_id", "vanity_url_code", "application_id",
)  # fmt: skip
ZERO_GUILD_FIELDS = (
    "explicit_content_filter", "mfa_level", "nsfw_level", "premium_tier",
    "premium_subscription_count", "system_channel_flags",
)  # fmt: skip
EMPTY_GUILD_FIELDS = (
    "features", "emojis", "stickers", "voice_states", "presences", "threads", "stage_instances",
    "guild_scheduled_events", "soundboard_sounds",
)  # fmt: skip


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
    """The data of INTERACTION_CREATE. `owners` are the installations that let the app act here."""
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
        "attachment_size_limit": channel.attachment_limit,
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
    """A server member with permissions, without the user object."""
    return {
        **dict.fromkeys(NULL_MEMBER_FIELDS),
        **dict.fromkeys(("deaf", "mute", "pending"), False),
        "flags": 0,
        "joined_at": JOINED_AT,
        "permissions": str(guild.permissions_of(user)),
        "roles": [],
    }


def partial_member(guild: Guild, user: User) -> Json:
    """A resolved member of a context menu, without `deaf` and `mute`."""
    known = member(guild, user)
    return {name: value for name, value in known.items() if name not in ("deaf", "mute")}


def partial_channel(channel: Channel, user: User) -> Json:
    """The channel of an interaction."""
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
    """A DM channel, as the REST API returns it."""
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
    """The data of GUILD_CREATE. A bot without the members intent sees only itself."""
    return {
        "id": guild.id,
        "name": guild.name,
        "owner_id": guild.owner.id,
        **dict.fromkeys(NULL_GUILD_FIELDS),
        **dict.fromkeys(ZERO_GUILD_FIELDS, 0),
        **{name: [] for name in EMPTY_GUILD_FIELDS},
        **dict.fromkeys(("premium_progress_bar_enabled", "large", "unavailable"), False),
        "preferred_locale": LOCALE,
        "verification_level": 1,
        "default_message_notifications": 1,
        "afk_timeout": 300,
        "joined_at": JOINED_AT,
        "member_count": len(guild.members) + 1,
        "max_members": 250_000,
        "roles": [everyone_role(guild)],
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
    """The role of all members; its id is the server's."""
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
