"""A reproducible sequence of store operations: each number stands for one operation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

from bot.errors.content import TooManyPins
from bot.errors.login import AlreadyLinked, NotLinked
from bot.store import AuthorizedAccount, LoginStep, PendingLogin, Pin, SavedDefault, Store
from bot.store.database import Database
from bot.store.encrypted_columns import read_encrypted_columns
from bot.store.encryption import TokenCipher
from bot.store.rekey import reencrypt
from bot.store.sqlite import SqliteDatabase

USERS = range(101, 117)
CURRENT_TIME, EXPIRES_AT = 1_800_000_000, 1_800_000_600
CLIENT_ID = "0123456789abcdef" * 2
# What the JSON of another service can contain: a zero byte, and half a surrogate pair.
ODD = "\0\ud83d"
KEYS = (b"\x01" * 32, b"\x02" * 32)

Rows = dict[str, list[tuple[object, ...]]]
Operation = Callable[[Store, int, int], Awaitable[None]]


def operation_at(number: int) -> tuple[Operation, int]:
    """The operation with this number, and its user.

    Eight numbers in a row are the steps of one login, or eight operations of random users.
    """
    group, position = divmod(number, 8)
    rng = Random(group)
    user, steps = rng.choice(USERS), rng.choice((_CODE_LOGIN, _DISCORD_LOGIN, None))
    if steps is not None:
        return steps[position], user
    rng = Random(number + 0.5)
    return rng.choice(_SINGLE_OPERATIONS), rng.choice(USERS)


async def run_operation(store: Store, number: int) -> str:
    """Run the operation with this number, after all earlier ones; its name and its user."""
    operation, user = operation_at(number)
    await operation(store, user, number)
    return f"{operation.__name__} {user}"


async def complete_login(store: Store, user: int, number: int) -> None:
    """Run all eight steps of a login with a confirmation code."""
    for step in _CODE_LOGIN:
        await step(store, user, number)


_SQLITE_COLUMNS = (
    "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c"
    " WHERE m.type = 'table' ORDER BY m.name, c.cid"
)
_POSTGRES_COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
)
# Random numbers, the order of rows, and what only several processes need.
_NOT_COMPARED = (
    "generation", "rowid", "access_token", "access_until", "lease_until", "holder",
)  # fmt: skip


async def read_columns(database: Database) -> dict[str, list[str]]:
    """The columns of each table that are the same whatever the engine."""
    columns: dict[str, list[str]] = {}
    is_sqlite = isinstance(database, SqliteDatabase)
    sql = _SQLITE_COLUMNS if is_sqlite else _POSTGRES_COLUMNS
    for table, column in await database.fetch_all(sql):
        if column not in _NOT_COMPARED and table != "identify_slot":
            columns.setdefault(str(table), []).append(str(column))
    return columns


async def read_all_rows(database: Database, cipher: TokenCipher) -> Rows:
    """All rows of all tables, decrypted, without the columns in _NOT_COMPARED."""
    columns, encrypted = await read_columns(database), await read_encrypted_columns(database)
    tables = {}
    for table, names in columns.items():
        rows = await database.fetch_all(f"SELECT {', '.join(names)} FROM {table}")
        tables[table] = [
            tuple(
                cipher.decrypt(value, name, row[0])
                if value and (table, name) in encrypted
                else value
                for name, value in zip(names, row, strict=True)
            )
            for row in rows
        ]
        tables[table].sort(key=repr)
    return tables


def count_user_rows(user: int, rows: Rows) -> int:
    """How many rows of all tables belong to this user."""
    return sum(user in row for table in rows.values() for row in table)


def _pending_login(user: int) -> PendingLogin:
    """The login of this user, with the user's id as its serial number."""
    return PendingLogin(user, user, f"user {user}{ODD}", CLIENT_ID, EXPIRES_AT)


async def create_login(store: Store, user: int, number: int) -> None:
    await store.pending_logins.create(_pending_login(user), _secret("nonce", user))


async def set_message_ref(store: Store, user: int, number: int) -> None:
    await store.pending_logins.set_message_ref(user, user, f"messages {number}{ODD}")


async def start_login(store: Store, user: int, number: int) -> None:
    step, cookie = LoginStep.SPOTIFY, _secret("cookie", user)
    assert await store.pending_logins.start(_pending_login(user), step, cookie=cookie)


async def begin_exchange(store: Store, user: int, number: int) -> None:
    (login,) = await store.pending_logins.by_cookie(_secret("cookie", user))
    assert await store.pending_logins.begin_exchange(login)


async def mark_verified(store: Store, user: int, number: int) -> None:
    assert await store.pending_logins.mark_verified(_pending_login(user))


async def store_tokens(store: Store, user: int, number: int) -> None:
    owner = user if number % 5 else user % 5 + min(USERS)  # sometimes another user's
    authorized = AuthorizedAccount(
        account_id=f"account{owner}",
        name=f"{ODD}Name {owner}",
        scopes="user-read-playback-state user-modify-playback-state",
        authorized_at=CURRENT_TIME - number,
        refresh_token=_refresh_token(number),
    )
    assert await store.pending_logins.store_tokens(
        _pending_login(user),
        authorized,
        confirmation_code=f"code {number}",
        expires_at=EXPIRES_AT,
    )


async def count_attempt(store: Store, user: int, number: int) -> None:
    assert await store.pending_logins.count_attempt(user, CURRENT_TIME)


async def link(store: Store, user: int, number: int) -> None:
    login = await store.pending_logins.awaiting_code(user, CURRENT_TIME)
    assert login
    try:
        assert await store.pending_logins.link(login, "Linked")
    except AlreadyLinked:
        assert await store.accounts.find_owner(login.account_id or "") != user


async def renew(store: Store, user: int, number: int) -> None:
    if account := await store.accounts.get(user):
        assert await store.accounts.renew(account, _refresh_token(number))


async def mark_reminded(store: Store, user: int, number: int) -> None:
    if account := await store.accounts.get(user):
        assert await store.accounts.mark_reminded(account, 30 if account.last_reminder != 30 else 7)


async def mark_revoked(store: Store, user: int, number: int) -> None:
    if account := await store.accounts.get(user):
        await store.accounts.mark_revoked(account)


async def unmark_revoked(store: Store, user: int, number: int) -> None:
    if account := await store.accounts.get(user):
        assert await store.accounts.unmark_revoked(account)


async def set_preference(store: Store, user: int, number: int) -> None:
    table, enabled = store.preferences, bool(number % 2)
    default = SavedDefault(f"id {number}", f"name {ODD}{number}") if enabled else None
    with suppress(NotLinked):
        match number // 2 % 5:
            case 0:
                await table.set_shared_replies(user, enabled)
            case 1:
                await table.set_shows_playing(user, enabled)
            case 2:
                await table.set_reminders(user, enabled)
            case 3:
                await table.set_device(user, default)
            case 4:
                await table.set_playlist(user, default)


async def set_pin(store: Store, user: int, number: int) -> None:
    with suppress(NotLinked, TooManyPins):
        await store.pins.set(user, Pin(f"spotify:album:{number % 7}", f"name {number}{ODD}"))


async def remove_pin(store: Store, user: int, number: int) -> None:
    await store.pins.remove(user, f"spotify:album:{number % 7}")


async def fail_login(store: Store, user: int, number: int) -> None:
    await store.pending_logins.fail(_pending_login(user), f"outcome {number}{ODD}")


async def delete_expired(store: Store, user: int, number: int) -> None:
    await store.pending_logins.delete_expired(EXPIRES_AT)


async def set_meta(store: Store, user: int, number: int) -> None:
    await store.set_meta(f"note {number % 3}", f"{number}{ODD} " * 200)


async def rekey(store: Store, user: int, number: int) -> None:
    await reencrypt(store._db, TokenCipher(KEYS if number % 2 else KEYS[::-1]))


async def unlink(store: Store, user: int, number: int) -> None:
    await store.accounts.unlink(user)


_CODE_LOGIN = (
    create_login,
    set_message_ref,
    start_login,
    begin_exchange,
    store_tokens,
    count_attempt,
    count_attempt,
    link,
)
_DISCORD_LOGIN = (
    create_login,
    set_message_ref,
    start_login,
    begin_exchange,
    mark_verified,
    begin_exchange,
    store_tokens,
    link,
)
_SINGLE_OPERATIONS = (
    renew,
    renew,
    mark_reminded,
    mark_revoked,
    unmark_revoked,
    set_preference,
    set_pin,
    remove_pin,
    fail_login,
    delete_expired,
    set_meta,
    rekey,
    unlink,
    unlink,
)


def _secret(name: str, user: int) -> str:
    return f"{name} of {user}"


def _refresh_token(number: int) -> str:
    """A token as long as Spotify's."""
    return f"refresh token {number} ".ljust(131, "x")
