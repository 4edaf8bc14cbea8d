"""Nobody can use up the day's calls to Spotify: each person and each visitor has a share."""

from __future__ import annotations

from bot.spotify.rate_limiter import DAY, HOUR
from sandbox.discord import UserClient
from sandbox.harness import run_harness
from tests.storage_health import maintain
from tests.user_owned_app import link_with_own_app

DAILY_CALLS = "100"
SHARE, VISITORS_SHARE, EXPORTS_SHARE = 50, 33, 37
REFUSED = "You’ve used up your part of this bot’s daily limit with Spotify"


async def _search(user: UserClient, times: int, start: int = 0) -> list[str]:
    """What so many different searches answer."""
    words = [f"lantern {number}" for number in range(start, start + times)]
    return [(await user.run(f"/search {word}")).text for word in words]


async def test_one_person_leaves_calls_to_the_others() -> None:
    async with run_harness(SPOTIFY_DAILY_CALLS=DAILY_CALLS) as harness:
        ada = await harness.link_account("ada")
        alone = await _search(ada, SHARE + 5)
        assert not any(REFUSED in text for text in alone)
        grace, mallory = await harness.link_account("grace"), await link_with_own_app(harness)
        sent = len(harness.spotify.calls_to("GET", "search"))
        refused = (await ada.run("/search harbour")).text
        assert refused.startswith(f"{REFUSED}: {SHARE} requests of this kind.")
        assert "Try again in 25 hours" in refused or "Try again in 24 hours" in refused
        assert "/setup" in refused
        assert len(harness.spotify.calls_to("GET", "search")) == sent
        assert "Ada's Laptop" in (await ada.run("/now")).text  # another kind of call
        assert not any(REFUSED in text for text in await _search(grace, 3))
        assert not any(REFUSED in text for text in await _search(mallory, SHARE + 5))
        await maintain(harness)
        harness.clock.advance(DAY)
        await maintain(harness)
        harness.clock.advance(HOUR)
        assert not any(REFUSED in text for text in await _search(ada, 2))


async def test_share_of_the_others_is_kept_before_they_make_a_call() -> None:
    async with run_harness(SPOTIFY_DAILY_CALLS=DAILY_CALLS) as harness:
        ada = await harness.link_account("ada")
        await harness.link_account("grace")
        texts = await _search(ada, SHARE + 1)
        assert [REFUSED in text for text in texts] == [False] * SHARE + [True]
        assert REFUSED in (await _search(ada, 1, SHARE + 1))[0]
        await harness.restart()  # the counts are in memory only
        assert REFUSED not in (await _search(ada, 1, SHARE + 2))[0]


async def test_visitor_has_a_share_that_no_unlink_renews() -> None:
    async with run_harness(SPOTIFY_DAILY_CALLS=DAILY_CALLS, SPOTIFY_CLIENT_SECRET="x") as harness:
        ada, grace = (harness.discord.user_client(name, "music") for name in ("ada", "grace"))
        texts = await _search(ada, VISITORS_SHARE + 1)
        assert [REFUSED in text for text in texts] == [False] * VISITORS_SHARE + [True]
        await ada.run("/unlink")
        assert REFUSED in (await _search(ada, 1, VISITORS_SHARE + 1))[0]
        assert REFUSED not in (await _search(grace, 1))[0]
        # With an account, the share is the same person's; it ends with what is stored about them.
        ada = await harness.link_account("ada")
        assert REFUSED in (await _search(ada, 1, VISITORS_SHARE + 2))[0]
        await (await ada.run("/unlink")).press("Unlink")
        assert harness.bot is not None
        assert (
            harness.bot.services.quota.shares.left(
                int(harness.discord.state.users["ada"].id), "search"
            )
            == VISITORS_SHARE
        )


async def test_export_waits_for_its_share_and_says_until_when() -> None:
    async with run_harness(SPOTIFY_DAILY_CALLS=DAILY_CALLS) as harness:
        ada = await harness.link_account("ada")
        await harness.link_account("grace")
        harness.spotify.accounts["ada"].like_generated(49 * (EXPORTS_SHARE + 5))
        reply = await ada.run("/export what:liked-songs format:csv")
        await reply.wait_for("I’ll go on by myself")
        assert (
            "Your part of today’s Spotify limit for exports and imports is used up." in reply.text
        )
        assert f"Your exports may make {EXPORTS_SHARE} requests a day" in reply.text
        assert len(harness.spotify.calls_to("GET", "me/tracks")) == EXPORTS_SHARE
        assert "Here are your" not in reply.text
        # The rest of the share is for commands.
        assert "Liked" in (await ada.run("/saved")).text
        harness.clock.advance(DAY + HOUR)
        await reply.user_client.changes.wait_until(
            lambda: len(harness.spotify.calls_to("GET", "me/tracks")) > EXPORTS_SHARE + 1
        )
