"""Why a server cannot be reached, in words for the operator."""

from __future__ import annotations

import os
import socket
import ssl
from dataclasses import dataclass
from enum import Enum, auto

import aiohttp

# What the DNS answers; all other errors mean that it does not.
_NO_SUCH_NAME = (socket.EAI_NONAME, socket.EAI_NODATA)


class Obstacle(Enum):
    """What stands between this machine and a server."""

    DNS = auto()
    CERTIFICATE = auto()
    TLS = auto()
    REFUSED = auto()
    TIMEOUT = auto()
    OTHER = auto()


@dataclass(frozen=True)
class ConnectionProblem:
    """`text` follows a colon: "Discord cannot be reached: the connection was refused"."""

    obstacle: Obstacle
    text: str


def connection_problem(error: BaseException) -> ConnectionProblem:
    """The problem behind an error of aiohttp, a socket or TLS. It quotes no URL and no address."""
    match error:
        case socket.gaierror() if error.errno not in _NO_SUCH_NAME:
            return ConnectionProblem(Obstacle.OTHER, "the DNS of this machine does not answer")
        case socket.gaierror():
            return ConnectionProblem(Obstacle.DNS, "its name has no address in the DNS")
        case aiohttp.ClientConnectorDNSError():
            return connection_problem(error.os_error)
        case aiohttp.ClientConnectorCertificateError():
            return connection_problem(error.certificate_error)
        case ssl.SSLCertVerificationError():
            reason = error.verify_message.rstrip(".") or "it is not trusted"
            return ConnectionProblem(
                Obstacle.CERTIFICATE, f"its certificate is not valid ({reason})"
            )
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return ConnectionProblem(Obstacle.TLS, "it does not answer with TLS")
        case TimeoutError():
            return ConnectionProblem(Obstacle.TIMEOUT, "it does not answer in time")
        case aiohttp.ClientConnectorError():
            return connection_problem(error.os_error)
        case ConnectionRefusedError():
            return ConnectionProblem(Obstacle.REFUSED, "the connection was refused")
        case aiohttp.ServerDisconnectedError() | ConnectionError():
            return ConnectionProblem(Obstacle.OTHER, "the connection broke")
        case OSError(errno=int(number)) if number:
            return ConnectionProblem(Obstacle.OTHER, os.strerror(number).lower())
        case aiohttp.ClientPayloadError() | aiohttp.ClientResponseError():
            return ConnectionProblem(Obstacle.OTHER, "its answer cannot be read")
    return ConnectionProblem(Obstacle.OTHER, type(error).__name__)
