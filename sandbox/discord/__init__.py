"""A simulated Discord: REST, OAuth, gateway, interactions, and clients for its users."""

from sandbox.discord.awaiting_reply import NoResponse
from sandbox.discord.command_line import ClientValidationError
from sandbox.discord.faults import RequestKind, too_many_requests
from sandbox.discord.server import Discord
from sandbox.discord.user_client import Reply, UserClient
from sandbox.discord.visible_text import Modal

__all__ = [
    "ClientValidationError",
    "Discord",
    "Modal",
    "NoResponse",
    "Reply",
    "RequestKind",
    "UserClient",
    "too_many_requests",
]
