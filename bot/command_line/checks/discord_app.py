"""Checks the bot's token, its application and its client secret at Discord."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from inspect import getmembers, isclass
from typing import Annotated, Any

import msgspec
from discord.ext import commands
from msgspec import Meta

from bot.client import COGS
from bot.command_line.checks.findings import Finding, failed, not_checked, note, ok, wrong
from bot.command_line.checks.requests import Answer, Requests
from bot.errors.network import ConnectionProblem
from bot.spotify.tolerant_decoding import Unreadable, decode

TOKEN, SECRET = "DISCORD_TOKEN", "DISCORD_CLIENT_SECRET"
_PORTAL = "discord.com/developers, your application"
_INVITE = "https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands"
# The bits of an application's flags that say which privileged intents it has: presence, members and
# message content, each once for a large bot and once for a small one.
_PRIVILEGED_INTENTS = 0b1111 << 12 | 0b11 << 18
_FEW_STARTS = 20
_CHAT_INPUT = 1


class _Person(msgspec.Struct):
    username: str = ""


class _Team(msgspec.Struct):
    name: str = ""


class _Application(msgspec.Struct):
    """The fields of Discord's application object that are checked."""

    id: Annotated[str, Meta(pattern=r"\A[0-9]{1,20}\Z")]
    name: str = ""
    bot: _Person | None = None
    owner: _Person | None = None
    team: _Team | None = None
    flags: int = 0
    bot_public: bool | None = None
    redirect_uris: list[str] | None = None
    interactions_endpoint_url: str | None = None


class _StartLimit(msgspec.Struct):
    remaining: int | None = None


class _Gateway(msgspec.Struct):
    session_start_limit: _StartLimit | None = None


class _Command(msgspec.Struct):
    name: str = ""
    type: int = _CHAT_INPUT


async def check_discord(
    requests: Requests, values: Mapping[str, Any], notes: Mapping[str, str]
) -> list[Finding]:
    """Findings about all of it. `notes` are what the bot stored about itself."""
    token, api = values.get("discord_token"), values.get("discord_api_url")
    if not token or not api:
        return [not_checked("Discord", TOKEN)]
    bot: dict[str, Any] = {"headers": {"Authorization": f"Bot {token}"}}
    answer = await requests.send("GET", f"{api}/applications/@me", **bot)
    if isinstance(answer, Answer) and answer.status == 401:
        refused = wrong(TOKEN, f"Discord does not accept it. Reset it at {_PORTAL}, Bot.")
        return [refused, *_unchecked_secret(values)]
    application = _read(answer, _Application)
    if isinstance(application, str):
        return [failed("Discord", application)]
    findings = [*_application_findings(application)]
    findings += await _secret_findings(requests, values, application)
    gateway = _read(await requests.send("GET", f"{api}/gateway/bot", **bot), _Gateway)
    findings += [failed("Discord", gateway)] if isinstance(gateway, str) else _starts(gateway)
    path = f"{api}/applications/{application.id}/commands"
    registered = _read(await requests.send("GET", path, **bot), list[_Command])
    if isinstance(registered, str):
        return [*findings, failed("Commands", registered)]
    names = {command.name for command in registered if command.type == _CHAT_INPUT}
    return [*findings, _commands_finding(names, notes.get("commands refused", ""))]


def _read(answer: Answer | ConnectionProblem, model: type[Any]) -> Any:
    """The answer as `model`, or a sentence why there is none."""
    if isinstance(answer, ConnectionProblem):
        return f"It cannot be reached: {answer.text}."
    if answer.status != 200:
        return f"It answers {answer.status}. discordstatus.com shows outages; try again later."
    try:
        return decode(answer.body, model)
    except Unreadable:
        return "Its answer cannot be read. Try again later."


def _application_findings(application: _Application) -> Iterator[Finding]:
    bot = application.bot.username if application.bot else application.name
    owner = ""
    if application.team:
        owner = f" It belongs to the team {application.team.name}."
    elif application.owner:
        owner = f" It belongs to {application.owner.username}."
    yield ok(TOKEN, f"Discord knows the bot as {bot}.{owner}")
    yield note("Invite link", _INVITE.format(application.id))
    if application.interactions_endpoint_url:
        yield wrong(
            "Interactions Endpoint URL",
            "Discord sends all commands there, so the bot never gets one. Empty the field at "
            f"{_PORTAL}, General Information.",
        )
    if application.flags & _PRIVILEGED_INTENTS:
        yield note(
            "Intents", f"Tonearm needs no privileged ones. You can turn them off at {_PORTAL}, Bot."
        )
    else:
        yield ok("Intents", "Tonearm needs no privileged ones, and none is on.")
    if application.bot_public:
        yield note(
            "Public Bot",
            "Everybody can add this bot to a server, where it uses up the same limits at Spotify. "
            f"To prevent that, turn Public Bot off at {_PORTAL}, Bot.",
        )


def _unchecked_secret(values: Mapping[str, Any]) -> Iterator[Finding]:
    """What to say of a client secret that cannot be checked without a valid token."""
    if values.get(SECRET.lower()):
        yield note(SECRET, f"Not checked, because Discord does not accept {TOKEN}.")


async def _secret_findings(
    requests: Requests, values: Mapping[str, Any], application: _Application
) -> list[Finding]:
    """Findings about the client secret and its redirect."""
    if SECRET.lower() not in values:
        return []  # it is malformed, which is a finding about the settings
    if not values[SECRET.lower()]:
        return [note(SECRET, "It is not set, so people type a code in Discord to link.")]
    findings = [await check_secret(requests, values, application.id)]
    public_url = values.get("public_url")
    if public_url and application.redirect_uris is not None:
        uri = f"{public_url}/discord"
        where = f"at {_PORTAL}, OAuth2, Redirects"
        if uri in application.redirect_uris:
            findings.append(ok("Discord redirect", f"{uri} is registered."))
        else:
            findings.append(wrong("Discord redirect", f"Add {uri} {where}."))
    return findings


async def check_secret(
    requests: Requests, values: Mapping[str, Any], application_id: str
) -> Finding:
    """Whether Discord accepts the client secret.

    The request exchanges a code that does not exist. Discord looks at the secret before the code,
    so its refusal of the one or the other tells them apart (RFC 6749, 5.2).
    """
    form = {
        "grant_type": "authorization_code",
        "code": "none",
        "redirect_uri": f"{values.get('public_url', 'https://music.example.org')}/discord",
        "client_id": application_id,
        "client_secret": values[SECRET.lower()],
    }
    url = f"{values['discord_api_url']}/oauth2/token"
    answer = await requests.send("POST", url, data=form)
    if isinstance(answer, ConnectionProblem):
        return failed(SECRET, f"Discord cannot be reached: {answer.text}.")
    if answer.status == 401 or b"invalid_client" in answer.body:
        return wrong(
            SECRET,
            "Discord does not accept it, so nobody can link. Copy it from "
            f"{_PORTAL}, OAuth2, Client Secret.",
        )
    if answer.status == 400:
        return ok(SECRET, "Discord accepts it.")
    return failed(SECRET, f"Discord answers {answer.status}. Try again later.")


def _starts(gateway: _Gateway) -> list[Finding]:
    limit = gateway.session_start_limit
    if limit is None or limit.remaining is None:
        return []
    text = f"Discord allows {limit.remaining} more starts today."
    if limit.remaining < _FEW_STARTS:
        return [failed("Starts", f"{text} Find out why the bot starts so often: see its log.")]
    return [ok("Starts", text)]


def _commands_finding(registered: Collection[str], refusal: str) -> Finding:
    """`refusal` is why Discord refused the commands the last time; empty if it did not."""
    if refusal:
        return failed(
            "Commands", f"Discord refused them the last time ({refusal}). The bot tries again."
        )
    if not registered:
        return note("Commands", "Discord has none yet. The bot registers them when it starts.")
    expected = command_names()
    if missing := sorted(expected - set(registered)):
        return note(
            "Commands",
            f"Discord lacks {', '.join(f'/{name}' for name in missing)}. The bot registers them "
            "when this version starts.",
        )
    return ok("Commands", f"Discord has all {len(expected)}.")


def command_names() -> set[str]:
    """The names of this version's slash commands; those of a group count as one."""
    names: set[str] = set()
    for module in COGS:
        for _, kind in getmembers(import_module(module), isclass):
            if issubclass(kind, commands.GroupCog) and kind is not commands.GroupCog:
                names.add(str(kind.__cog_group_name__))
            elif issubclass(kind, commands.Cog) and kind.__module__ == module:
                names |= {str(command.name) for command in kind.__cog_app_commands__}
    return names
