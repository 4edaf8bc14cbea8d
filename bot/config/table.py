"""The table of all settings."""

from __future__ import annotations

import logging

from bot.config.parsers import (
    choice,
    client_id,
    database,
    discord_ids,
    host,
    integer,
    keys,
    matching,
    networks,
    process,
    public_url,
    url,
)
from bot.config.setting import Setting

_NOT_DISCORD_IDS = (
    "has a part that is not a Discord ID of 15 to 20 digits. In Discord, turn on Developer Mode "
    "under Settings, Advanced. Then right-click a server or a person, Copy ID."
)
_NOT_A_URL = "is not a web address that begins with https:// or http://."

SETTINGS = (
    Setting(
        "DISCORD_TOKEN",
        matching("[!-~]+"),
        "The bot token.",
        "has a space or a letter in it that no token has. Paste it alone, without the word Bot.",
        if_missing="Copy it from discord.com/developers, your application, Bot, Reset Token.",
        is_secret=True,
    ),
    Setting(
        "DISCORD_CLIENT_SECRET",
        matching("[!-~]+"),
        "Recommended: the client secret of your Discord application. With it, people sign in "
        "with Discord instead of typing a code.",
        "has a space or a letter in it that no secret has. Copy it from discord.com/developers, "
        "your application, OAuth2, Client Secret.",
        is_secret=True,
    ),
    Setting(
        "SPOTIFY_CLIENT_ID",
        client_id,
        "The client ID of your Spotify app.",
        "is not a Spotify client ID, which is 32 digits and letters a to f.",
        if_missing="Copy it from developer.spotify.com/dashboard, your app, Settings.",
    ),
    Setting(
        "PUBLIC_URL",
        public_url,
        "The address of the login pages; Spotify does not accept localhost.",
        _NOT_A_URL,
        if_missing="Set the address where browsers reach this bot: https://music.example.org, "
        "or http://127.0.0.1:8080 to try it on this machine.",
        example="http://127.0.0.1:8080",
    ),
    Setting(
        "HOST",
        host,
        "The address that the login pages listen on. Use 0.0.0.0 on a Procfile platform, or if "
        "your proxy is on another machine.",
        default="127.0.0.1",
    ),
    Setting(
        "PORT",
        integer(1, 65535),
        "The port that the login pages listen on.",
        "is not a port number from 1 to 65535.",
        default="8080",
    ),
    Setting(
        "DATABASE",
        database,
        "The SQLite database file, or the URL of a PostgreSQL database.",
        default="tonearm.sqlite3",
        is_secret=True,
    ),
    Setting(
        "PROCESS",
        process,
        "With PostgreSQL: which one of several processes this is, such as 2/4.",
        "is not a number and a count, such as 2/4 for the second of four.",
        default="1/1",
    ),
    Setting(
        "SHARDS",
        integer(1, 16_000),
        "With several processes: the number of connections to Discord in all. If empty, what "
        "Discord recommends at the first start.",
        "is not a number from 1 to 16000.",
    ),
    Setting(
        "SPOTIFY_CLIENT_SECRET",
        matching("[0-9a-f]{32}"),
        "The client secret of your Spotify app. With it, people can search without linking.",
        "is not a Spotify client secret, which is 32 digits and letters a to f.",
        is_secret=True,
    ),
    Setting(
        "SPOTIFY_DAILY_CALLS",
        integer(100, 1_000_000),
        "How many requests of one kind you expect Spotify to allow in a day. Exports and "
        "autocomplete use at most three quarters of them.",
        "is not a number of calls from 100 to 1000000.",
        default="1000",
    ),
    Setting(
        "METRICS_TOKEN",
        matching("[!-~]{16,200}"),
        "The bearer token for reading the metrics. Without it, only this machine can read them.",
        "must be 16–200 characters without spaces.",
        is_secret=True,
    ),
    Setting(
        "TOKEN_KEYS",
        keys,
        "Keys that encrypt the stored logins, separated by commas; the first one encrypts new "
        "logins. If empty, Tonearm makes a key file beside the database.",
        "contains something that isn’t a key. A key is 64 hexadecimal digits; put commas between "
        "keys.",
        default="",
        is_secret=True,
    ),
    Setting(
        "OPERATOR_CONTACT",
        matching(".{1,200}"),
        "Who people can ask if the Spotify app is full: an e-mail address or a Discord name.",
        "must be one line of at most 200 characters.",
    ),
    Setting(
        "ALLOWED_GUILDS",
        discord_ids,
        "The IDs of the servers whose members may use the bot, separated by commas. In direct "
        "messages, it then answers only people who have used it there. If this and ALLOWED_USERS "
        "are empty, everybody may use it everywhere.",
        _NOT_DISCORD_IDS,
        default="",
    ),
    Setting(
        "ALLOWED_USERS",
        discord_ids,
        "The IDs of people who may use the bot everywhere, separated by commas. Include your own.",
        _NOT_DISCORD_IDS,
        default="",
    ),
    Setting(
        "OWNER_ALERTS",
        choice(yes=True, no=False),
        "Whether the owner of the Discord application gets messages, at most one a day of a kind. "
        "They are about used-up quotas, the disk, and logins that Spotify refuses.",
        "is neither yes nor no.",
        default="no",
    ),
    Setting(
        "TRUSTED_PROXY",
        networks,
        "The addresses or networks of your proxies, separated by commas. Tonearm trusts their "
        "X-Forwarded-For header.",
        default="",
    ),
    Setting(
        "LOG_LEVEL",
        choice(
            debug=logging.DEBUG,
            info=logging.INFO,
            warning=logging.WARNING,
            error=logging.ERROR,
        ),
        "What is logged: debug, info, warning or error. Libraries log info at most.",
        "is not one of debug, info, warning and error.",
        default="info",
    ),
    Setting(
        "LOG_FORMAT",
        choice(text="text", json="json"),
        "How it is logged: text, or json with one object on each line.",
        "is neither text nor json.",
        default="text",
    ),
    *(
        Setting(name, url, f"For development: {service}.", _NOT_A_URL, at, for_development=True)
        for name, service, at in (
            ("DISCORD_API_URL", "the Discord REST API", "https://discord.com/api/v10"),
            ("SPOTIFY_API_URL", "the Spotify Web API", "https://api.spotify.com/v1"),
            ("SPOTIFY_ACCOUNTS_URL", "the Spotify login", "https://accounts.spotify.com"),
        )
    ),
)
