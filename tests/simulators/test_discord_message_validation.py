"""The simulated Discord refuses invalid messages."""

from __future__ import annotations

from sandbox.discord.api_error import ApiError
from sandbox.discord.message_validation import check_message
from tests.simulators.discord_rest_client import RestClient, error_codes
from tests.simulators.invalid_messages import EMPTY_MESSAGES, INVALID_MESSAGES, VALID_MESSAGES


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
