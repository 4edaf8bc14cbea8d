"""Steps of a machine that come as often as they are said to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Verb = Callable[..., None]


@dataclass(frozen=True)
class Step:
    name: str
    often: int
    when: Callable[[Any], object]
    arguments: st.SearchStrategy[dict[str, Any]]


class Steps:
    """What can happen next.

    Hypothesis switches rules off at random, whole examples long; a login takes five of them in
    order, and hardly any would be finished. So there is one rule, and it draws from these.
    """

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def __call__(
        self, often: int, when: Callable[[Any], object] = bool, **given: st.SearchStrategy[Any]
    ) -> Callable[[Verb], Verb]:
        """A decorator: the method is a step, `often` as likely as one of 1, possible `when`."""

        def mark(verb: Verb) -> Verb:
            arguments = st.fixed_dictionaries(given)
            self._steps.append(Step(verb.__name__, often, when, arguments))
            return verb

        return mark

    def take(self, machine: object, data: st.DataObject) -> None:
        """One step that is possible now."""
        possible = {step.name: step for step in self._steps if step.when(machine)}
        names = [name for name, step in possible.items() for _ in range(step.often)]
        name = data.draw(st.sampled_from(names))
        getattr(machine, name)(**data.draw(possible[name].arguments))
