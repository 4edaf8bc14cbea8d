"""The root of what Tonearm can explain, and what keeps it from starting."""

from __future__ import annotations

from collections.abc import Mapping


class ConfigError(Exception):
    """Settings that are missing or malformed: name → what is wrong with it."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        self.wrong = dict(wrong)
        lines = "\n".join(f"  {name} {problem}" for name, problem in self.wrong.items())
        super().__init__(
            f"Tonearm cannot start. In the environment or in .env:\n{lines}\n"
            "Each setting is explained in .env.example."
        )


class CannotStart(Exception):
    """One line about why the bot does not run, and what to do."""


OPERATOR = "{operator}"


class Fault(Exception):
    """Whatever Tonearm can explain. `says` may be overridden by an instance."""

    says = "That did not work."

    def __init__(self, log: str = "", *, says: str | None = None) -> None:
        super().__init__(log or type(self).__name__)
        if says is not None:
            self.says = says

    def said(self, operator: str) -> str:
        """What the user reads; `operator` is whom to ask."""
        return self.says.replace(OPERATOR, operator)


class NotTheOperator(Fault):
    says = "Only whoever runs this bot can see that. What it keeps about you is in /account."
