"""The simulated Discord stores an application's commands, and refuses invalid ones."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.discord import ClientValidationError, Discord
from sandbox.discord.api_error import ApiError
from sandbox.discord.command_validation import check_commands
from tests.simulators.discord_rest_client import HttpResponse, RestClient, error_codes


async def put_commands(api: RestClient, body: object) -> HttpResponse:
    path = f"/applications/{api.discord_server.application_id}/commands"
    return await api.call("PUT", path, body)


def command(*options: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": "play", "description": "Play", "options": list(options), **fields}


def option(name: str = "what", kind: int = 3, **fields: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "description": "What", **fields}


def choice(name: str = "A", value: object = "a") -> dict[str, Any]:
    return {"name": name, "value": value}


def many_commands(count: int, kind: int = 1) -> list[dict[str, Any]]:
    fields = {"description": "x"} if kind == 1 else {}
    return [{"name": f"c{n}", "type": kind, **fields} for n in range(count)]


LONG_OPTIONS = [option(f"o{n}", description="x" * 100, required=False) for n in range(25)]
LONG_OPTIONS_WITH_CHOICES = [
    {**long_option, "choices": [choice(str(n), "x" * 20 + str(n)) for n in range(12)]}
    for long_option in LONG_OPTIONS
]

# Name of the fault: the commands, and the path of the field that Discord reports
INVALID_COMMANDS: dict[str, tuple[object, str]] = {
    "no list": ({}, ""),
    "a name in capitals": ([command(name="Play")], "0.name"),
    "a name of two words": ([command(name="play it")], "0.name"),
    "a name with a mark": ([command(name="play!")], "0.name"),
    "a name too long": ([command(name="x" * 33)], "0.name"),
    "no name": ([command(name="")], "0.name"),
    "no description": ([command(description="")], "0.description"),
    "a description too long": ([command(description="x" * 101)], "0.description"),
    "the same name twice": ([command(), command()], "0.name"),
    "101 slash commands": (many_commands(101), ""),
    "16 user menus": (many_commands(16, 2), ""),
    "16 message menus": (many_commands(16, 3), ""),
    "a menu with a description": (
        [{"name": "Quote", "type": 3, "description": "x"}],
        "0.description",
    ),
    "a menu with options": ([{"name": "Quote", "type": 2, "options": [option()]}], "0.options"),
    "a menu without name": ([{"name": " ", "type": 3}], "0.name"),
    "a menu with a name too long": ([{"name": "x" * 33, "type": 2}], "0.name"),
    "the same menu twice": ([{"name": "Quote", "type": 3}] * 2, "0.name"),
    "an unknown type": ([command(type=9)], "0.type"),
    "an unknown context": ([command(contexts=[3])], "0.contexts.0"),
    "no contexts at all": ([command(contexts=[])], "0.contexts"),
    "a context twice": ([command(contexts=[0, 0])], "0.contexts"),
    "an unknown installation": ([command(integration_types=[2])], "0.integration_types.0"),
    "26 options": ([command(*[option(f"o{n}") for n in range(26)])], "0.options"),
    "an option in capitals": ([command(option("What"))], "0.options.0.name"),
    "an option without description": (
        [command(option(description=""))],
        "0.options.0.description",
    ),
    "an option twice": ([command(option(), option())], "0.options.1.name"),
    "required after optional": (
        [command(option("a"), option("b", required=True))],
        "0.options.1.required",
    ),
    "an option of type 12": ([command(option(kind=12))], "0.options.0.type"),
    "26 choices": (
        [command(option(choices=[choice(str(n), str(n)) for n in range(26)]))],
        "0.options.0.choices",
    ),
    "a choice twice": (
        [command(option(choices=[choice(), choice(value="b")]))],
        "0.options.0.choices",
    ),
    "a choice of the wrong kind": (
        [command(option(kind=4, choices=[choice()]))],
        "0.options.0.choices.0.value",
    ),
    "choices for a boolean": ([command(option(kind=5, choices=[choice()]))], "0.options.0"),
    "choices and autocomplete": (
        [command(option(choices=[choice()], autocomplete=True))],
        "0.options.0.choices",
    ),
    "autocomplete of a boolean": ([command(option(kind=5, autocomplete=True))], "0.options.0"),
    "lengths the wrong way round": (
        [command(option(min_length=3, max_length=2))],
        "0.options.0.min_length",
    ),
    "a length for a number": ([command(option(kind=4, max_length=2))], "0.options.0.min_length"),
    "a value for a text": ([command(option(max_value=2))], "0.options.0.min_value"),
    "a length of 6001": ([command(option(max_length=6001))], "0.options.0.max_length"),
    "subcommands beside options": (
        [command(option("add", 1), option())],
        "0.options.1.type",
    ),
    "a group in a group": (
        [command(option("a", 2, options=[option("b", 2, options=[option("c", 1)])]))],
        "0.options.0.options.0.type",
    ),
    "a group without subcommands": ([command(option("a", 2))], "0.options.0.options"),
    "a text in a group": (
        [command(option("a", 2, options=[option()]))],
        "0.options.0.options.0.type",
    ),
    "a subcommand in a subcommand": (
        [command(option("a", 1, options=[option("b", 1)]))],
        "0.options.0.options.0.type",
    ),
    "8000 characters": ([command(*LONG_OPTIONS_WITH_CHOICES)], "0"),
}


def test_invalid_commands_are_refused_with_the_path_of_the_fault() -> None:
    for name, (body, path) in INVALID_COMMANDS.items():
        with pytest.raises(ApiError) as refusal:
            check_commands(body)
        assert refusal.value.payload["code"] == 50035, name
        assert error_codes(refusal.value.payload, path), f"{name}: {refusal.value.payload}"


async def test_refused_commands_replace_nothing(discord_server: Discord, api: RestClient) -> None:
    body, path = INVALID_COMMANDS["a name in capitals"]
    response = await put_commands(api, body)
    assert (response.status, response.code) == (400, 50035)
    assert response.error_codes_at(path)
    assert discord_server.commands == []
    assert discord_server.command_write_count == 0


def test_command_names_in_many_scripts_are_accepted() -> None:
    for name in ("play", "now-playing", "top_10", "spiel's", "играть", "再生", "बजाओ", "เล่น"):
        check_commands([command(name=name)])


async def test_menu_names_may_have_several_words(api: RestClient) -> None:
    """A menu may have capitals, blanks, and the name of a command of another type."""
    names = ("Play on Spotify", "What are they playing?", "x" * 32)
    menus = [{"name": name, "type": kind} for name in names for kind in (2, 3)]
    stored = (await put_commands(api, [*menus, {"name": "play", "type": 3}, command()])).json
    assert [stored_command["name"] for stored_command in stored[:6:2]] == list(names)
    assert {stored_command["description"] for stored_command in stored[:7]} == {""}


async def test_command_with_subcommands_cannot_be_run_itself(
    discord_server: Discord, api: RestClient
) -> None:
    add = option("add", 1, options=[option(required=True)])
    await put_commands(api, [command(add, option("more", 2, options=[option("all", 1)]))])
    for line in ("/play", "/play what:x", "/play more", "/play add", "/play drop"):
        with pytest.raises(ClientValidationError, match="needs"):
            await discord_server.user_client().run(line)


async def test_client_checks_the_bounds_of_options(
    discord_server: Discord, api: RestClient
) -> None:
    await put_commands(
        api,
        [
            command(
                option("a", 4, min_value=-5, max_value=0),
                option("b", 10, max_value=1.5),
                option("c", min_length=2, max_length=3),
                option("d", choices=[choice("One", "1")]),
            )
        ],
    )
    client = discord_server.user_client()
    for wrong in ("a:1", "a:-6", "a:0.5", "b:1.6", "b:inf", "c:x", "c:xxxx", "d:2"):
        with pytest.raises(ClientValidationError):
            await client.run(f"/play {wrong}")


async def test_largest_command_lists_are_accepted(api: RestClient) -> None:
    assert (
        await put_commands(api, many_commands(100) + many_commands(15, 2) + many_commands(15, 3))
    ).status == 200
    assert (await put_commands(api, [command(*LONG_OPTIONS)])).status == 200


async def test_synced_commands_keep_their_ids(discord_server: Discord, api: RestClient) -> None:
    first = (await put_commands(api, [command(option()), {"name": "Quote", "type": 3}])).json
    assert discord_server.commands == first
    assert first[0]["contexts"] is None
    second = (await put_commands(api, [command(option("else"))])).json
    assert second[0]["id"] == first[0]["id"]
    assert second[0]["version"] != first[0]["version"]
    assert (await put_commands(api, [command(option("else"))])).json == second
    assert discord_server.command_write_count == 3
    path = f"/applications/{discord_server.application_id}/commands"
    assert (await api.call("GET", path)).json == second
    assert (await api.call("GET", "/applications/1/commands")).code == 10002


async def test_an_application_may_create_200_commands_a_day(
    discord_server: Discord, api: RestClient
) -> None:
    for start in (0, 100):
        fresh = [command(name=f"n{start + n}") for n in range(100)]
        assert (await put_commands(api, fresh)).status == 200
    assert (await put_commands(api, [command(name="one-more")])).code == 30034
    discord_server.clock.advance(86_400)
    assert (await put_commands(api, [command(name="one-more")])).status == 200


# Fields of a command, and the places in which Ada's client offers it
PLACES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"music", "night", "dm"}),
    ({"dm_permission": False}, {"music", "night"}),
    ({"contexts": [1]}, {"dm"}),
    ({"contexts": [0, 1, 2], "integration_types": [0]}, {"music", "night", "dm"}),
    (
        {"contexts": [0, 1, 2], "integration_types": [0, 1]},
        {"music", "night", "dm", "elsewhere", "huddle"},
    ),
    ({"contexts": [2], "integration_types": [1]}, {"huddle"}),
    ({"contexts": [0], "nsfw": True}, set()),
    ({"contexts": [0], "default_member_permissions": "8"}, {"music", "night"}),
]


async def test_contexts_and_installations_decide_where_a_command_is_offered(
    discord_server: Discord, api: RestClient
) -> None:
    everywhere = ("music", "night", "dm", "elsewhere", "huddle")
    clients = {place: discord_server.user_client("ada", place) for place in everywhere}
    for fields, places in PLACES:
        await put_commands(api, [command(**fields)])
        assert {place for place, client in clients.items() if client.commands} == places, fields
        for place, client in clients.items():
            shown = discord_server.page_view("ada", place)["commands"]
            assert bool(shown) is bool(client.commands), (fields, place)


async def test_default_member_permissions_hide_a_command(
    discord_server: Discord, api: RestClient
) -> None:
    await put_commands(api, [command(default_member_permissions="8")])
    assert discord_server.user_client("ada", "music").commands
    assert not discord_server.user_client("grace", "music").commands
