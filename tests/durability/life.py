"""A long life of a store: numbered acts, one of its verbs each, the same at every telling."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from random import Random

from bot.errors import AlreadyLinked, NotLinked
from bot.store import Favourite, Login, Store
from bot.store.connection import Database
from bot.store.sealed import _PLACES
from bot.vault import Vault

USERS = range(101, 117)
NOW, ENDS = 1_800_000_000, 1_800_000_600
CLIENT_ID = "0123456789abcdef" * 2
KEYS = (b"\x01" * 32, b"\x02" * 32)

Rows = dict[str, list[tuple[object, ...]]]
Step = Callable[[Store, Vault, int, int], Awaitable[None]]


def meant(number: int) -> tuple[Step, int]:
    """What act `number` is, and whose.

    Eight acts in a row are a login from /link to the end, or eight verbs for anybody.
    """
    row, place = divmod(number, 8)
    rng = Random(row)
    user, steps = rng.choice(USERS), rng.choice((_BY_CODE, _BY_SIGN_IN, None))
    if steps is not None:
        return steps[place], user
    rng = Random(number + 0.5)
    return rng.choice(_ERRANDS), rng.choice(USERS)


async def act(store: Store, vault: Vault, number: int) -> str:
    """Do act `number`, which takes what the acts before it have left; what it was, and whose."""
    step, user = meant(number)
    await step(store, vault, user, number)
    return f"{step.__name__} {user}"


async def log_in(store: Store, vault: Vault, user: int, number: int) -> None:
    """A login of this person from /link to the end, all eight acts of it."""
    for step in _BY_CODE:
        await step(store, vault, user, number)


async def everything(database: Database, vault: Vault) -> Rows:
    """All rows of all tables, what is sealed opened; without `generation`, which is random."""
    columns: dict[str, list[str]] = {}
    for table, column in await database.all(
        "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND c.name <> 'generation' ORDER BY m.name, c.cid"
    ):
        columns.setdefault(table, []).append(column)
    found = {}
    for table, names in columns.items():
        rows = await database.all(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1")
        found[table] = [
            tuple(
                vault.open(value, name, row[0]) if value and (table, name) in _PLACES else value
                for name, value in zip(names, row, strict=True)
            )
            for row in rows
        ]
    return found


def rows_of(user: int, rows: Rows) -> int:
    """How many rows a person has, whatever the table."""
    return sum(user in row for table in rows.values() for row in table)


def _login(user: int) -> Login:
    """The one login of this user; its serial number is theirs."""
    return Login(user, user, f"user {user}", CLIENT_ID, ENDS)


async def offer(store: Store, vault: Vault, user: int, number: int) -> None:
    await store.logins.offer(_login(user), _secret("nonce", user))


async def notice(store: Store, vault: Vault, user: int, number: int) -> None:
    sealed = vault.seal(f"where {number}", "notice", user)
    await store.logins.notice(user, user, sealed)


async def begin(store: Store, vault: Vault, user: int, number: int) -> None:
    assert await store.logins.begin(
        _secret("nonce", user),
        NOW,
        cookie=_secret("cookie", user),
        state=_secret("state", user),
        verifier=vault.seal(f"verifier {number}", "verifier", user),
    )


async def come_back(store: Store, vault: Vault, user: int, number: int) -> None:
    state, cookie = _secret("state", user), _secret("cookie", user)
    assert await store.logins.come_back(state, cookie, NOW, proved=False)


async def prove(store: Store, vault: Vault, user: int, number: int) -> None:
    assert await store.logins.prove(
        _login(user),
        cookie=_secret("cookie", user),
        state=_secret("state", user),
        verifier=vault.seal(f"verifier {number}", "verifier", user),
    )


async def come_back_proved(store: Store, vault: Vault, user: int, number: int) -> None:
    state, cookie = _secret("state", user), _secret("cookie", user)
    assert await store.logins.come_back(state, cookie, NOW, proved=True)


async def hold(store: Store, vault: Vault, user: int, number: int) -> None:
    account = user if number % 5 else user % 5 + min(USERS)  # sometimes somebody else's
    held = replace(
        _login(user),
        code=vault.seal(f"code {number}", "code", user),
        account_id=f"account{account}",
        name=f"Name {account}",
        scopes="user-read-playback-state user-modify-playback-state",
        authorized_at=NOW - number,
        refresh_token=vault.seal(_token(number), "refresh_token", user),
    )
    assert await store.logins.hold(held, cookie=_secret("last page", user))


async def guess(store: Store, vault: Vault, user: int, number: int) -> None:
    assert await store.logins.guess(user, NOW)


async def link(store: Store, vault: Vault, user: int, number: int) -> None:
    login = await store.logins.provisional(user, NOW)
    assert login
    try:
        assert await store.logins.link(login)
    except AlreadyLinked:
        assert await store.links.owner(login.account_id or "") != user


async def renew(store: Store, vault: Vault, user: int, number: int) -> None:
    if known := await store.links.of(user):
        sealed = vault.seal(_token(number), "refresh_token", user)
        assert await store.links.renew(known, sealed)


async def remind(store: Store, vault: Vault, user: int, number: int) -> None:
    if known := await store.links.of(user):
        assert await store.links.remind(known, 30 if known.reminded != 30 else 7)


async def end(store: Store, vault: Vault, user: int, number: int) -> None:
    if known := await store.links.of(user):
        await store.links.end(known)


async def revive(store: Store, vault: Vault, user: int, number: int) -> None:
    await store.links.revive({user, user + 1, user + 2})


async def prefer(store: Store, vault: Vault, user: int, number: int) -> None:
    table, wanted = store.preferences, bool(number % 2)
    favourite = Favourite(f"id {number}", f"name {number}") if wanted else None
    with suppress(NotLinked):
        match number // 2 % 5:
            case 0:
                await table.share_replies(user, wanted)
            case 1:
                await table.show_playing(user, wanted)
            case 2:
                await table.remind(user, wanted)
            case 3:
                await table.choose_device(user, favourite)
            case 4:
                await table.choose_playlist(user, favourite)


async def conclude(store: Store, vault: Vault, user: int, number: int) -> None:
    await store.logins.conclude(_login(user), f"over {number}", cookie=_secret("cookie", user))


async def expire(store: Store, vault: Vault, user: int, number: int) -> None:
    await store.logins.expire(ENDS)


async def note(store: Store, vault: Vault, user: int, number: int) -> None:
    await store.note(f"note {number % 3}", f"{number} " * 400)


async def rekey(store: Store, vault: Vault, user: int, number: int) -> None:
    await store.sealed.reseal(Vault(KEYS if number % 2 else KEYS[::-1]).reseal)


async def forget(store: Store, vault: Vault, user: int, number: int) -> None:
    await store.links.forget(user)


_BY_CODE = (offer, notice, begin, come_back, hold, guess, guess, link)
_BY_SIGN_IN = (offer, notice, begin, come_back, prove, come_back_proved, hold, link)
_ERRANDS = (
    *(renew, renew, remind, end, revive, prefer, conclude, expire, note, rekey),
    *(forget, forget),
)


def _secret(what: str, user: int) -> bytes:
    return hashlib.sha256(f"{what} of {user}".encode()).digest()


def _token(number: int) -> str:
    """As long as Spotify's."""
    return f"refresh token {number} ".ljust(131, "x")
