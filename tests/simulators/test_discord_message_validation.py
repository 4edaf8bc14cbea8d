"""The simulated Discord refuses invalid messages."""

from __future__ import annotations

from sandbox.discord.api_error import ApiError
from sandbox.discord.command_mentions import check_command_mentions
from sandbox.discord.message_validation import check_message
from sandbox.discord.state import Json
from tests.simulators.discord_rest_client import RestClient, error_codes
from tests.simulators.invalid_messages import EMPTY_MESSAGES, INVALID_MESSAGES, VALID_MESSAGES
from tests.simulators.message_bodies import container, layout, text


def validation_error(message: object) -> ApiError | None:
    """The error with which the simulated Discord refuses the message; None if it accepts it."""
    try:
        check_message(message, path=("data",))
    except ApiError as error:
        return error
    return None


def test_invalid_messages_are_refused_with_the_path_of_the_fault() -> None:
    for name, (message, path) in INVALID_MESSAGES.items():
        error = validation_error(message)
        assert error is not None, f"{name} is accepted"
        assert (error.status, error.payload["code"]) == (400, 50035), name
        inside = "data" if path == "" else f"data.{path}"
        assert error_codes(error.payload, inside), f"{name}: {error.payload}"


def test_empty_messages_are_refused() -> None:
    for message in EMPTY_MESSAGES:
        error = validation_error(message)
        assert error is not None, f"{message} is accepted"
        assert (error.status, error.payload["code"]) == (400, 50006), message


def test_messages_at_the_limits_are_accepted() -> None:
    for message in VALID_MESSAGES:
        assert validation_error(message) is None, message


async def test_every_kind_of_refusal_arrives_over_http(api: RestClient) -> None:
    """A refused response leaves the interaction unanswered, so that the bot can try again."""
    interaction = await api.interaction()
    missing_file = {"content": "x", "attachments": [{"id": 0, "filename": "a.txt"}]}
    empty_row, path = INVALID_MESSAGES["an empty row"]
    for message, reported in ((empty_row, f"data.{path}"), (missing_file, "attachments.0")):
        response = await api.respond(interaction, {"type": 4, "data": message})
        assert (response.status, response.code) == (400, 50035), message
        assert response.error_codes_at(reported), message
    response = await api.respond(interaction, {"type": 4, "data": EMPTY_MESSAGES[0]})
    assert (response.status, response.code) == (400, 50006)
    assert interaction.response_type is None
    response = await api.respond(interaction, {"type": 4, "data": VALID_MESSAGES[0]})
    assert response.status == 200


COMMANDS: list[Json] = [
    {"id": "1", "name": "play", "type": 1},
    {"id": "2", "name": "queue", "type": 1, "options": [{"name": "add", "type": 1}]},
    {"id": "3", "name": "Save", "type": 3},
]


def test_mention_of_an_unknown_command_is_refused() -> None:
    """The real Discord shows its source text. Escaped, or in code, it is no mention."""
    for mention, is_known in {
        "</play:1> and </queue add:2>": True,
        "</play:2>": False,
        "</queue:2>": False,
        "</queue show:2>": False,
        "</Save:3>": False,
        "\\</play:9> `</play:9>`": True,
    }.items():
        for body in ({"content": mention}, layout(container(text(mention)))):
            try:
                check_command_mentions(body, COMMANDS)
            except ApiError:
                assert not is_known, body
            else:
                assert is_known, body


async def test_mention_of_an_unknown_command_is_refused_over_http(api: RestClient) -> None:
    interaction = await api.interaction()
    body = {"content": "</play:1>"}
    assert (await api.respond(interaction, {"type": 4, "data": body})).code == 50035
    await api.respond(interaction, {"type": 5})
    hook = f"/webhooks/{api.discord_server.application_id}/{interaction.token}"
    assert (await api.call("POST", hook, body)).code == 50035
    assert (await api.call("PATCH", f"{hook}/messages/@original", body)).code == 50035
    channel = interaction.channel.id
    assert (await api.call("POST", f"/channels/{channel}/messages", body)).code == 50035
