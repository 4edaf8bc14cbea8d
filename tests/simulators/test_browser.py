"""The simulated browser follows a login from page to page, and refuses what browsers refuse."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web
from yarl import URL

from sandbox.browser import Browser
from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.spotify import Spotify

START_PAGE = """<title>Bot</title><style>p { color: red }</style><p>Log in &amp; go</p>
<form method="post" action="/go?again=1"><input type="hidden" name="nonce" value="n1">
<button>Continue to Spotify</button></form>"""


class Site:
    """A small website: its pages by path, and the requests that it got."""

    def __init__(self) -> None:
        self.pages: dict[str, web.Response] = {}
        self.requests: list[web.Request] = []
        self.forms: list[dict[str, str]] = []
        self.origin = ""

    def page(self, path: str, html: str, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = web.Response(text=html, content_type="text/html", headers=named)

    def redirect(self, path: str, target: str, status: int = 302, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = web.Response(status=status, headers={"Location": target, **named})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        page = self.pages.get(request.path, web.Response(status=404, text="nothing here"))
        headers = page.headers.copy()
        return web.Response(status=page.status, body=page.body, headers=headers)


@asynccontextmanager
async def serve_site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield site
    finally:
        await runner.cleanup()


@pytest.fixture(name="site")
async def _site() -> AsyncIterator[Site]:
    async with serve_site() as site:
        yield site


@pytest.fixture(name="browser")
async def _browser() -> AsyncIterator[Browser]:
    async with Browser() as browser:
        yield browser


@pytest.fixture(name="login")
async def _login(site: Site) -> AsyncIterator[str]:
    """A login link: the bot's page, its button, Spotify, and the bot's callback."""
    async with AsyncExitStack() as stack:
        spotify = await stack.enter_async_context(Spotify(Clock()))
        spotify.register_redirect_uri(f"{site.origin}/callback")
        digest = hashlib.sha256(b"v" * 43).digest()
        authorize = URL(f"{spotify.accounts_url}/authorize").with_query(
            client_id=spotify.client_id,
            response_type="code",
            redirect_uri=f"{site.origin}/callback",
            state="st",
            scope="user-library-read",
            code_challenge_method="S256",
            code_challenge=base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        )
        site.page("/login", START_PAGE, Set_Cookie="who=ada; HttpOnly; SameSite=Lax")
        site.redirect("/go", str(authorize), 303)
        site.page("/callback", "<h1>Linked</h1><script>let x = 1</script>")
        yield f"{site.origin}/login"


async def test_a_login_from_the_link_to_the_callback(
    browser: Browser, site: Site, login: str
) -> None:
    page = await browser.log_in(login)
    assert page.text == "Linked"
    assert URL(page.url).query.keys() == {"code", "state"}
    start, go, callback = site.requests
    assert site.forms[1] == {"nonce": "n1"}
    assert go.query_string == "again=1"
    assert go.headers["Origin"] == site.origin
    assert go.headers["Sec-Fetch-Site"] == "same-origin"
    assert go.headers["Cookie"] == callback.headers["Cookie"] == "who=ada"
    assert (start.headers["Sec-Fetch-Site"], callback.headers["Sec-Fetch-Site"]) == (
        "none",
        "cross-site",
    )
    assert "Origin" not in callback.headers


async def test_a_login_that_is_cancelled(browser: Browser, login: str) -> None:
    page = await browser.log_in(login, accept=False)
    assert dict(URL(page.url).query) == {"error": "access_denied", "state": "st"}


@pytest.mark.parametrize(("discord_user", "name"), [(None, "ada"), ("grace", "grace")])
@pytest.mark.parametrize("between", [True, False])
async def test_login_with_discord(
    browser: Browser, site: Site, login: str, discord_user: str | None, name: str, between: bool
) -> None:
    async with Discord(Clock()) as discord:
        discord.register_redirect_uri(f"{site.origin}/signed-in")
        authorize = URL(f"{discord.base_url}/oauth2/authorize").with_query(
            client_id=discord.application_id,
            response_type="code",
            redirect_uri=f"{site.origin}/signed-in",
            scope="identify",
            state="ds",
        )
        to_spotify = site.pages["/go"]
        site.redirect("/go", str(authorize), 303)
        if between:
            site.page("/signed-in", START_PAGE.replace("/go?again=1", "/on"))
            site.pages["/on"] = to_spotify
        else:
            site.pages["/signed-in"] = to_spotify
        page = await browser.log_in(login, discord=discord_user)
        assert page.text == "Linked"
        signed_in = next(request for request in site.requests if request.path == "/signed-in")
        assert signed_in.query.keys() == {"code", "state", "iss"}
        assert signed_in.headers["Cookie"] == "who=ada"
        code = discord.oauth.codes.pop(signed_in.query["code"])
        assert code.user == name


async def test_login_stops_at_an_error_page(browser: Browser, site: Site) -> None:
    page = await browser.log_in(f"{site.origin}/gone")
    assert (page.status, page.text) == (404, "nothing here")


async def test_spotifys_page_can_be_read(browser: Browser, login: str) -> None:
    assert (await browser.open(login)).text == "Log in & go\nContinue to Spotify"
    page = await browser.submit("Continue")
    assert "Tonearm wants to connect" in page.text
    assert "Ada" in page.text
    assert "color-scheme" not in page.text
    with pytest.raises(LookupError, match="no choice"):
        await browser.submit("Agree", account="nobody")
    with pytest.raises(LookupError, match="no button 'Like'"):
        await browser.submit("Like")


@pytest.mark.parametrize(
    "elsewhere", ["https://example.test/", "http://localhost:1/", "http://10.0.0.1/", "file:///etc"]
)
async def test_only_loopback_urls_are_opened(browser: Browser, site: Site, elsewhere: str) -> None:
    with pytest.raises(LookupError, match="not on loopback"):
        await browser.open(elsewhere)
    site.redirect("/out", elsewhere)
    with pytest.raises(LookupError, match="not on loopback"):
        await browser.open(f"{site.origin}/out")


async def test_number_of_redirects_is_limited(browser: Browser, site: Site) -> None:
    site.redirect("/round", "/round")
    with pytest.raises(LookupError, match="more than 10 redirects"):
        await browser.open(f"{site.origin}/round")


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST")])
async def test_how_a_form_is_redirected(
    browser: Browser, site: Site, status: int, method: str
) -> None:
    site.page("/", START_PAGE)
    site.redirect("/go", "/there", status)
    site.page("/there", "there")
    await browser.open(site.origin)
    await browser.submit("Continue")
    assert site.requests[-1].method == method
    assert site.forms[-1] == ({"nonce": "n1"} if method == "POST" else {})


async def test_form_with_get_sends_a_query(browser: Browser, site: Site) -> None:
    site.page(
        "/",
        '<form action="find"><input name="q" value="a b"><input type="checkbox" name="no">'
        '<button name="go" value="1">Find</button><button disabled>Not this</button></form>',
    )
    await browser.open(site.origin)
    await browser.submit("Find")
    assert dict(site.requests[-1].query) == {"q": "a b", "go": "1"}
    await browser.open(site.origin)
    with pytest.raises(LookupError, match="no button"):
        await browser.submit("Not this")


# ---- safeguards


@pytest.mark.parametrize(
    ("policy", "open_"),
    [
        ("default-src 'none'; form-action 'self'", False),
        ("form-action 'none'", False),
        ("form-action 'self' http://127.0.0.1:*", True),
        ("form-action 'self' {other}", True),
        ("form-action 'self' http:", True),
        ("default-src 'none'", True),
    ],
)
async def test_form_action_applies_to_redirects(
    browser: Browser, site: Site, policy: str, open_: bool
) -> None:
    async with serve_site() as other:
        other.page("/there", "there")
        policy = policy.format(other=other.origin)
        site.page("/", START_PAGE, Content_Security_Policy=policy)
        site.redirect("/go", f"{other.origin}/there")
        await browser.open(site.origin)
        if open_:
            assert (await browser.submit("Continue")).text == "there"
        else:
            with pytest.raises(LookupError, match="form-action"):
                await browser.submit("Continue")
            assert not other.requests


async def test_strict_cookies_are_not_sent_cross_site(browser: Browser, site: Site) -> None:
    async with serve_site() as other:
        site.page("/", START_PAGE, Set_Cookie="strict=1; SameSite=Strict")
        site.redirect("/go", f"{other.origin}/on", Set_Cookie="lax=1; SameSite=Lax")
        other.redirect("/on", f"{site.origin}/back")
        await browser.open(site.origin)
        await browser.submit("Continue")
        sent = {request.path: request.headers.get("Cookie") for request in site.requests}
        assert sent == {"/": None, "/go": "strict=1", "/back": "lax=1"}
        assert "Cookie" not in other.requests[0].headers


async def test_secure_cookies_are_not_sent_over_http(browser: Browser, site: Site) -> None:
    site.page("/", "hello", Set_Cookie="key=1; Secure")
    await browser.open(site.origin)
    await browser.open(site.origin)
    assert "Cookie" not in site.requests[1].headers


@pytest.mark.parametrize("policy", ["no-referrer", "same-origin", ""])
async def test_a_referrer_policy_hides_the_origin(
    browser: Browser, site: Site, policy: str
) -> None:
    async with serve_site() as other:
        site.page("/", START_PAGE, Referrer_Policy=policy)
        site.redirect("/go", f"{other.origin}/on", 307)
        await browser.open(site.origin)
        await browser.submit("Continue")
        own = "null" if policy == "no-referrer" else site.origin
        assert site.requests[1].headers["Origin"] == own
        assert other.requests[0].headers["Origin"] == ("null" if policy else site.origin)
