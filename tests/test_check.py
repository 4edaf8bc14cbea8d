"""`python -m bot check`: what it says about both services, the clock, and everything at once."""

from __future__ import annotations

from pathlib import Path

from bot.command_line.checks.discord_app import check_discord, command_names
from bot.command_line.checks.findings import Mark
from bot.command_line.checks.spotify_app import check_spotify
from bot.command_line.exit_codes import ExitCode
from sandbox.discord.faults import refusal
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from tests.findings import Checked, expect, requests_of, run_checked
from tests.program import read_output, run_program

OK, WRONG, NOTE = Mark.OK, Mark.WRONG, Mark.NOTE


async def test_all_is_well_before_the_first_start(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it:
        findings = await it.findings()
        assert [finding for finding in findings if finding.mark is WRONG] == []
        for subject, mark, part in (
            ("DISCORD_TOKEN", OK, "It belongs to ada."),
            ("Invite link", NOTE, f"client_id={it.discord.application_id}&scope=bot+app"),
            ("Intents", OK, "none is on"),
            ("DISCORD_CLIENT_SECRET", OK, "accepts it"),
            ("Discord redirect", OK, f"{it.environ['PUBLIC_URL']}/discord is registered"),
            ("Starts", OK, "1000 more"),
            ("Commands", NOTE, "none yet"),
            ("SPOTIFY_CLIENT_ID", OK, "knows it"),
            ("SPOTIFY_CLIENT_SECRET", OK, "accepts it"),
            ("Spotify app", OK, "may call"),
            ("Spotify redirect", NOTE, f"{it.environ['PUBLIC_URL']}/callback must be at"),
            ("DATABASE", NOTE, "has no tables yet"),
            ("Key", NOTE, "none yet"),
            ("HOST and PORT", OK, it.environ["PORT"]),
            ("PUBLIC_URL", OK, "leads to Tonearm"),
            ("TRUSTED_PROXY", OK, "no proxy"),
            ("Clock", OK, "right"),
        ):
            expect(findings, subject, mark, part)
        assert not list(tmp_path.iterdir()), "the check left a file"


async def test_everything_else_is_checked_without_a_setting(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it:
        for missing, unchecked in (
            ("DISCORD_TOKEN", "Discord"),
            ("SPOTIFY_CLIENT_ID", "Spotify"),
            ("PUBLIC_URL", "Address"),
        ):
            findings = await it.findings({missing: ""})
            assert [f.subject for f in findings if f.mark is WRONG] == [missing]
            assert any(f.subject == unchecked and "Not checked" in f.text for f in findings)
            assert sum(f.mark is OK for f in findings) > 5
        everything = dict.fromkeys(it.environ, "")
        findings = await it.findings(everything)
        assert {f.subject for f in findings if f.mark is WRONG} == {
            *("DISCORD_TOKEN", "SPOTIFY_CLIENT_ID", "PUBLIC_URL"),
        }


async def test_mistakes_in_the_settings_are_named(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it:
        (tmp_path / ".env").write_text("PORT=eighty\nDISCORD_TOKN=x\n")
        (tmp_path / ".env").chmod(0o644)
        findings = await it.findings({"PORT": "eighty", "SPOTIFY_CLIENT_SECRET": "canary"})
        expect(findings, "PORT", WRONG, "It is not a port number")
        expect(findings, "SPOTIFY_CLIENT_SECRET", WRONG, "is not a Spotify client secret")
        expect(findings, "DISCORD_TOKN", WRONG, "Did you mean DISCORD_TOKEN?")
        expect(findings, "Files", WRONG, "Run: chmod o= ")
        (tmp_path / ".env").write_text('METRICS_TOKEN="canary\n')
        findings = await it.findings()
        expect(findings, ".env", WRONG, "line 1 opens a quote")
        expect(findings, "Clock", OK, "right")


async def test_clock_is_compared_with_the_servers(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it:
        for error, word in ((300, "fast"), (-7200, "slow")):
            expect(await it.findings(clock_error=error), "Clock", WRONG, f"seconds {word}")
        it.environ["DISCORD_TOKEN"] = it.environ["SPOTIFY_CLIENT_ID"] = ""
        findings = await it.findings(clock_error=300)
        expect(findings, "PUBLIC_URL", OK, "leads to Tonearm")  # with this machine's own clock
        expect(findings, "Clock", NOTE, "Not checked")


async def test_application_at_discord_is_checked(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it, requests_of() as requests:
        for settings, subject, mark, part in (
            ({"team": {"name": "Crate\x1b[31m Diggers"}}, "DISCORD_TOKEN", OK, "team Crate"),
            ({"flags": 1 << 19}, "Intents", NOTE, "needs no privileged"),
            ({"flags": 1 << 23}, "Intents", OK, "none is on"),
            ({"bot_public": True}, "Public Bot", NOTE, "Everybody can add"),
            (
                {"interactions_endpoint_url": "https://bot.example.org"},
                *("Interactions Endpoint URL", WRONG, "never gets one"),
            ),
            ({"redirect_uris": []}, "Discord redirect", WRONG, f"{it.environ['PUBLIC_URL']}/disc"),
        ):
            it.discord.portal_settings = settings
            findings = await check_discord(requests, it.values(), {})
            expect(findings, subject, mark, part)
            assert all(str(finding).isprintable() for finding in findings)
        it.discord.portal_settings = {"bot_public": False}
        it.discord.gateway.identifies = 995
        findings = await check_discord(requests, it.values(), {})
        assert not [finding for finding in findings if finding.subject == "Public Bot"]
        expect(findings, "Starts", WRONG, "5 more starts today")


async def test_secrets_of_discord_are_checked(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it, requests_of() as requests:
        for changes, subject, mark, part in (
            ({"DISCORD_TOKEN": "not.the.token"}, "DISCORD_TOKEN", WRONG, "does not accept it"),
            ({"DISCORD_TOKEN": "not.the.token"}, "DISCORD_CLIENT_SECRET", NOTE, "Not checked"),
            ({"DISCORD_CLIENT_SECRET": "x" * 32}, "DISCORD_CLIENT_SECRET", WRONG, "nobody can"),
            ({"DISCORD_CLIENT_SECRET": ""}, "DISCORD_CLIENT_SECRET", NOTE, "type a code"),
        ):
            findings = await check_discord(requests, it.values(changes), {})
            expect(findings, subject, mark, part)


async def test_commands_at_discord_are_compared(tmp_path: Path, harness: Harness) -> None:
    discord = harness.discord
    registered = [command["name"] for command in discord.commands if command["type"] == 1]
    assert command_names() == set(registered)
    it = Checked(discord, harness.spotify, tmp_path)
    async with requests_of() as requests:
        findings = await check_discord(requests, it.values(), {})
        expect(findings, "Commands", OK, f"all {len(registered)}")
        findings = await check_discord(requests, it.values(), {"commands refused": "503"})
        expect(findings, "Commands", WRONG, "refused them the last time (503)")
        discord.commands.remove(discord.commands[registered.index("pause")])
        findings = await check_discord(requests, it.values(), {})
        expect(findings, "Commands", NOTE, "lacks /")


async def test_app_at_spotify_is_checked(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it, requests_of() as requests:
        for changes, subject, mark, part in (
            ({"SPOTIFY_CLIENT_ID": "0a" * 16}, "SPOTIFY_CLIENT_ID", WRONG, "does not know it"),
            ({"SPOTIFY_CLIENT_SECRET": "0a" * 16}, "SPOTIFY_CLIENT_SECRET", WRONG, "nobody can"),
            ({"SPOTIFY_CLIENT_SECRET": ""}, "SPOTIFY_CLIENT_SECRET", NOTE, "needs a link"),
            (
                {"PUBLIC_URL": "https://elsewhere.test"},
                "Spotify redirect",
                WRONG,
                "Add https://els",
            ),
            ({"PUBLIC_URL": ""}, "Spotify redirect", NOTE, "Not checked"),
        ):
            expect(await check_spotify(requests, it.values(changes)), subject, mark, part)
        calls = len(it.spotify.traffic.exchanges)
        await check_spotify(requests, it.values())
        assert len(it.spotify.traffic.exchanges) == calls + 1
        it.spotify.state.apps[it.spotify.client_id].owner_premium = False
        findings = await check_spotify(requests, it.values())
        expect(findings, "Spotify app", WRONG, "the owner of the app has no Premium")


async def test_service_that_is_down_is_no_wrong_setting(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it, requests_of() as requests:
        discord, spotify = it.discord, it.spotify
        for fault, subject in (
            (refusal(503, "applications/@me"), "Discord"),
            (Fault("applications/@me", status=200, body="<html>"), "Discord"),
            (Fault("applications/@me", "reset"), "Discord"),
            (refusal(503, "oauth2/token"), "DISCORD_CLIENT_SECRET"),
            (Fault("oauth2/token", "reset"), "DISCORD_CLIENT_SECRET"),
            (refusal(500, "gateway/bot"), "Discord"),
            (refusal(500, "/commands"), "Commands"),
        ):
            fault.times = None
            discord.faults.add(fault)
            findings = await check_discord(requests, it.values(), {})
            (wrong,) = [finding for finding in findings if finding.mark is WRONG]
            assert (wrong.subject, wrong.is_lasting) == (subject, False), wrong
            discord.faults.clear()
        for faults, path, subject in (
            (spotify.accounts_faults, "/api/token", "SPOTIFY_CLIENT_ID"),
            (spotify.faults, "/search", "Spotify app"),
        ):
            faults.add(Fault(path, status=502, times=None))
            findings = await check_spotify(requests, it.values())
            (wrong,) = [finding for finding in findings if finding.mark is WRONG]
            assert (wrong.subject, wrong.is_lasting) == (subject, False), wrong
            faults.clear()


async def test_program_prints_one_line_for_each_finding(tmp_path: Path) -> None:
    async with run_checked(tmp_path) as it:
        settings = it.environ | {"DISCORD_CLIENT_SECRET": "canary-canary", "LC_ALL": "C"}
        async with run_program(tmp_path, settings, ("-m", "bot", "check")) as process:
            code, output = await read_output(process)
    assert code == ExitCode.CONFIG, output
    lines = output.splitlines()
    assert len(lines) > 15
    assert {line[:2] for line in lines} == {"✓ ", "✗ ", "· "}
    assert "canary" not in output
