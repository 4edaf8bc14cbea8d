"""Names of environment variables that are probably misspelt settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from bot.config.table import SETTINGS

_NAMES = [name for setting in SETTINGS for name in setting.names]
# How similar two names are, from 0 to 1. In .env every name should be a setting's, so a bad
# suggestion does no harm; the environment is full of other programs' variables.
_SIMILAR_IN_FILE, _SIMILAR_IN_ENVIRONMENT = 0.6, 0.87


def unknown_in_file(names: Mapping[str, int]) -> dict[str, str]:
    """What is wrong with the names in .env that are no settings; `names` have their lines.

    A name that does not look like one may be a secret that lost its name, so its line stands in its
    place.
    """
    problems = {}
    for name, line in names.items():
        if name not in _NAMES:
            meant = _similar(name, _SIMILAR_IN_FILE)
            question = f" Did you mean {meant}?" if meant else ""
            is_name = meant or re.fullmatch("[A-Z_]{1,40}", name)
            problems[name if is_name else f"Line {line} of .env"] = f"is not a setting.{question}"
    return problems


def misspelt_in_environment(names: Iterable[str]) -> dict[str, str]:
    """The same for names in the environment that look like a setting's."""
    return {
        name: f"is not a setting. Did you mean {meant}?"
        for name in names
        if name not in _NAMES and (meant := _similar(name, _SIMILAR_IN_ENVIRONMENT))
    }


def _similar(name: str, cutoff: float) -> str | None:
    return next(iter(get_close_matches(name.upper(), _NAMES, 1, cutoff)), None)
