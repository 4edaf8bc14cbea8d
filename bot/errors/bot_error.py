"""BotError, the base class of the errors that users read, and the errors of starting the bot."""

from __future__ import annotations

from collections.abc import Mapping


class StartupError(Exception):
    """The bot cannot run; `str()` is one line with the reason and the next step."""


class ConfigError(StartupError):
    """The configuration is wrong: another start fails too, until the operator changes something."""


class AlreadyRunning(StartupError):
    """Another process of the bot uses the database."""


class SettingsError(ConfigError):
    """Some settings are missing or malformed; `problems` maps each name to its problem."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        lines = "\n".join(f"  {name} {problem}" for name, problem in self.problems.items())
        super().__init__(
            f"Tonearm cannot start. In the environment or in .env:\n{lines}\n"
            "Each setting is explained in .env.example."
        )


# The placeholder in a message for the name of the bot's operator.
OPERATOR = "{operator}"


class BotError(Exception):
    """An error that Tonearm can explain. An instance may override its class's `message`."""

    message = "That didn’t work."

    def __init__(self, log: str = "", *, message: str | None = None) -> None:
        super().__init__(log or type(self).__name__)
        if message is not None:
            self.message = message

    def render(self, operator: str) -> str:
        """The message for the user; `operator` says who runs the bot."""
        return self.message.replace(OPERATOR, operator)


class NotTheOperator(BotError):
    message = "Only this bot’s owner can see that. See what’s stored about you in /account."
