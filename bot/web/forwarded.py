"""Who sent a request: the peer, or the client that a trusted proxy names."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from aiohttp import web

from bot.config import Network

_HEADER = "X-Forwarded-For"
_UNREADABLE = "unreadable"


class Forwarding(StrEnum):
    """How a request came here."""

    DIRECT = "direct"  # from a peer that is no proxy, as far as can be seen
    TRUSTED = "trusted"  # a trusted proxy names the client
    UNNAMED = "unnamed"  # a trusted proxy names no client
    IGNORED = "ignored"  # the peer names a client, but is not trusted


class Proxies:
    """The proxies in `networks`, whose X-Forwarded-For header is trusted."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks

    def trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._networks)

    def forwarding(self, request: web.Request) -> Forwarding:
        names_client = _HEADER in request.headers
        if self.trusts(peer_address(request)):
            return Forwarding.TRUSTED if names_client else Forwarding.UNNAMED
        return Forwarding.IGNORED if names_client else Forwarding.DIRECT

    def client(self, request: web.Request) -> str:
        """The client's address, or its /64 network for IPv6; a word if it cannot be read.

        It is the peer's address, or the last one in X-Forwarded-For that is not a trusted proxy's:
        each proxy adds the address of its peer, and a client may have written what stands before.
        """
        address = peer_address(request)
        forwarded = ",".join(request.headers.getall(_HEADER, [])).split(",")
        for part in reversed([part.strip() for part in forwarded if part.strip()]):
            if not self.trusts(address):
                break
            named = _parse(_without_port(part))
            if named is None:
                return _UNREADABLE
            address = named
        if address.version == 6:
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address)


def peer_address(request: web.Request) -> IPv4Address | IPv6Address:
    """The address at the other end of the connection."""
    return _parse(request.remote or "") or IPv4Address("0.0.0.0")


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """The address; an IPv4 address for one that a socket for both kinds maps to IPv6."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _without_port(peer: str) -> str:
    """The address without a port: some proxies write 192.0.2.1:4711 or [2001:db8::1]:4711."""
    if peer.startswith("["):
        return peer[1:].partition("]")[0]
    return peer.partition(":")[0] if peer.count(":") == 1 else peer
