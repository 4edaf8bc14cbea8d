"""A pretend Discord: REST, gateway and interaction webhooks, and seats for the people in it."""

from sandbox.discord.acting import NoAnswer
from sandbox.discord.line import Refused
from sandbox.discord.reading import Modal
from sandbox.discord.seat import Reply, Seat
from sandbox.discord.server import Discord, too_many_requests

__all__ = ["Discord", "Modal", "NoAnswer", "Refused", "Reply", "Seat", "too_many_requests"]
