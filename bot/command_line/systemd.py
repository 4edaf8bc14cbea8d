"""Tells systemd how the bot is, by the protocol of sd_notify(3)."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Mapping

_log = logging.getLogger(__name__)

_MICROSECONDS = 1_000_000


class Systemd:
    """The systemd that started the bot. If another program did, nothing is sent.

    address            of its datagram socket: a path, or a name after @ for an abstract one
    watchdog_interval  seconds after which systemd restarts a silent bot; None for never
    """

    def __init__(self, address: str = "", watchdog_interval: float | None = None) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog_interval = watchdog_interval

    def __bool__(self) -> bool:
        return bool(self._address)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Systemd:
        """As the environment variables say that systemd sets for a service."""
        interval = None
        if env.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid()):
            microseconds = env.get("WATCHDOG_USEC", "")
            interval = int(microseconds) / _MICROSECONDS if microseconds.isdecimal() else None
        return cls(env.get("NOTIFY_SOCKET", ""), interval or None)

    def ready(self) -> None:
        """The bot has logged in to Discord and serves its pages."""
        self._send("READY=1", "STATUS=Logged in to Discord")

    def reloading(self) -> None:
        """The bot reads its settings again; `ready` ends that."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._send("STOPPING=1", "STATUS=Stopping")

    async def keep_alive(self) -> None:
        """Answer the watchdog until this is cancelled: as long as the event loop runs."""
        while self and self.watchdog_interval is not None:
            self._send("WATCHDOG=1")
            await asyncio.sleep(self.watchdog_interval / 2)

    def _send(self, *lines: str) -> None:
        """Send a state. The bot works without it, so a failure is only logged."""
        if not self:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
                sender.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            _log.warning("systemd does not take %s: %s", lines[0], error.strerror)
