"""Buttons, menus and forms as values, and the decorator for the cog methods that handle them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping
from typing import Any, ClassVar, Generic, Self, TypeAlias, TypeVar

import discord
from discord import ui

ItemT = TypeVar("ItemT", bound="ui.Button[Any] | ui.Select[Any]")
HandlerT = TypeVar("HandlerT", bound=Callable[..., Awaitable[None]])

Interaction = discord.Interaction[Any]

_MARK = "__component__"


async def _dispatch(interaction: Interaction, component: Component) -> None:
    """Discord's library calls components directly; the client finds the cog that handles them."""
    await interaction.client.handle_component(interaction, component)


class PersistentItem(ui.DynamicItem[ItemT], Generic[ItemT], template=r"(?!)"):
    """A button or menu that survives a restart, since its custom_id holds its whole state.

    discord.py makes a new instance from the groups of its template at each press. Templates must
    not overlap: it would call both handlers.

    allow_double  the second half of a double press is handled, too: it opens a form
    debounce_key  shared by the two states of a toggle, instead of the custom_id
    repeatable    a press is handled while the one before is in progress: each goes a step further
    """

    allow_double: ClassVar[bool] = False
    debounce_key: Hashable = None
    repeatable: bool = False

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        return cls(**match.groupdict())  # type: ignore[arg-type]  # a subclass names its groups

    @classmethod
    def copy_of(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        """A component of this class that looks like `item`; `match` is its parsed custom_id."""
        copy = cls(**match.groupdict())  # type: ignore[arg-type]
        copy.item = item  # type: ignore[assignment]
        return copy

    async def callback(self, interaction: Interaction) -> None:
        await _dispatch(interaction, self)

    def press_key(self, interaction: Interaction) -> Hashable:
        """Two presses with the same key are the halves of a double press."""
        data: Mapping[str, Any] = dict(interaction.data or {})
        message_id = interaction.message.id if interaction.message else 0
        button = self.debounce_key or data.get("custom_id")
        return interaction.user.id, message_id, button, tuple(data.get("values", ()))


class PersistentButton(PersistentItem[ui.Button[Any]], template=r"(?!)"):
    """A persistent button."""


def skip_view_of_pressed_message(client: discord.Client) -> None:
    """Make a pressed button from its custom_id alone.

    discord.py 2.7.1 builds the view of the whole message first, of which a
    button needs nothing. A menu needs that view for its options.
    """
    store = client._connection._view_store
    call_component = store.schedule_dynamic_item_call

    async def call(
        kind: int, item: Any, interaction: Interaction, custom_id: str, match: re.Match[str]
    ) -> None:
        if issubclass(item, PersistentButton):
            await item(**match.groupdict()).callback(interaction)
        else:
            await call_component(kind, item, interaction, custom_id, match)

    store.schedule_dynamic_item_call = call  # type: ignore[method-assign, assignment]


class PersistentSelect(PersistentItem[ui.Select[Any]], template=r"(?!)"):
    """A persistent select menu. Its message holds its options, so it takes them as an argument."""

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        assert isinstance(item, ui.Select)
        return cls(**match.groupdict(), options=item.options)  # type: ignore[arg-type, call-arg]

    @classmethod
    def copy_of(cls, item: ui.Item[Any], match: re.Match[str]) -> Self:
        assert isinstance(item, ui.Select)
        copy = cls(**match.groupdict(), options=item.options)  # type: ignore[arg-type, call-arg]
        copy.item = item
        return copy

    @property
    def options(self) -> list[discord.SelectOption]:
        return self.item.options

    @property
    def value(self) -> str:
        """The value of the option that the user selected; the first of several."""
        return self.item.values[0]


def as_persistent(item: ui.Item[Any]) -> ui.Item[Any]:
    """A button or menu of a received message as its persistent class, so that it can be sent again.

    discord.py would keep another component in memory, and would not find its handler after that.
    """
    custom_id = getattr(item, "custom_id", None) or ""
    for component in _subclasses(PersistentItem):
        if match := component.__discord_ui_compiled_template__.fullmatch(custom_id):
            return component.copy_of(item, match)
    return item


def _subclasses(
    component: type[PersistentItem[Any]],
) -> Iterator[type[PersistentItem[Any]]]:
    for subclass in component.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


class Form(ui.Modal):
    """A modal whose submission a cog handles. It is lost in a restart; the button before is not."""

    async def on_submit(self, interaction: Interaction) -> None:
        await _dispatch(interaction, self)


Component: TypeAlias = "PersistentItem[Any] | Form"


def on_component(component: type[Component]) -> Callable[[HandlerT], HandlerT]:
    """Mark a cog's method `(self, interaction, component)` as the handler of these components."""

    def mark(handler: HandlerT) -> HandlerT:
        setattr(handler, _MARK, component)
        return handler

    return mark


def component_handlers(
    cog: object,
) -> Iterator[tuple[type[Component], Callable[[Interaction, Any], Awaitable[None]]]]:
    """The classes of the components that a cog handles, each with the cog's bound method."""
    for name, function in vars(type(cog)).items():
        if (component := getattr(function, _MARK, None)) is not None:
            yield component, getattr(cog, name)
