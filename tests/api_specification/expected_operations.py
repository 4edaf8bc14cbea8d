"""The operations and statuses that a run must contain to be conclusive."""

from __future__ import annotations

BOT_DISCORD_OPERATIONS = """
GET /gateway/bot 200
GET /oauth2/applications/@me 200
GET /users/@me 200
PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original 200
PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id} 200
POST /interactions/{interaction_id}/{interaction_token}/callback 200
POST /webhooks/{webhook_id}/{webhook_token} 200
PUT /applications/{application_id}/commands 200
"""

BOT_SPOTIFY_OPERATIONS = """
GET /albums/{id} 200 404
GET /artists/{id} 200 404
GET /audiobooks/{id} 200 404
GET /episodes/{id} 200 404
GET /me 200 403
GET /me/player 200 204 401
GET /me/tracks 200
GET /playlists/{playlist_id} 200 404
GET /search 200 429
GET /shows/{id} 200 404
GET /tracks/{id} 200 404
POST /me/player/next 2XX 403 404 429
POST /me/player/queue 2XX
PUT /me/library 200
PUT /me/player/pause 2XX 403 404 429
PUT /me/player/play 2XX 403 404
"""

DIRECT_DISCORD_OPERATIONS = """
DELETE /channels/{channel_id}/messages/{message_id} 204
DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original 204
GET /applications/@me 200
GET /applications/{application_id}/commands 200
GET /applications/{application_id}/emojis 200
GET /channels/{channel_id}/messages/{message_id} 200 404
GET /oauth2/@me 200 401
GET /users/@me 200 401
GET /webhooks/{webhook_id}/{webhook_token}/messages/@original 200
PATCH /channels/{channel_id}/messages/{message_id} 200
PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original 200
POST /api/v10/oauth2/token 200 400 401
POST /api/v10/oauth2/token/revoke 200
POST /channels/{channel_id}/messages 200 400 403
POST /interactions/{interaction_id}/{interaction_token}/callback 200 400
POST /users/@me/channels 200
POST /webhooks/{webhook_id}/{webhook_token} 200 404
"""

DIRECT_SPOTIFY_OPERATIONS = """
DELETE /me/library 200 400
DELETE /playlists/{playlist_id}/items 200
GET /albums 403
GET /albums/{id} 200 404
GET /albums/{id}/tracks 200 404
GET /artists/{id} 200 404
GET /artists/{id}/albums 200 404
GET /audio-features/{id} 403
GET /audiobooks/{id} 200 404
GET /audiobooks/{id}/chapters 200 404
GET /browse/categories 403
GET /chapters/{id} 200 404
GET /episodes/{id} 200 404
GET /markets 403
GET /me 200 401 403
GET /me/albums 200
GET /me/albums/contains 403
GET /me/audiobooks 200
GET /me/episodes 200
GET /me/following 200
GET /me/library/contains 200 400
GET /me/player 200 204
GET /me/player/currently-playing 200 204
GET /me/player/devices 200
GET /me/player/queue 200
GET /me/player/recently-played 200
GET /me/playlists 200
GET /me/shows 200
GET /me/top/artists 200
GET /me/top/tracks 200
GET /me/tracks 200 403 429
GET /playlists/{playlist_id} 200 404
GET /playlists/{playlist_id}/items 200 403 404
GET /search 200 400
GET /shows/{id} 200 404
GET /shows/{id}/episodes 200 404
GET /tracks/{id} 200 404
GET /users/{user_id} 403
POST /me/player/next 2XX
POST /me/player/previous 2XX
POST /me/player/queue 2XX
POST /me/playlists 201
POST /playlists/{playlist_id}/items 201
PUT /me/library 200 400
PUT /me/player 2XX
PUT /me/player/pause 2XX 403
PUT /me/player/play 2XX
PUT /me/player/repeat 2XX
PUT /me/player/seek 2XX
PUT /me/player/shuffle 2XX
PUT /me/player/volume 2XX
PUT /playlists/{playlist_id} 200 400
PUT /playlists/{playlist_id}/items 200
"""

# Every method of the client, with all that it asks of Spotify.
CLIENT_METHOD_OPERATIONS = """
catalogue.album_tracks GET /albums/{id}/tracks 200
catalogue.artist_albums GET /artists/{id}/albums 200
catalogue.audiobook_chapters GET /audiobooks/{id}/chapters 200
catalogue.item GET /albums/{id} 200
catalogue.item GET /artists/{id} 200
catalogue.item GET /audiobooks/{id} 200
catalogue.item GET /episodes/{id} 200
catalogue.item GET /playlists/{playlist_id} 200
catalogue.item GET /shows/{id} 200
catalogue.item GET /tracks/{id} 200
catalogue.search GET /search 200
catalogue.show_episodes GET /shows/{id}/episodes 200
library.albums GET /me/albums 200
library.artists GET /me/following 200
library.audiobooks GET /me/audiobooks 200
library.contains GET /me/library/contains 200
library.episodes GET /me/episodes 200
library.raw GET /me/tracks 200
library.raw_artists GET /me/following 200
library.remove DELETE /me/library 200
library.save PUT /me/library 200
library.shows GET /me/shows 200
library.tracks GET /me/tracks 200
player.devices GET /me/player/devices 200
player.next POST /me/player/next 2XX
player.pause PUT /me/player/pause 2XX
player.play PUT /me/player/play 2XX
player.play_context PUT /me/player/play 2XX
player.previous POST /me/player/previous 2XX
player.add_to_queue POST /me/player/queue 2XX
player.get_queue GET /me/player/queue 200
player.recently_played GET /me/player/recently-played 200
player.raw_recently_played GET /me/player/recently-played 200
player.set_repeat PUT /me/player/repeat 2XX
player.resume PUT /me/player/play 2XX
player.seek PUT /me/player/seek 2XX
player.set_shuffle PUT /me/player/shuffle 2XX
player.state GET /me/player 200 204
player.transfer PUT /me/player 2XX
player.set_volume PUT /me/player/volume 2XX
playlists.add POST /playlists/{playlist_id}/items 201
playlists.create POST /me/playlists 201
playlists.edit PUT /playlists/{playlist_id} 200
playlists.first_pages GET /me/playlists 200
playlists.get GET /playlists/{playlist_id} 200
playlists.items GET /playlists/{playlist_id} 200
playlists.items GET /playlists/{playlist_id}/items 200
playlists.mine GET /me/playlists 200
playlists.open GET /playlists/{playlist_id} 200
playlists.open_raw GET /playlists/{playlist_id} 200
playlists.raw_items GET /playlists/{playlist_id} 200
playlists.raw_items GET /playlists/{playlist_id}/items 200
playlists.remove DELETE /playlists/{playlist_id}/items 200
playlists.reorder PUT /playlists/{playlist_id}/items 200
playlists.replace PUT /playlists/{playlist_id}/items 200
profile.me GET /me 200
profile.raw_top GET /me/top/tracks 200
profile.top_artists GET /me/top/artists 200
profile.top_tracks GET /me/top/tracks 200
"""


def operations_by_method(text: str) -> dict[str, set[str]]:
    """Method of the client → what it was seen to ask, as in `each`."""
    lines = [line.split(maxsplit=1) for line in text.strip().splitlines()]
    return {
        method: set().union(*(expand_statuses(asked) for name, asked in lines if name == method))
        for method, _ in lines
    }


def expand_statuses(text: str) -> set[str]:
    """Every operation of a list with each of its statuses, as in "GET /me/player 204"."""
    lines = (line.split() for line in text.strip().splitlines())
    return {f"{method} {path} {status}" for method, path, *all_ in lines for status in all_}
