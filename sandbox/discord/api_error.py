"""Discord's REST errors: an HTTP status, an error code and a message."""

from __future__ import annotations

from sandbox.discord.state import Json

# Error code → HTTP status and message, for the codes that the simulator uses
# (https://discord.com/developers/docs/topics/opcodes-and-status-codes#json)
ERROR_CODES = {
    0: (401, "401: Unauthorized"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10014: (404, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    30008: (400, "Maximum number of emojis reached (2000)"),
    30034: (400, "Max number of daily application command creates has been reached (200)"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40094: (400, "Maximum number of follow-up messages for this interaction reached"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50033: (400, "Invalid Recipient(s)"),
    50035: (400, "Invalid Form Body"),
    50109: (400, "The request body contains invalid JSON."),
}

ErrorPath = tuple[str | int, ...]


class ApiError(Exception):
    """A refused REST call. `errors` are the field errors of an invalid body."""

    def __init__(self, code: int, errors: Json | None = None) -> None:
        self.status, message = ERROR_CODES[code]
        self.payload: Json = {"message": message, "code": code}
        if errors:
            self.payload["errors"] = errors
        super().__init__(f"{self.status} {self.payload}")


class ErrorCollector:
    """Collects the errors of a body with their paths, to report all of them at once."""

    def __init__(self) -> None:
        self._errors: Json = {}

    def add(self, path: ErrorPath, code: str, message: str) -> None:
        """Add an error at a path such as ("embeds", 0, "title")."""
        node = self._errors
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def add_missing(self, path: ErrorPath) -> None:
        """Add the error of a required field that is absent."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def raise_if_any(self) -> None:
        """Raises ApiError 50035 if there is any error."""
        if self._errors:
            raise ApiError(50035, self._errors)
