"""`python -m bench.renewing_process URL NUMBER FIRST COUNT`: renewals without calls to Spotify.

It renews the logins of the users FIRST … FIRST + COUNT - 1 once, after it has read a line, and
prints the seconds that this took. The environment variable KEY has the key.
"""

from __future__ import annotations

import asyncio
import os
import sys
from time import perf_counter

from bot.store import ProcessShare, Store

AT_ONCE = 4


async def main(url: str, number: int, users: range, key: bytes) -> None:
    async with Store.connect(url, [key], ProcessShare(number, number)) as store:
        leases = store.leases
        assert leases is not None
        remaining = iter(users)

        async def renew() -> None:
            for user in remaining:
                account = await store.accounts.get(user)
                assert account is not None
                assert await leases.take(account)
                assert await leases.store(account, "r" * 131, "a" * 200, 3600)

        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        started = perf_counter()
        await asyncio.gather(*(renew() for _ in range(AT_ONCE)))
        print(perf_counter() - started, flush=True)


if __name__ == "__main__":
    _, address, process, first, length = sys.argv
    asyncio.run(
        main(
            address,
            int(process),
            range(int(first), int(first) + int(length)),
            bytes.fromhex(os.environ["KEY"]),
        )
    )
