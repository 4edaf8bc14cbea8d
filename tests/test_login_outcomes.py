"""The store keeps how a login ended as a code, from which the result page gets its words."""

from __future__ import annotations

from bot.errors import login, spotify, storage
from bot.login.outcome_codes import Outcome, decode_error, encode_error
from bot.login.results import failure_message
from tests.login_client import login_client

# Every error that a callback of a login can end with.
ERRORS = (
    login.LoginCancelled(),
    login.LoginInterrupted(),
    login.LoginRefused("401 invalid_grant"),
    login.WrongDiscordUser(),
    login.DiscordDown(),
    login.DiscordRefused(),
    *(
        login.AuthorizationFailed(service, code)
        for service in ("Spotify", "Discord")
        for code in (*login.AUTHORIZATION_ERRORS, "unknown", "c4n4ry")
    ),
    login.AlreadyLinked(),
    login.LoginExpired(),
    login.MissingScope(),
    spotify.AccessTokenRefused(),
    spotify.SpuriousUnauthorized(),
    spotify.UserNotRegistered(),
    spotify.OwnAppLacksUser(),
    spotify.OwnerNeedsPremium(),
    spotify.OwnAppNeedsPremium(),
    spotify.PremiumRequired(),
    spotify.SpuriousPremiumRequired(),
    spotify.PlayerRestricted(),
    spotify.NotPermitted(),
    spotify.NotFound(),
    spotify.RateLimited(4.2),
    spotify.RateLimited(599),
    spotify.QuotaExceeded(48_925),
    spotify.OwnAppQuotaExceeded(48_925),
    spotify.SpotifyDown(),
    spotify.BadRequest(),
)


def test_stored_error_keeps_its_message() -> None:
    for error in ERRORS:
        stored = encode_error(error)
        assert decode_error(stored).message == error.message, error
        code, *details = stored.split(" ")
        assert code in list(Outcome)
        assert len(details) <= 2, "a code and its details, not a sentence"
        assert "c4n4ry" not in stored


def test_sentence_of_an_earlier_version_is_shown_as_it_is() -> None:
    sentence = "You cancelled the login, so nothing was changed. Use /link to try again."
    assert decode_error(sentence).message == sentence


def test_every_failure_names_the_command_to_go_on_with() -> None:
    """A page has no buttons, and trying again means a new login link."""
    storage_errors = (storage.StorageFull(), storage.StorageDamaged(), storage.StorageBusy())
    for error in (*ERRORS, *storage_errors):
        text = failure_message(error)
        assert "/link" in text or "/setup" in text, error
        assert "button" not in text.lower(), error
        assert "try again" not in text.lower().replace("use /link to try again", ""), error


async def test_database_holds_the_code_and_the_page_the_words() -> None:
    async with login_client() as it:
        _, offer = await it.request_login()
        callback = await it.authorize(await it.start_login(offer), accept=False)
        page = await it.result_page(await it.send_callback(callback))
        assert it.query_database("SELECT outcome FROM login") == [("cancelled",)]
        assert "You cancelled the login" in page.text
        assert page.status == 400
