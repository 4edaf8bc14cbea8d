"""Each error of Spotify's and Discord's login services has its own sentence."""

from __future__ import annotations

from sandbox.browser import Browser
from sandbox.fault_injection import Fault
from sandbox.html_reader import HtmlPage
from sandbox.spotify import App
from tests.login_client import OTHER_BROWSER, LoginClient, login_client

DISCORD_MODE = {"DISCORD_CLIENT_SECRET": "yes"}
USER_CLIENT_ID = "0123456789abcdef0123456789abcdef"
# What the page and the message in Discord say; {service} is Spotify or Discord.
CALLBACK_ERRORS = {
    "access_denied": "You cancelled the login",
    "server_error": "{service} had a problem",
    "temporarily_unavailable": "{service} is too busy",
    "invalid_scope": "{service} doesn’t know a permission",
    "invalid_request": "{service} didn’t understand",
    "unauthorized_client": "{service} doesn’t let this app log you in",
    "unsupported_response_type": "{service} doesn’t offer the kind of login",
    "login_required": "{service} ended the login for a reason that",
    "<b>c4n4ry</b>": "{service} ended the login for a reason that",
}


async def _agree(browser: Browser, service: str) -> HtmlPage:
    """Agree as Ada on the consent page of this service."""
    if service == "Spotify":
        return await browser.submit("Agree", account="ada")
    return await browser.submit("Authorize", user="ada")


async def _open_consent_page(it: LoginClient, browser: Browser, service: str, url: str) -> None:
    await browser.open(url)
    page = await browser.submit("Continue")
    if page.find_form("Authorize") and service == "Spotify":
        page = await browser.submit("Authorize", user="ada")
    assert page.find_form("Agree" if service == "Spotify" else "Authorize")


async def test_error_at_the_callback_has_its_words_on_page_and_in_discord() -> None:
    for service in ("Spotify", "Discord"):
        for error, words in CALLBACK_ERRORS.items():
            async with login_client(OPERATOR_CONTACT="ask@example.org", **DISCORD_MODE) as it:
                reply, offer = await it.request_login()
                expected = words.replace("{service}", service)
                async with Browser(prefetch="unmarked") as browser:
                    await _open_consent_page(it, browser, service, offer.url)
                    page_before = browser.page
                    server = it.harness.spotify if service == "Spotify" else it.harness.discord
                    server.oauth.next_error = error
                    page = await _agree(browser, service)
                    assert expected in page.text, (service, error)
                    assert "c4n4ry" not in page.html
                    assert "/link" in page.text or "/setup" in page.text
                    text = (await reply.wait_for(expected)).text
                    assert not reply.message["components"]
                    assert "used up" not in page.text + text
                    # The login is over: agreeing after Back shows how it ended.
                    browser.page = page_before
                    assert expected in (await _agree(browser, service)).text
                assert it.spotify_token_requests == 0


async def test_error_without_state_or_cookie_is_explained_and_uses_up_nothing() -> None:
    for service in ("Spotify", "Discord"):
        path = "/callback" if service == "Spotify" else "/discord"
        async with login_client(**DISCORD_MODE) as it:
            *_, callback = await it.prepare_callback(path)
            for error, words in CALLBACK_ERRORS.items():
                failed = callback.with_query("code").with_query("error", error)
                for sent in (failed.with_query("state"), failed.with_query("state", "c4n4ry")):
                    page = await it.send_callback(sent)
                    assert words.replace("{service}", service) in page.text, (service, error)
                    assert "c4n4ry" not in page.html
                    assert not page.cookie
            assert (await it.send_callback(callback)).status == 303
        async with login_client(**DISCORD_MODE) as it, Browser() as browser:
            _, offer = await it.request_login()
            await _open_consent_page(it, browser, service, offer.url)
            consent_page = browser.page
            server = it.harness.spotify if service == "Spotify" else it.harness.discord
            server.oauth.next_error, server.oauth.omits_state = "server_error", True
            assert f"{service} had a problem" in (await _agree(browser, service)).text
            browser.page = consent_page
            last_page = await _agree(browser, service)
            if service == "Discord":
                last_page = await _agree(browser, "Spotify")
            assert "Linked to Ada" in last_page.text


async def test_callback_without_code_and_error_uses_up_nothing() -> None:
    async with login_client() as it:
        *_, callback = await it.prepare_callback("/callback")
        page = await it.send_callback(callback.with_query("code"))
        assert page.status == 400
        assert "address of this page is incomplete" in page.text
        assert OTHER_BROWSER in (await it.send("GET", "/callback")).text
        assert (await it.send_callback(callback)).location == "/done"


async def test_failing_exchange_has_its_words_and_is_not_repeated() -> None:
    cases = {
        "old": "no longer accepted. It probably took too long",
        "app": "Spotify doesn’t know this bot’s app any more",
        "own app": "Spotify doesn’t know the app that you linked with any more",
        "5xx": "Spotify isn’t responding properly",
        "unreadable": "Spotify isn’t responding properly",
        "no token": "Spotify isn’t responding properly",
    }
    for case, words in cases.items():
        async with login_client() as it:
            spotify = it.harness.spotify
            redirect_uris = spotify.apps[spotify.client_id].redirect_uris
            own = App(USER_CLIENT_ID, allowed_accounts={"ada"}, redirect_uris=redirect_uris)
            spotify.apps[USER_CLIENT_ID] = own
            client_id = f" client_id:{USER_CLIENT_ID}" if case == "own app" else ""
            reply = await it.harness.discord.user_client("ada").run(f"/link{client_id}")
            offer = it.harness.find_login_offer(reply)
            callback = await it.authorize(await it.start_login(offer))
            fault = Fault("POST /api/token", times=None)
            match case:
                case "old":
                    spotify.oauth.codes.clear()
                case "app" | "own app":
                    del spotify.apps[USER_CLIENT_ID if client_id else spotify.client_id]
                case "5xx":
                    fault.status, fault.body = 503, '{"error": "server_error"}'
                case "unreadable":
                    fault.status, fault.body = 200, b"<html>\xff"
                case "no token":
                    fault.status, fault.body = 200, '{"access_token": "x"}'
            if fault.body:
                spotify.accounts_faults.add(fault)
            for _ in range(2):
                page = await it.result_page(await it.send_callback(callback))
                assert words in page.text, case
                assert "/link" in page.text or "/setup" in page.text
            await reply.wait_for(words)
            assert it.spotify_token_requests + fault.hits == 1, case


async def test_failing_sign_in_with_discord_has_its_words() -> None:
    cases = {
        ("token", 400, '{"error": "invalid_grant"}'): "no longer accepted",
        ("token", 400, "<html>"): "no longer accepted",
        ("token", 401, '{"error": "invalid_client"}'): "doesn’t accept this bot’s client secret",
        ("token", 400, '{"error": "invalid_client"}'): "doesn’t accept this bot’s client secret",
        ("token", 503, ""): "Discord isn’t responding",
        ("token", 200, "<html>"): "Discord isn’t responding",
        ("token", 200, '{"access_token": null}'): "Discord isn’t responding",
        ("users/@me", 401, ""): "Discord isn’t responding",
        ("users/@me", 200, '{"id": "ada"}'): "Discord isn’t responding",
    }
    for (path, status, body), words in cases.items():
        async with login_client(**DISCORD_MODE) as it:
            reply, _, callback = await it.prepare_callback("/discord")
            fault = Fault(f"{path}$", status=status, body=body, times=None)
            it.harness.discord.faults.add(fault)
            for _ in range(2):
                page = await it.result_page(await it.send_callback(callback))
                assert words in page.text, (path, status, body)
            await reply.wait_for(words)
            assert fault.hits == 1
