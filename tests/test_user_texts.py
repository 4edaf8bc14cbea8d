"""Every text that a user or an operator can read follows the rules of the bot's language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import pytest

from sandbox.discord import Discord
from tests.generated_docs import ROOT
from tests.user_texts import UserText, collect_texts, command_texts, extract_texts

MAX_MESSAGE_LENGTH = 2000  # Discord's limit
MAX_SENTENCE_WORDS = 20

_BANNED_WORDS = re.compile(
    r"!|\b(anew|upon|whoever|thereof|as of|sorry|please|oops|unfortunately|something went wrong"
    r"|success(ful(ly)?)?|invalid)\b",
    re.I,
)
# Spotify's own error messages, which the setup page explains.
_SPOTIFY_MESSAGES = re.compile("INVALID_CLIENT: Invalid redirect URI|Invalid client")
_STOP = re.compile(r"[.:?…][`*>)]*$|[`>}]\**$")
_HEADING = re.compile(r"-# |### |\*\*")
_COMMAND = re.compile(r"(?<![\w/<.:}])/([a-z]+)\b(?!/|\.\w)")

# Sentences that are too long or contain a banned word. Rewriting a sentence removes its entry.
EXCEPTIONS = {
    "Something went wrong on our side.",
    "Please tell {…}: reference {…}.",
}


def _sentences(content: str) -> list[str]:
    return [part for line in content.splitlines() for part in re.split(r"(?<=[.?])\s+", line)]


def _is_plain(sentence: str) -> bool:
    words = _SPOTIFY_MESSAGES.sub("", sentence)
    return len(sentence.split()) <= MAX_SENTENCE_WORDS and not _BANNED_WORDS.search(words)


def _ends_with_stop(content: str) -> bool:
    """Whether each line ends with a stop, if it is a long sentence or has several sentences."""
    for line in content.splitlines():
        has_several = re.search(r"[.?] +[A-Z/*]", line)
        is_long = line[:1].isupper() and len(line.split()) > 8
        if (has_several or (is_long and not _HEADING.match(line))) and not _STOP.search(line):
            return False
    return True


def _problems(text: UserText, commands: Collection[str]) -> Iterator[str]:
    """The rules that a text breaks. `commands` are the names of the commands that exist."""
    if any(not _is_plain(part) and part not in EXCEPTIONS for part in _sentences(text.content)):
        yield "a sentence is too long, or contains a banned word"
    if not text.is_phrase and not _ends_with_stop(text.content):
        yield "a sentence has no stop"
    if len(text.content) > MAX_MESSAGE_LENGTH:
        yield "does not fit into a message"
    if re.search(r"\w'\w|s' ", text.content):
        yield "the apostrophe is not typographic (’)"
    if unknown := set(_COMMAND.findall(text.content)) - set(commands):
        yield f"there is no command {', '.join(sorted(unknown))}"


async def test_user_texts_follow_the_rules(discord: Discord) -> None:
    texts = [*collect_texts(), *command_texts(discord.commands)]
    assert len(texts) > 300
    commands = {command["name"] for command in discord.commands}
    lines = [
        f"{text.location}: {problem}: {text.content}"
        for text in texts
        for problem in _problems(text, commands)
    ]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
    sentences = {part for text in texts for part in _sentences(text.content)}
    assert {part for part in EXCEPTIONS if part not in sentences or _is_plain(part)} == set()


@pytest.mark.parametrize(
    "content",
    [
        "That didn’t work, sorry.",
        " ".join(["word"] * 21),
        "You have to link your account before you can do that",
        "Link your account. Then try again",
        "word " * 500,
        "That is Ada's remote.",
        "Start over with /begin.",
    ],
)
def test_broken_rule_is_found(content: str) -> None:
    assert list(_problems(UserText("", content), {"link"}))


def test_operators_guide_quotes_real_messages() -> None:
    texts = "\n".join(text.content for text in collect_texts())
    messages = re.findall(r"(?m)^\|[^|]*“([^”]+)” \|", (ROOT / "docs/operating.md").read_text())
    assert len(messages) > 8
    for message in messages:
        assert all(part in texts for part in re.split(r" … | [0-9a-f]{6}$", message)), message


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('x = "Two words"', ["Two words"]),
        ('def f():\n    """A docstring."""\n    return f"Plays on {safe(device.name)}."',
         ["Plays on {…}."]),
        ('_log.info("%s could not be done", x)', []),
        ('raise NothingFound("no album", message="There is none.")', ["There is none."]),
        ('Button(label="go on", custom_id="panel: not read")', ["go on"]),
        ('page("<h1>One title</h1><p>Two <em>three</em>.</p>")', ["One title", "Two three."]),
        ('x = f"{n} more song{\'\' if n == 1 else \'s\'}"', ["{…} more song{…}"]),
    ],
)  # fmt: skip
def test_extractor_finds_user_texts(source: str, expected: list[str]) -> None:
    assert [text.content for text in extract_texts(source, "bot/x.py")] == expected
