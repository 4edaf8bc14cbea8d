"""Settings and .env files of any content: a value, or a sentence that does not quote a secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command_line.environment import read_environment
from bot.config import SETTINGS, read_values
from bot.config.setting import Setting
from bot.errors.bot_error import ConfigError
from tests.test_config import VALID

CANARY = "canary4711"
# The characters that settings consist of, and those that parsers trip over.
_CHARACTERS = st.one_of(
    st.sampled_from("\"'=#:/@[]%.,-_ \\\t\r\n${}~0aZ\u200b\u00e9\ud800٣"),
    st.characters(exclude_characters="\0"),
)
_TEXTS = st.tuples(st.text(_CHARACTERS, max_size=20), st.text(_CHARACTERS, max_size=20)).map(
    lambda parts: CANARY.join(parts)
)


@given(setting=st.sampled_from(SETTINGS), text=_TEXTS)
def test_any_text_is_a_value_or_a_problem(setting: Setting, text: str) -> None:
    for name in setting.names:
        _, problems = read_values({**VALID, name: text})
        for problem in problems.values():
            assert problem.endswith((".", "org"))
            assert len(problem) > 10
            if not problem.startswith("cannot be used."):  # with the path of the database
                assert CANARY not in problem


@pytest.fixture(scope="module")
def env_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settings") / ".env"


@given(lines=st.lists(st.tuples(st.sampled_from(["", "PORT", "X_Y", "a b"]), _TEXTS), max_size=4))
def test_any_env_file_is_read_or_refused(env_file: Path, lines: list[tuple[str, str]]) -> None:
    text = "".join(f"{name}={value}\n" if name else f"{value}\n" for name, value in lines)
    env_file.write_text(text, encoding="utf-8", errors="replace")
    try:
        shown = str(read_environment({}, env_file))
    except ConfigError as error:
        shown = str(error)
    assert CANARY not in shown
    assert "\n" not in shown
