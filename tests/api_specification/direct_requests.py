"""Makes the requests to the simulated services that the bot itself does not make."""

from __future__ import annotations

import aiohttp

from sandbox.discord import Discord
from sandbox.spotify import Spotify
from sandbox.traffic_log import Exchange
from tests.simulators.discord_oauth_site import OAuthSite
from tests.simulators.discord_rest_client import RestClient
from tests.simulators.spotify.api_caller import ApiCaller
from tests.spotify_client.client_calls import ALL_CALLS, start_playback
from tests.spotify_client.client_factory import ClientFactory

UNKNOWN_ID = "0" * 22  # the id of nothing there is
KINDS = ("track", "album", "artist", "playlist", "show", "episode", "audiobook")
CHILD_COLLECTIONS = {
    "albums": "tracks",
    "artists": "albums",
    "shows": "episodes",
    "audiobooks": "chapters",
}


async def run_interactions(discord: Discord) -> None:
    """Every kind of interaction with `SmallBot`."""
    ada = discord.user_client("ada")
    panel = await ada.run("/panel")
    for button in ("Play", "Play later", "❤️"):
        await panel.press(button)
    form = await panel.press("Rename")
    await form.submit(name="Lantern", mood="Calm")
    await panel.pick("Song 1")
    await ada.run("/card")
    await ada.run("/slow private:true")
    await ada.run("/tell")
    discord.closed_dms.add("ada")
    await ada.run("/tell")
    await ada.autocomplete("/song name:la")
    await ada.run("/shout who:@everyone")
    await (await ada.run("/survey")).submit(files={"a.txt": b"x"})
    await ada.use_context_menu("Quote this", message=ada.send("Hello"))
    await ada.use_context_menu("Greet", user="grace")


async def send_messages(wire: RestClient) -> None:
    """A bot's requests outside of interactions, and their refusals."""
    call, app = wire.call, f"/applications/{wire.discord_server.application_id}"
    grace = wire.discord_server.state.users["grace"].id
    channel = (await call("POST", "/users/@me/channels", {"recipient_id": grace})).json["id"]
    embed = {"title": "Lantern", "fields": [{"name": "By", "value": "Nobody", "inline": True}]}
    posts = f"/channels/{channel}/messages"
    first = (await call("POST", posts, {"content": "Hello", "embeds": [embed]})).json["id"]
    await call("POST", posts, {"content": "Hi", "message_reference": {"message_id": first}})
    await call("POST", posts, {"content": "x", "attachments": [{"id": "7"}]})
    for method, body in (("GET", None), ("PATCH", {"content": "Bye"}), ("DELETE", None)):
        await call(method, f"{posts}/{first}", body)
    await call("GET", f"{posts}/{first}")
    for path in ("/applications/@me", f"{app}/commands", f"{app}/emojis"):
        await call("GET", path)
    interaction = await wire.interaction()
    original = wire.webhook_path(interaction, "/messages/@original")
    await call("POST", wire.webhook_path(interaction), {"content": "Too early"})
    for content in ("Yes", "Twice"):
        await wire.respond(interaction, {"type": 4, "data": {"content": content}})
    for method in ("GET", "DELETE"):
        await call(method, original)


async def run_discord_oauth(client: OAuthSite) -> None:
    """A user signs in with OAuth, and revokes the token."""
    await client.authorize()
    await client.press_button("cancel")
    answer = await client.token()
    token = answer.json["access_token"]
    await client.token(code="used before")
    await client.token(client_secret="wrong")
    app = {
        "client_id": client.discord.application_id,
        "client_secret": client.discord.client_secret,
    }
    for _ in ("alive", "dead"):
        for path in ("/users/@me", "/oauth2/@me"):
            await client.get(path, token)
        await client.post("token/revoke", data={"token": token, **app})


async def read_catalogue(call: ApiCaller) -> None:
    for kind in (*KINDS, "chapter"):
        shelf = f"{kind}s"
        for id_ in (*list(getattr(call.spotify.catalogue, shelf, {}))[-2:], UNKNOWN_ID):
            await call("GET", f"{shelf}/{id_}")
            if inside := CHILD_COLLECTIONS.get(shelf):
                await call("GET", f"{shelf}/{id_}/{inside}?limit=3&offset=1")
    for query in ("a", "lantern", "year:2000-2030", "xyzzyplugh", " "):
        await call("GET", "search", params={"q": query, "type": ",".join(KINDS), "limit": 10})


async def control_player(call: ApiCaller) -> None:
    await call("GET", "me/player/recently-played?limit=5")
    await call("PUT", "me/player", {"device_ids": [call.player.devices[1].id], "play": True})
    contexts = [saved[0][0] for saved in (call.account.albums, call.account.shows)]
    for context in (*contexts, call.account.audiobooks[0][0]):
        await call("PUT", "me/player/play", {"context_uri": context})
        await _read_player(call)
    for setting in ("seek?position_ms=1000", "repeat?state=track", "shuffle?state=true",
                    "volume?volume_percent=30", "pause", "play"):  # fmt: skip
        await call("PUT", f"me/player/{setting}")
    for command in (
        "next",
        "previous",
        f"queue?uri={call.spotify.catalogue.regular_tracks[0].uri}",
    ):
        await call("POST", f"me/player/{command}")
    call.player.device = None
    await _read_player(call)


async def _read_player(call: ApiCaller) -> None:
    for path in ("?additional_types=track,episode", "/currently-playing", "/queue", "/devices"):
        await call("GET", f"me/player{path}")


async def read_and_change_library(call: ApiCaller) -> None:
    for shelf in ("tracks", "albums", "shows", "episodes", "audiobooks"):
        await call("GET", f"me/{shelf}?limit=50")
    await call("GET", "me/following?type=artist&limit=3")
    uris = ",".join(uri for uri, _ in (*call.account.albums[:2], *call.account.shows[:1]))
    for method, path in (("GET", "/contains"), ("DELETE", ""), ("PUT", "")):
        await call(method, f"me/library{path}?uris={uris}")
        await call(method, f"me/library{path}?uris=spotify:nothing")
    await call("GET", "me")
    for kind in ("tracks", "artists"):
        await call("GET", f"me/top/{kind}?time_range=short_term&limit=5")


async def read_and_change_playlists(call: ApiCaller) -> None:
    await call("GET", "me/playlists?limit=50")
    made = await call("POST", "me/playlists", {"name": "New", "public": False})
    uris = [uri for uri, _ in call.account.liked[:3]]
    here = f"playlists/{made.json['id']}"
    await call("PUT", here, {"name": "Newer", "description": "Not old"})
    await call("PUT", here, {"public": True, "collaborative": True})
    await call("POST", f"{here}/items", {"uris": uris, "position": 0})
    await call("PUT", f"{here}/items", {"range_start": 0, "insert_before": 2})
    await call("PUT", f"{here}/items", {"uris": uris})
    await call("DELETE", f"{here}/items", {"items": [{"uri": uris[0]}]})
    for old_names in (False, True):
        call.spotify.state.legacy_field_names = old_names
        for id_ in call.spotify.playlists:
            for path in (id_, f"{id_}/items"):
                await call("GET", f"playlists/{path}?additional_types=track,episode")


async def provoke_refusals(call: ApiCaller) -> None:
    """Calls without permission, and removed endpoints."""
    for path in ("albums?ids=x", "markets", "me/albums/contains?ids=x", "browse/categories",
                 "audio-features/x", "users/x"):  # fmt: skip
        await call("GET", path)
    for _ in range(9):  # this refusal has several forms
        await call("GET", "me", account="mallory")
    await call("GET", "me", token="wrong")
    await call("GET", "me", account=None)
    await call("GET", "me/tracks", scopes=())
    await call("PUT", "me/player/pause", account="linus")
    for quota in (False, True):
        call.spotify.add_rate_limit(5, quota=quota)
        await call("GET", "me/tracks")
    call.spotify.apps[call.spotify.client_id].owner_premium = False
    await call("GET", "me")


async def call_client_methods(
    fake: Spotify, http: aiohttp.ClientSession
) -> dict[str, list[Exchange]]:
    """The calls of each method of our client, without a cache."""
    new, said = ClientFactory(fake, http, fake.clock), fake.traffic.exchanges
    asked = {}
    for method, way in ALL_CALLS.items():
        start_playback(fake)
        before = len(said)
        await way(new(), fake)
        asked[method] = list(said)[before:]
    return asked


SPOTIFY_REQUESTS = (
    read_catalogue,
    control_player,
    read_and_change_library,
    read_and_change_playlists,
    provoke_refusals,
)
