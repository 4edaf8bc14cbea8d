"""A long life of a store: numbered acts, one of its verbs each, the same at every telling."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

from bot.errors.login import AlreadyLinked, NotLinked
from bot.store import AuthorizedAccount, PendingLogin, SavedDefault, Store
from bot.store.connection import Database
from bot.store.encryption import TokenCipher
from bot.store.rekey import ENCRYPTED_COLUMNS, reencrypt

USERS = range(101, 117)
CURRENT_TIME, EXPIRES_AT = 1_800_000_000, 1_800_000_600
CLIENT_ID = "0123456789abcdef" * 2
KEYS = (b"\x01" * 32, b"\x02" * 32)

Rows = dict[str, list[tuple[object, ...]]]
Operation = Callable[[Store, int, int], Awaitable[None]]


def operation_at(number: int) -> tuple[Operation, int]:
    """What act `number` is, and whose.

    Eight acts in a row are a login from /link to the end, or eight verbs for anybody.
    """
    row, place = divmod(number, 8)
    rng = Random(row)
    user, steps = rng.choice(USERS), rng.choice((_CODE_LOGIN, _DISCORD_LOGIN, None))
    if steps is not None:
        return steps[place], user
    rng = Random(number + 0.5)
    return rng.choice(_SINGLE_OPERATIONS), rng.choice(USERS)


async def run_operation(store: Store, number: int) -> str:
    """Do act `number`, which takes what the acts before it have left; what it was, and whose."""
    step, user = operation_at(number)
    await step(store, user, number)
    return f"{step.__name__} {user}"


async def complete_login(store: Store, user: int, number: int) -> None:
    """A login of this person from /link to the end, all eight acts of it."""
    for step in _CODE_LOGIN:
        await step(store, user, number)


async def read_all_rows(database: Database, cipher: TokenCipher) -> Rows:
    """All rows of all tables, what is sealed opened; without `generation`, which is random."""
    columns: dict[str, list[str]] = {}
    for table, column in await database.fetch_all(
        "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND c.name <> 'generation' ORDER BY m.name, c.cid"
    ):
        columns.setdefault(table, []).append(column)
    found = {}
    for table, names in columns.items():
        rows = await database.fetch_all(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1")
        found[table] = [
            tuple(
                cipher.decrypt(value, name, row[0])
                if value and (table, name) in ENCRYPTED_COLUMNS
                else value
                for name, value in zip(names, row, strict=True)
            )
            for row in rows
        ]
    return found


def count_user_rows(user: int, rows: Rows) -> int:
    """How many rows a person has, whatever the table."""
    return sum(user in row for table in rows.values() for row in table)


def _pending_login(user: int) -> PendingLogin:
    """The one login of this user; its serial number is theirs."""
    return PendingLogin(user, user, f"user {user}", CLIENT_ID, EXPIRES_AT)


async def offer(store: Store, user: int, number: int) -> None:
    await store.pending_logins.create(_pending_login(user), _secret("nonce", user))


async def set_notice(store: Store, user: int, number: int) -> None:
    await store.pending_logins.set_message_ref(user, user, f"where {number}")


async def begin_authorization(store: Store, user: int, number: int) -> None:
    assert await store.pending_logins.start(
        _pending_login(user),
        _secret("nonce", user),
        cookie=_secret("cookie", user),
        state=_secret("state", user),
        verifier=f"verifier {number}",
    )


async def accept_callback(store: Store, user: int, number: int) -> None:
    state, cookie = _secret("state", user), _secret("cookie", user)
    assert await store.pending_logins.consume_state(
        state, cookie, CURRENT_TIME, discord_verified=False
    )


async def record_discord_user(store: Store, user: int, number: int) -> None:
    assert await store.pending_logins.mark_verified(
        _pending_login(user),
        cookie=_secret("cookie", user),
        state=_secret("state", user),
        verifier=f"verifier {number}",
    )


async def accept_verified_callback(store: Store, user: int, number: int) -> None:
    state, cookie = _secret("state", user), _secret("cookie", user)
    assert await store.pending_logins.consume_state(
        state, cookie, CURRENT_TIME, discord_verified=True
    )


async def hold_refresh_token(store: Store, user: int, number: int) -> None:
    account = user if number % 5 else user % 5 + min(USERS)  # sometimes somebody else's
    authorized = AuthorizedAccount(
        account_id=f"account{account}",
        name=f"Name {account}",
        scopes="user-read-playback-state user-modify-playback-state",
        authorized_at=CURRENT_TIME - number,
        refresh_token=_refresh_token(number),
    )
    assert await store.pending_logins.store_tokens(
        _pending_login(user),
        authorized,
        confirmation_code=f"code {number}",
        cookie=_secret("last page", user),
        expires_at=EXPIRES_AT,
    )


async def count_code_attempt(store: Store, user: int, number: int) -> None:
    assert await store.pending_logins.count_attempt(user, CURRENT_TIME)


async def link(store: Store, user: int, number: int) -> None:
    login = await store.pending_logins.awaiting_code(user, CURRENT_TIME)
    assert login
    try:
        assert await store.pending_logins.link(login, "Linked")
    except AlreadyLinked:
        assert await store.accounts.find_owner(login.account_id or "") != user


async def renew(store: Store, user: int, number: int) -> None:
    if known := await store.accounts.get(user):
        assert await store.accounts.renew(known, _refresh_token(number))


async def remind(store: Store, user: int, number: int) -> None:
    if known := await store.accounts.get(user):
        assert await store.accounts.mark_reminded(known, 30 if known.last_reminder != 30 else 7)


async def expire_link(store: Store, user: int, number: int) -> None:
    if known := await store.accounts.get(user):
        await store.accounts.mark_revoked(known)


async def restore_links(store: Store, user: int, number: int) -> None:
    await store.accounts.unmark_revoked({user, user + 1, user + 2})


async def set_preference(store: Store, user: int, number: int) -> None:
    table, wanted = store.preferences, bool(number % 2)
    favourite = SavedDefault(f"id {number}", f"name {number}") if wanted else None
    with suppress(NotLinked):
        match number // 2 % 5:
            case 0:
                await table.set_shared_replies(user, wanted)
            case 1:
                await table.set_shows_playing(user, wanted)
            case 2:
                await table.set_reminders(user, wanted)
            case 3:
                await table.set_device(user, favourite)
            case 4:
                await table.set_playlist(user, favourite)


async def finish_login(store: Store, user: int, number: int) -> None:
    await store.pending_logins.fail(
        _pending_login(user), f"over {number}", cookie=_secret("cookie", user)
    )


async def expire_logins(store: Store, user: int, number: int) -> None:
    await store.pending_logins.delete_expired(EXPIRES_AT)


async def set_note(store: Store, user: int, number: int) -> None:
    await store.set_meta(f"note {number % 3}", f"{number} " * 400)


async def rekey(store: Store, user: int, number: int) -> None:
    await reencrypt(store._db, TokenCipher(KEYS if number % 2 else KEYS[::-1]))


async def forget(store: Store, user: int, number: int) -> None:
    await store.accounts.unlink(user)


_CODE_LOGIN = (
    offer,
    set_notice,
    begin_authorization,
    accept_callback,
    hold_refresh_token,
    count_code_attempt,
    count_code_attempt,
    link,
)
_DISCORD_LOGIN = (
    offer,
    set_notice,
    begin_authorization,
    accept_callback,
    record_discord_user,
    accept_verified_callback,
    hold_refresh_token,
    link,
)
_SINGLE_OPERATIONS = (
    *(
        renew,
        renew,
        remind,
        expire_link,
        restore_links,
        set_preference,
        finish_login,
        expire_logins,
        set_note,
        rekey,
    ),
    *(forget, forget),
)


def _secret(name: str, user: int) -> str:
    return f"{name} of {user}"


def _refresh_token(number: int) -> str:
    """As long as Spotify's."""
    return f"refresh token {number} ".ljust(131, "x")
