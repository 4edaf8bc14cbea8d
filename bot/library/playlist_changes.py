"""Creates playlists and changes their details."""

from __future__ import annotations

from bot.errors.content import InvalidPlaylistText
from bot.errors.spotify import BadRequest
from bot.spotify import Spotify
from bot.spotify.models import Playlist
from bot.text.escape import single_line

# Characters. Spotify's own apps allow no more; the Web API documents no limits.
MAX_NAME, MAX_DESCRIPTION = 100, 300

_NO_NAME = "A playlist needs a name. Type one with at least one letter."
_NAME_TOO_LONG = f"That name is too long. Use at most {MAX_NAME} characters."
_DESCRIPTION_TOO_LONG = f"That description is too long. Use at most {MAX_DESCRIPTION} characters."
_REFUSED = "Spotify won’t accept that name or description. Try a shorter one."


def validate_name(text: str) -> str:
    """The name on one line. Raises InvalidPlaylistText if it is invisible or too long."""
    name = single_line(text, len(text) + 1)
    if not name:
        raise InvalidPlaylistText("no name", message=_NO_NAME)
    if len(name) > MAX_NAME:
        raise InvalidPlaylistText("a long name", message=_NAME_TOO_LONG)
    return name


def validate_description(text: str) -> str:
    """The description on one line. Raises InvalidPlaylistText if it is too long."""
    description = single_line(text, len(text) + 1)
    if len(description) > MAX_DESCRIPTION:
        raise InvalidPlaylistText("a long description", message=_DESCRIPTION_TOO_LONG)
    return description


async def create_playlist(
    spotify: Spotify, name: str, *, public: bool = False, description: str = ""
) -> Playlist:
    """Create an empty playlist. Raises InvalidPlaylistText and SpotifyError."""
    name, description = validate_name(name), validate_description(description)
    try:
        return await spotify.playlists.create(name, public=public, description=description)
    except BadRequest as error:
        raise BadRequest(str(error), message=_REFUSED) from None
