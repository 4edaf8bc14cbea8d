"""The root of what Tonearm can explain, and what keeps it from starting."""

from __future__ import annotations

from collections.abc import Mapping


class ConfigError(Exception):
    """Settings that are missing or malformed: name → what is wrong with it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        lines = "\n".join(f"  {name} {problem}" for name, problem in self.problems.items())
        super().__init__(
            f"Tonearm cannot start. In the environment or in .env:\n{lines}\n"
            "Each setting is explained in .env.example."
        )


class StartupError(Exception):
    """One line about why the bot does not run, and what to do."""


OPERATOR = "{operator}"


class BotError(Exception):
    """Whatever Tonearm can explain. `message` may be overridden by an instance."""

    message = "That did not work."

    def __init__(self, log: str = "", *, message: str | None = None) -> None:
        super().__init__(log or type(self).__name__)
        if message is not None:
            self.message = message

    def render(self, operator: str) -> str:
        """What the user reads; `operator` is whom to ask."""
        return self.message.replace(OPERATOR, operator)


class NotTheOperator(BotError):
    message = "Only whoever runs this bot can see that. What it keeps about you is in /account."
