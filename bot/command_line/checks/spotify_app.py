"""Checks the client ID and the client secret at Spotify."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.command_line.checks.findings import Finding, failed, not_checked, note, ok, wrong
from bot.command_line.checks.requests import Answer, Requests
from bot.errors.spotify import AppGone, InvalidClientSecret, OwnerNeedsPremium, SpotifyDown
from bot.spotify.error_mapping import ApiResponse, error_for
from bot.spotify.oauth import SpotifyOAuth, TokenResponse

CLIENT_ID, SECRET = "SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET"
_DASHBOARD = "developer.spotify.com/dashboard, your app, Settings"
_DOWN = "Spotify cannot be reached, or does not answer properly. Try again later."
_PROBE = "search?q=a&type=track&limit=1"


async def check_spotify(requests: Requests, values: Mapping[str, Any]) -> list[Finding]:
    """Findings about the app, its secret and its redirect URI."""
    if not values.get("spotify_client_id") or not values.get("spotify_accounts_url"):
        return [not_checked("Spotify", CLIENT_ID)]
    findings = await check_client(requests, values, calls_api=True)
    if not any(finding.subject == CLIENT_ID and finding.text == _KNOWN for finding in findings):
        return findings
    return [*findings, await _redirect_finding(requests, values)]


_KNOWN = "Spotify knows it."


async def check_client(
    requests: Requests, values: Mapping[str, Any], *, calls_api: bool
) -> list[Finding]:
    """Whether Spotify accepts the client ID and the secret; needs a valid client ID.

    calls_api  whether to try one call to the Web API, too
    """
    client_id, oauth = values["spotify_client_id"], _oauth(requests, values)
    try:
        if not await oauth.client_exists(client_id):
            advice = f"Copy it again from {_DASHBOARD}."
            return [wrong(CLIENT_ID, f"Spotify does not know it. {advice}")]
    except SpotifyDown:
        return [failed(CLIENT_ID, _DOWN)]
    findings = [ok(CLIENT_ID, _KNOWN)]
    if SECRET.lower() not in values:
        return findings  # it is malformed, which is a finding about the settings
    if not (secret := values[SECRET.lower()]):
        return [*findings, note(SECRET, "It is not set, so searching needs a link.")]
    try:
        token = await oauth.client_credentials(client_id, secret)
    except (InvalidClientSecret, AppGone):
        advice = f"Copy it from {_DASHBOARD}, View client secret."
        text = f"Spotify does not accept it, so nobody can search without linking. {advice}"
        return [*findings, wrong(SECRET, text)]
    except SpotifyDown:
        return [*findings, failed(SECRET, _DOWN)]
    findings.append(ok(SECRET, "Spotify accepts it."))
    return [*findings, *(await _owner_findings(requests, values, token) if calls_api else [])]


async def _owner_findings(
    requests: Requests, values: Mapping[str, Any], token: TokenResponse
) -> list[Finding]:
    """Whether the app may call the Web API at all. It costs one call."""
    answer = await requests.send(
        "GET",
        f"{values['spotify_api_url']}/{_PROBE}",
        headers={"Authorization": f"Bearer {token.access_token}"},
    )
    if not isinstance(answer, Answer):
        return [failed("Spotify", f"Its Web API cannot be reached: {answer.text}.")]
    response = ApiResponse(answer.status, answer.headers, answer.body)
    match error_for("GET", "search", response, now=0):
        case None:
            return [ok("Spotify app", "It may call the Web API.")]
        case OwnerNeedsPremium():
            text = "Spotify refuses all calls, because the owner of the app has no Premium."
            return [wrong("Spotify app", f"{text} Subscribe, then wait some hours.")]
    return [failed("Spotify app", f"The Web API answers {answer.status}. Try again later.")]


async def _redirect_finding(requests: Requests, values: Mapping[str, Any]) -> Finding:
    """Whether Spotify's login page refuses the redirect URI; it says nothing of a right one."""
    subject = "Spotify redirect"
    if not values.get("public_url"):
        return not_checked(subject, "PUBLIC_URL")
    oauth = _oauth(requests, values)
    url = oauth.authorize_url(values["spotify_client_id"], state="check", verifier="check")
    answer = await requests.send("GET", url)
    if isinstance(answer, Answer) and b"Invalid redirect URI" in answer.body:
        return wrong(subject, f"Add {oauth.redirect_uri} at {_DASHBOARD}, Redirect URIs.")
    return note(
        subject,
        f"{oauth.redirect_uri} must be at {_DASHBOARD}, Redirect URIs. Only a login shows whether "
        "it is.",
    )


def _oauth(requests: Requests, values: Mapping[str, Any]) -> SpotifyOAuth:
    redirect_uri = f"{values.get('public_url', '')}/callback"
    return SpotifyOAuth(
        requests.http,
        values["spotify_accounts_url"],
        redirect_uri,
        client_id=values["spotify_client_id"],
    )
