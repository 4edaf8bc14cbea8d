"""Valid exchanges, invalid variants of them, and the expected findings."""

from __future__ import annotations

import json
from dataclasses import replace

from sandbox.traffic_log import Exchange

JSON = "application/json"


def _exchange(method: str, path: str, *query: tuple[str, str], status: int = 204) -> Exchange:
    return Exchange(method, path, query, "", b"", status, "", b"", 0.0)


def _request(exchange: Exchange, body: object, kind: str = JSON) -> Exchange:
    return replace(exchange, request_type=kind, request_body=_to_bytes(body))


def _response(exchange: Exchange, status: int, body: object, kind: str = JSON) -> Exchange:
    return replace(exchange, status=status, response_type=kind, response_body=_to_bytes(body))


def _to_bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _form(**parts: object) -> bytes:
    """A multipart body; a part called files is files[0]."""
    head = 'Content-Disposition: form-data; name="{}"'
    named = {"files[0]" if name == "files" else name: body for name, body in parts.items()}
    pieces = (
        b"--x\r\n" + head.format(name).encode() + b"\r\n\r\n" + _to_bytes(body) + b"\r\n"
        for name, body in named.items()
    )
    return b"".join(pieces) + b"--x--\r\n"


# ---- Spotify

_DEVICE = {"id": None, "name": "Speaker", "volume_percent": None, "is_active": False}
_VOLUME = _exchange("PUT", "/v1/me/player/volume", ("volume_percent", "30"))
_DEVICES = _response(_exchange("GET", "/v1/me/player/devices"), 200, {"devices": [_DEVICE]})
_PLAY = _request(_exchange("PUT", "/v1/me/player/play"), {"uris": ["x"], "offset": {"position": 1}})
_SEARCH = replace(_DEVICES, path="/v1/search", query=(("q", "x"), ("type", "track,album")),
                  response_body=b"{}")  # fmt: skip
_HISTORY = replace(_DEVICES, path="/v1/me/player/recently-played")

VALID_SPOTIFY_EXCHANGES = (
    _VOLUME,
    _DEVICES,
    _PLAY,
    _SEARCH,
    _exchange("GET", "/v1/me/player"),
    _response(_DEVICES, 401, {"error": {"status": 401, "message": "No"}}),
    _response(_DEVICES, 404, {"error": {"status": 404, "message": "No such thing"}}),
)

INVALID_SPOTIFY_EXCHANGES: tuple[tuple[Exchange, str], ...] = (
    # the address
    (replace(_VOLUME, path="/v1/me/volume"), "PUT /v1/me/volume: path is not declared"),
    (replace(_VOLUME, path="/me/player/volume"), "PUT /me/player/volume: path is not declared"),
    (replace(_VOLUME, method="POST"), "POST /v1/me/player/volume: path is not declared"),
    # the query
    (replace(_VOLUME, query=()), "query volume_percent is missing"),
    (replace(_VOLUME, query=(*_VOLUME.query, ("fade", "1"))), "query fade is not declared"),
    (replace(_VOLUME, query=_VOLUME.query * 2), "query volume_percent is given more than once"),
    (replace(_VOLUME, query=(("volume_percent", "loud"),)),
     "query volume_percent is string instead of integer"),
    (replace(_SEARCH, query=(*_SEARCH.query, ("limit", "11"))), "query limit breaks maximum 10"),
    (replace(_SEARCH, query=(("q", "x"), ("type", "track,song"))), 'query type/# is "song"'),
    # what is asked
    (_request(_VOLUME, {}), "request is application/json; declared is nothing"),
    (_request(_PLAY, b"uris=x", "text/plain"),
     "request is text/plain; declared is application/json"),
    (_request(_PLAY, b'{"uris":'), "request is not JSON"),
    (_request(_PLAY, {"uris": "x"}), "request /uris is string instead of array"),
    (_request(_PLAY, {"uri": "x"}), "request /uri is not declared"),
    (_request(_exchange("PUT", "/v1/me/player"), {"play": True}), "request /device_ids is missing"),
    # what is answered
    (_response(_DEVICES, 500, {}), "answer 500 is not declared"),
    (_response(_DEVICES, 201, {}), "answer 201 is not declared"),
    (replace(_DEVICES, response_body=b""), "answer 200 has no body"),
    (_response(_DEVICES, 200, b"<p>", "text/html"),
     "answer 200 is text/html; declared is application/json"),
    (_response(_VOLUME, 204, {}), "answer 204 is application/json; declared is nothing"),
    (_response(_DEVICES, 200, b"{"), "answer 200 is not JSON"),
    (_response(_DEVICES, 200, {}), "answer 200 /devices is missing"),
    (_response(_DEVICES, 200, {"devices": [{"name": None}]}),
     "answer 200 /devices/#/name is null instead of string"),
    (_response(_DEVICES, 200, {"devices": [{"volume_percent": 101}]}),
     "answer 200 /devices/#/volume_percent breaks maximum 100"),
    (_response(_DEVICES, 200, {"devices": [{"colour": "red"}]}),
     "answer 200 /devices/#/colour is not declared"),
    (_response(_HISTORY, 200, {"items": [{"played_at": "yesterday"}]}),
     'answer 200 /items/#/played_at breaks format "date-time"'),
    (_response(_DEVICES, 404, {"error": "No"}), "answer 404 /error is string instead of object"),
    (_response(_exchange("GET", "/v1/me/player"), 200, {"item": {"type": "episode"}}),
     "answer 200 /item/show is missing"),
    (_response(_exchange("GET", "/v1/me/player"), 200, {"item": {"type": "track", "name": 1}}),
     "answer 200 /item/name is integer instead of string"),
)  # fmt: skip

# ---- Discord

_WEBHOOK_PATH = "/api/v10/webhooks/1/token"
_FORM = "multipart/form-data"
_BUTTON = {"type": 2, "style": 5, "url": "https://example.org/", "label": "Go"}
_EDIT = _exchange("PATCH", f"{_WEBHOOK_PATH}/messages/@original", status=400)
_EDIT = _response(_request(_EDIT, {"content": "x"}), 400, {"code": 50035, "message": "No"})


def _with_button(**changed: object) -> Exchange:
    row = {"type": 1, "components": [_BUTTON | changed]}
    return _request(_EDIT, {"flags": 1 << 15, "components": [{"type": 17, "components": [row]}]})


VALID_DISCORD_EXCHANGES = (
    _EDIT,
    _with_button(),
    _request(_EDIT, _form(payload_json={"content": "x"}, files=b"\x00\xff"), _FORM),
    _response(_EDIT, 429, {"code": 0, "message": "Slow", "retry_after": 1.5, "global": False}),
)

INVALID_DISCORD_EXCHANGES: tuple[tuple[Exchange, str], ...] = (
    (replace(_EDIT, path="/api/v10/webhooks/me/token/messages/@original"),
     "path webhook_id breaks pattern"),
    (replace(_EDIT, request_type="", request_body=b""), "request has no body"),
    (replace(_EDIT, query=(("with_components", "maybe"),)),
     "query with_components is string instead of boolean"),
    (_request(_EDIT, _form(payload_json={"content": "x" * 2001}), _FORM),
     "request /content breaks maxLength 2000"),
    (_request(_EDIT, _form(payload_json={}, cover=b"x"), _FORM), "request cover is not declared"),
    (_with_button(style=7), "request /components/#/components/#/components/#/style"),
    (_with_button(url="x"),
     'request /components/#/components/#/components/#/url breaks format "uri"'),
    (_with_button(colour="red"),
     "request /components/#/components/#/components/#/colour is not declared"),
    (_response(_EDIT, 404, {"message": "No"}), "answer 404 /code is missing"),
    (_response(_EDIT, 200, {"id": "x"}), "answer 200 /channel_id is missing"),
    (_response(_EDIT, 500, {}), "answer 500 is not declared"),
)  # fmt: skip
