"""Steps of a machine that come as often as they are said to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

StepMethod = Callable[..., None]


@dataclass(frozen=True)
class WeightedStep:
    name: str
    weight: int
    precondition: Callable[[Any], object]
    arguments: st.SearchStrategy[dict[str, Any]]


class WeightedSteps:
    """What can happen next.

    Hypothesis switches rules off at random, whole examples long; a login takes five of them in
    order, and hardly any would be finished. So there is one rule, and it draws from these.
    """

    def __init__(self) -> None:
        self._weighted: list[WeightedStep] = []

    def __call__(
        self,
        weight: int,
        precondition: Callable[[Any], object] = bool,
        **strategies: st.SearchStrategy[Any],
    ) -> Callable[[StepMethod], StepMethod]:
        """A decorator: the method is a step, `often` as likely as one of 1, possible `when`."""

        def mark(verb: StepMethod) -> StepMethod:
            arguments = st.fixed_dictionaries(strategies)
            self._weighted.append(WeightedStep(verb.__name__, weight, precondition, arguments))
            return verb

        return mark

    def run_one(self, machine: object, data: st.DataObject) -> None:
        """One step that is possible now."""
        possible = {step.name: step for step in self._weighted if step.precondition(machine)}
        names = [name for name, step in possible.items() for _ in range(step.weight)]
        name = data.draw(st.sampled_from(names))
        getattr(machine, name)(**data.draw(possible[name].arguments))
