"""One voice: docs/voice.md has every text there is, and each keeps the rules a machine can keep."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from sandbox.discord import Discord
from tests import user_texts
from tests.user_texts import UserText

MAX_MESSAGE_LENGTH = 2000

_SENTENCE_END = re.compile(r"[.:?…][`*>)]*$|[`>}]\**$")
# A heading, or a small line below something: it ends as it likes where it is one sentence.
_HEADING = re.compile(r"-# |### |\*\*")
_FORBIDDEN_WORDS = re.compile(
    r"!|\b(sorry|please|oops|unfortunately|something went wrong|success(ful(ly)?)?|invalid)\b", re.I
)
# Spotify's own words, quoted for whoever meets them.
_SPOTIFY_QUOTES = re.compile("INVALID_CLIENT: Invalid redirect URI|Invalid client")


@pytest.fixture(scope="module")
def texts() -> list[UserText]:
    return user_texts.collect_texts()


def _fail_with(texts: Iterable[UserText]) -> None:
    """Fail with a line for each of these."""
    if lines := [f"{text.file}: {text.location}: {text.content}" for text in texts]:
        pytest.fail("\n".join(lines), pytrace=False)


def test_document_has_every_text(texts: list[UserText]) -> None:
    if user_texts.DOCUMENT.read_text() != user_texts.render_document(texts):
        pytest.fail("`make voice` writes the right document", pytrace=False)


def test_every_package_is_extracted(texts: list[UserText]) -> None:
    assert len(texts) > 300
    rooms = {text.file.rpartition("/")[0] for text in texts}
    assert {"bot", "bot/errors", "bot/ui", "cogs"} <= rooms


def test_sentences_end_with_punctuation(texts: list[UserText]) -> None:
    _fail_with(text for text in texts if not text.is_label and not _ends_sentence(text.content))


def _ends_sentence(text: str) -> bool:
    """Whether each line that is a sentence, or several, ends like one."""
    for line in text.splitlines():
        several = re.search(r"[.?] +[A-Z/*]", line)
        long = line[:1].isupper() and len(line.split()) > 8
        if (several or (long and not _HEADING.match(line))) and not _SENTENCE_END.search(line):
            return False
    return True


def test_no_forbidden_words(texts: list[UserText]) -> None:
    _fail_with(
        text for text in texts if _FORBIDDEN_WORDS.search(_SPOTIFY_QUOTES.sub("", text.content))
    )


def test_apostrophes_are_typographic(texts: list[UserText]) -> None:
    _fail_with(text for text in texts if re.search(r"\w'\w|s' ", text.content))


def test_every_text_fits_message_limit(texts: list[UserText]) -> None:
    _fail_with(text for text in texts if len(text.content) > MAX_MESSAGE_LENGTH)


async def test_mentioned_commands_exist(texts: list[UserText], discord: Discord) -> None:
    known = {command["name"] for command in discord.commands}
    named = re.compile(r"(?<![\w/<.:])/([a-z]+)\b(?!/|\.\w)")
    _fail_with(text for text in texts if set(named.findall(text.content)) - known)


# ---- the reader itself


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('x = "Two words"', ["Two words"]),
        ('def f():\n    """A docstring."""\n    return f"Plays on {safe(device.name)}."',
         ["Plays on {name}."]),
        ('_log.info("%s could not be done", x)', []),
        ('raise NothingFound("no album", says="There is none.")', ["There is none."]),
        ('Button(label="go", custom_id="panel: not read")', ["go"]),
        ('page("<h1>One</h1><p>Two <em>three</em>.</p>")', ["One", "Two three."]),
        ('x = f"{n} song{\'\' if n == 1 else \'s\'}"', ["{n} song{s}"]),
    ],
)  # fmt: skip
def test_extractor_finds_user_texts(source: str, expected: list[str]) -> None:
    assert [text.content for text in user_texts.extract_texts(source, "bot/x.py")] == expected
