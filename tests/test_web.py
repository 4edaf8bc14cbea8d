"""The web pages: security headers on every response, no echoed input, no cross-site requests."""

from __future__ import annotations

import aiohttp
import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from tests.login_client import login_client


@pytest.fixture(name="http")
async def _http():  # type: ignore[no-untyped-def]
    async with aiohttp.ClientSession() as session:
        yield session


async def test_every_response_has_security_headers_and_echoes_nothing(
    harness: Harness, http: aiohttp.ClientSession
) -> None:
    for method, path, status in (
        ("GET", "/health", 200),
        ("GET", "/privacy", 200),
        ("GET", "/", 404),
        ("GET", "/login/", 410),
        ("GET", "/login/unknown", 410),
        ("POST", "/login/unknown", 410),
        ("GET", "/callback?state=canary&code=canary", 410),
        ("DELETE", "/health", 405),
        ("GET", "/%2e%2e/%00canary", 404),
        ("POST", "/callback", 405),
    ):
        url = f"{harness.settings.public_url}{path}"
        async with http.request(method, url, allow_redirects=False) as response:
            assert response.status == status, path
            headers = response.headers
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert headers["Cache-Control"] == "no-store"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "aiohttp" not in headers["Server"]
            assert "canary" not in await response.text()


async def test_other_host_name_is_rejected(harness: Harness, http: aiohttp.ClientSession) -> None:
    other_host = {"Host": "rebound.test"}
    async with http.get(f"{harness.settings.public_url}/privacy", headers=other_host) as response:
        assert response.status == 421
    async with http.get(f"{harness.settings.public_url}/health", headers=other_host) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_cross_site_form_is_rejected(
    harness: Harness, ada: UserClient, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    link = harness.find_login_offer(await ada.run("/link")).url
    async with http.post(link, headers=headers, allow_redirects=False) as response:
        assert response.status == 403
    async with http.post(link, allow_redirects=False) as response:
        assert response.status == 303


async def test_large_body_is_rejected(
    harness: Harness, ada: UserClient, http: aiohttp.ClientSession
) -> None:
    link = harness.find_login_offer(await ada.run("/link")).url
    async with http.post(link, data=b"x" * 5000, allow_redirects=False) as response:
        assert response.status == 413
    async with http.post(link, data=b"x" * 500, allow_redirects=False) as response:
        assert response.status == 303


async def test_names_are_escaped_on_pages(harness: Harness, http: aiohttp.ClientSession) -> None:
    assert harness.bot is not None
    offer = await harness.bot.services.login_flow.create_link(
        1, '<script>alert("x")</script>', None
    )
    async with http.get(offer.url) as response:
        page = await response.text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


async def test_host_spelling_variants_are_equivalent() -> None:
    for public_url, host in (
        ("https://Music.Example.test", "music.example.test"),
        ("https://music.example.test:443", "music.example.test"),
        ("https://music.example.test", "MUSIC.example.test:443"),
    ):
        async with login_client(PUBLIC_URL=public_url) as it:
            assert (await it.send("GET", "/privacy", headers={"Host": host})).status == 200
            wrong = await it.send("GET", "/privacy", headers={"Host": "music.example.test:444"})
            assert wrong.status == 421
