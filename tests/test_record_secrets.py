"""No record of the bot shows a token, code, state or key in its repr."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from typing import Any

import bot
from bot.panel.live_panel import LivePanel
from bot.player.outcome import Outcome

CANARY = "c4n4ry"
SECRET_FIELDS = {
    "access_token", "code", "cookie", "discord_client_secret", "discord_token", "nonce",
    "confirmation_code", "message_ref", "metrics_token", "refresh_token",
    "spotify_client_secret", "state", "token", "token_keys", "url", "value", "verifier",
}  # fmt: skip


def _record_types() -> Iterator[type[Any]]:
    """All dataclasses and structs of the bot."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if module.name == "bot.__main__":
            continue
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name and _field_names(kind):
                yield kind


def _field_names(kind: type[Any]) -> tuple[str, ...]:
    names: Iterable[str] = getattr(kind, "__dataclass_fields__", ())
    return (*names, *getattr(kind, "__struct_fields__", ()))


def _secret_fields(kind: type[Any]) -> set[str]:
    secret = SECRET_FIELDS & set(_field_names(kind))
    if kind.__module__ == "bot.spotify.models":
        secret.discard("url")  # of a cover
    if kind.__module__ == "bot.spotify.cache":
        secret.discard("value")  # a cached response
    if kind in (LivePanel, Outcome):
        secret.discard("state")  # of a player
    return secret


def test_no_record_shows_a_secret_in_repr() -> None:
    kinds = list(_record_types())
    assert len(kinds) > 50
    for kind in kinds:
        secret = _secret_fields(kind)
        values = {name: CANARY * 4 if name in secret else None for name in _field_names(kind)}
        try:
            record = kind(**values)
        except ValueError:  # a model of an answer that must say more; it has no secret
            assert not secret, kind.__qualname__
            continue
        assert CANARY not in repr(record), kind.__qualname__
