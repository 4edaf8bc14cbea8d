"""Steps of a state machine, drawn according to their weights."""

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
    """The steps of a machine, from which its only Hypothesis rule draws.

    Hypothesis disables random rules for a whole example. A login takes five rules in order, so
    hardly any login would finish.
    """

    def __init__(self) -> None:
        self._weighted: list[WeightedStep] = []

    def __call__(
        self,
        weight: int,
        precondition: Callable[[Any], object] = bool,
        **strategies: st.SearchStrategy[Any],
    ) -> Callable[[StepMethod], StepMethod]:
        """A decorator that makes a method a step, drawn only if the precondition holds.

        A step of weight 3 is drawn three times as often as one of weight 1.
        """

        def register(method: StepMethod) -> StepMethod:
            arguments = st.fixed_dictionaries(strategies)
            self._weighted.append(WeightedStep(method.__name__, weight, precondition, arguments))
            return method

        return register

    def run_one(self, machine: object, data: st.DataObject) -> None:
        """Draw and run one of the possible steps."""
        possible = {step.name: step for step in self._weighted if step.precondition(machine)}
        names = [name for name, step in possible.items() for _ in range(step.weight)]
        name = data.draw(st.sampled_from(names))
        getattr(machine, name)(**data.draw(possible[name].arguments))
