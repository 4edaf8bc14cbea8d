"""One voice: docs/voice.md has every text there is, and each keeps the rules a machine can keep."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from sandbox.discord import Discord
from tests import voice
from tests.voice import Text

LONGEST = 2000

_ENDS = re.compile(r"[.:?…][`*>)]*$|[`>}]\**$")
# A heading, or a small line below something: it ends as it likes where it is one sentence.
_HEADING = re.compile(r"-# |### |\*\*")
_UNSAID = re.compile(
    r"!|\b(sorry|please|oops|unfortunately|something went wrong|success(ful(ly)?)?|invalid)\b", re.I
)
# Spotify's own words, quoted for whoever meets them.
_QUOTED = re.compile("INVALID_CLIENT: Invalid redirect URI|Invalid client")


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    return voice.texts()


def _unlike(found: Iterable[Text]) -> None:
    """Fail with a line for each of these."""
    if lines := [f"{text.room}: {text.place}: {text.says}" for text in found]:
        pytest.fail("\n".join(lines), pytrace=False)


def test_the_document_has_every_text(texts: list[Text]) -> None:
    if voice.DOCUMENT.read_text() != voice.document(texts):
        pytest.fail("`make voice` writes the right document", pytrace=False)


def test_every_room_is_read(texts: list[Text]) -> None:
    assert len(texts) > 300
    rooms = {text.room.rpartition("/")[0] for text in texts}
    assert {"bot", "bot/errors", "bot/ui", "cogs"} <= rooms


def test_sentences_end(texts: list[Text]) -> None:
    _unlike(text for text in texts if not text.label and not _ends(text.says))


def _ends(says: str) -> bool:
    """Whether each line that is a sentence, or several, ends like one."""
    for line in says.splitlines():
        several = re.search(r"[.?] +[A-Z/*]", line)
        long = line[:1].isupper() and len(line.split()) > 8
        if (several or (long and not _HEADING.match(line))) and not _ENDS.search(line):
            return False
    return True


def test_nobody_is_thanked_blamed_or_shouted_at(texts: list[Text]) -> None:
    _unlike(text for text in texts if _UNSAID.search(_QUOTED.sub("", text.says)))


def test_apostrophes_are_typographic(texts: list[Text]) -> None:
    _unlike(text for text in texts if re.search(r"\w'\w|s' ", text.says))


def test_each_fits_into_a_message(texts: list[Text]) -> None:
    _unlike(text for text in texts if len(text.says) > LONGEST)


async def test_commands_that_are_named_exist(texts: list[Text], discord: Discord) -> None:
    known = {command["name"] for command in discord.commands}
    named = re.compile(r"(?<![\w/<.:])/([a-z]+)\b(?!/|\.\w)")
    _unlike(text for text in texts if set(named.findall(text.says)) - known)


# ---- the reader itself


@pytest.mark.parametrize(
    ("source", "says"),
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
def test_what_is_read_is_found(source: str, says: list[str]) -> None:
    assert [text.says for text in voice.read(source, "bot/x.py")] == says
