"""A minimal browser for logins: redirects, cookies, forms and their security rules."""

from __future__ import annotations

import asyncio
from typing import Literal, Self

import aiohttp
from yarl import URL

from sandbox.html_reader import HtmlPage, parse_page

MAX_REDIRECTS = 10
LOOPBACK_HOSTS = ("127.0.0.1", "::1")

Prefetch = Literal["marked", "unmarked", "racing"]
"""How a browser requests each URL twice, with its cookies: first with the headers of a prefetch,
first without them, or both requests at once."""

PREFETCH_HEADERS = {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}
PREVIEW_AGENTS = (
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
)


class Browser:
    """One user's browser with its own cookies; an async context manager.

    It opens loopback URLs only and treats every port as a site of its own, as the hosts of the bot
    and of Spotify are in production. It follows the rules for SameSite=Strict and Secure cookies,
    and applies a page's form-action to redirects, too.
    """

    def __init__(self, *, prefetch: Prefetch | None = None) -> None:
        self.prefetch = prefetch
        self.page: HtmlPage | None = None
        self._session: aiohttp.ClientSession | None = None
        self._jars: dict[URL, aiohttp.CookieJar] = {}  # by origin

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def open(self, url: str) -> HtmlPage:
        """Open a URL, as if typed or clicked in a chat.

        Raises LookupError for a URL or a redirect outside of loopback.
        """
        return await self._navigate("GET", URL(url), None, came_from=None)

    async def submit(
        self,
        button: str,
        *,
        double_click: bool = False,
        continue_in: Browser | None = None,
        **choices: str,
    ) -> HtmlPage:
        """Press the button with this text; `choices` are radio buttons by name.

        double_click  press it twice; the browser ignores the first response and its cookies
        continue_in   the browser that opens the redirect, as a phone may leave an app's built-in
                      browser

        Raises LookupError for an unknown button or choice, or if form-action forbids the target.
        """
        page = self._current_page()
        match = page.find_form(button)
        if match is None:
            raise LookupError(f"no button {button!r} on {page.url}:\n{page.text}")
        form, pressed = match
        for choice in choices.items():
            if choice not in form.radios:
                raise LookupError(f"{page.url} has no choice {choice}")
        fields = [pair for pair in form.fields if pair[0] not in choices] + list(choices.items())
        if pressed.name:
            fields.append((pressed.name, pressed.value))
        target = (
            URL(page.url).join(URL(form.action, encoded=True)) if form.action else URL(page.url)
        )
        if form.method == "get":
            return await self._navigate("GET", target.with_query(fields), None, came_from=page)
        if double_click:
            await self._fetch(
                "POST",
                target,
                fields,
                self._headers("POST", target, page, [URL(page.url).origin()]),
            )
        if continue_in is not None:
            headers = self._headers("POST", target, page, [URL(page.url).origin()])
            _, location = await self._fetch("POST", target, fields, headers, keep_cookies=True)
            return await continue_in.open(str(target.join(URL(location or "", encoded=True))))
        return await self._navigate("POST", target, fields, came_from=page)

    async def log_in(
        self, url: str, *, account: str = "ada", accept: bool = True, discord: str | None = None
    ) -> HtmlPage:
        """Follow a login link to Spotify's consent page, and agree or cancel as this account.

        On the way it presses "Continue…", and "Authorize" on Discord's page as the user `discord`,
        by default of the same name as the account. Returns the last page.
        """
        page = await self.open(url)
        if page.find_form("Continue") is not None:
            page = await self.submit("Continue")
        if page.find_form("Authorize") is not None:
            page = await self.submit("Authorize", user=discord or account)
            if page.find_form("Continue") is not None:
                page = await self.submit("Continue")
        if page.find_form("Agree") is None:
            return page
        return await self.submit("Agree" if accept else "Cancel", account=account)

    def _current_page(self) -> HtmlPage:
        if self.page is None:
            raise LookupError("no page is open")
        return self.page

    async def _navigate(
        self,
        method: str,
        url: URL,
        fields: list[tuple[str, str]] | None,
        came_from: HtmlPage | None,
    ) -> HtmlPage:
        """Navigate, following redirects."""
        trail: list[URL] = []  # the origins so far, starting with the page's
        if came_from is not None:
            trail.append(URL(came_from.url).origin())
        for _ in range(MAX_REDIRECTS):
            if url.scheme != "http" or url.host not in LOOPBACK_HOSTS:
                raise LookupError(f"{url} is not on loopback")
            if came_from is not None:
                _check_form_action(came_from, url)
            headers = self._headers(method, url, came_from, trail)
            page, location = await self._prefetch_and_fetch(method, url, fields, headers)
            if location is None:
                self.page = page
                return page
            if came_from is not None:
                trail.append(url.origin())
            url = url.join(URL(location, encoded=True))
            if page.status not in (307, 308):
                method, fields = "GET", None
        raise LookupError(f"more than {MAX_REDIRECTS} redirects: {url}")

    def _headers(
        self, method: str, url: URL, came_from: HtmlPage | None, trail: list[URL]
    ) -> dict[str, str]:
        return {
            "Accept": "text/html,application/xhtml+xml",
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Site": _sec_fetch_site(trail, url),
            "Sec-Fetch-User": "?1",
            "Origin": _origin_header(came_from, trail, url) if method == "POST" else "",
        }

    async def _prefetch_and_fetch(
        self,
        method: str,
        url: URL,
        fields: list[tuple[str, str]] | None,
        headers: dict[str, str],
    ) -> tuple[HtmlPage, str | None]:
        """Send a request, after or during a prefetch of the same URL."""
        if self.prefetch is None or method != "GET":
            return await self._fetch(method, url, fields, headers, keep_cookies=True)
        marks = PREFETCH_HEADERS if self.prefetch == "marked" else {}
        prefetch = asyncio.create_task(
            self._fetch(method, url, fields, headers | marks, keep_cookies=True)
        )
        if self.prefetch != "racing":
            await prefetch
        answer = await self._fetch(method, url, fields, headers, keep_cookies=True)
        await prefetch
        return answer

    async def _fetch(
        self,
        method: str,
        url: URL,
        fields: list[tuple[str, str]] | None,
        headers: dict[str, str],
        *,
        keep_cookies: bool = False,
    ) -> tuple[HtmlPage, str | None]:
        """One request: the page, and the target of its redirect or None."""
        if self._session is None:
            raise RuntimeError("the browser is not open")
        jar = self._jars.setdefault(url.origin(), aiohttp.CookieJar(unsafe=True))
        headers["Cookie"] = _cookie_header(
            jar, url, strict=headers["Sec-Fetch-Site"] != "cross-site"
        )
        sent = {name: value for name, value in headers.items() if value}
        async with self._session.request(
            method, url, headers=sent, data=fields, allow_redirects=False
        ) as response:
            if keep_cookies:
                jar.update_cookies(response.cookies, url)
            html = await response.text(errors="replace")
            page = parse_page(str(url), response.status, html, response.headers.copy())
            moved = response.status in (301, 302, 303, 307, 308)
            return page, response.headers.get("Location") if moved else None


async def preview(url: str) -> list[HtmlPage]:
    """Request a URL as chat programs and link checkers do: HEAD and GET, without cookies."""
    pages = []
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        for method in ("HEAD", "GET"):
            for agent in PREVIEW_AGENTS:
                target = URL(url, encoded=True)
                async with session.request(
                    method, target, headers={"User-Agent": agent}, allow_redirects=False
                ) as response:
                    html = await response.text(errors="replace")
                    pages.append(parse_page(url, response.status, html, response.headers.copy()))
    return pages


def _cookie_header(jar: aiohttp.CookieJar, url: URL, *, strict: bool) -> str:
    """The Cookie header, with or without SameSite=Strict cookies."""
    strict_names = {cookie.key for cookie in jar if cookie["samesite"].lower() == "strict"}
    return "; ".join(
        f"{name}={cookie.coded_value}"
        for name, cookie in jar.filter_cookies(url).items()
        if strict or name not in strict_names
    )


def _sec_fetch_site(trail: list[URL], url: URL) -> str:
    """The Sec-Fetch-Site header; a navigation by the user has no origin."""
    if not trail:
        return "none"
    return "same-origin" if all(origin == url.origin() for origin in trail) else "cross-site"


def _origin_header(page: HtmlPage | None, trail: list[URL], url: URL) -> str:
    """The Origin header of a form; the Referrer-Policy or a cross-site redirect makes it null."""
    if page is None:
        return ""
    policy = page.headers.get("Referrer-Policy", "")
    hidden = policy == "no-referrer" or (policy == "same-origin" and url.origin() != trail[0])
    return "null" if hidden or len(set(trail)) > 1 else str(trail[0])


def _check_form_action(page: HtmlPage, url: URL) -> None:
    """Raises LookupError if the page's form-action forbids this URL.

    Supports the sources 'self', origins, schemes and wildcard ports.
    """
    for rule in page.headers.get("Content-Security-Policy", "").split(";"):
        name, *sources = rule.split() or [""]
        if name != "form-action":
            continue
        origin = str(url.origin())
        permitted = {origin, f"{url.scheme}:", f"{url.scheme}://{url.host}:*"}
        if url.origin() == URL(page.url).origin():
            permitted.add("'self'")
        if not permitted.intersection(source.rstrip("/") for source in sources):
            raise LookupError(f"the form-action of {page.url} forbids {origin}")
