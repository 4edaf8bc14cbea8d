"""A person sitting somewhere: what they do there, what they see, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.changes import PATIENCE, Changes
from sandbox.discord import command_rules as kinds
from sandbox.discord import components as c
from sandbox.discord import line
from sandbox.discord.acting import act, close_form
from sandbox.discord.completing import complete
from sandbox.discord.filling import Filling, one_of
from sandbox.discord.interactions import COMPONENT, MODAL_SUBMIT, SLASH, Interaction
from sandbox.discord.line import Refused
from sandbox.discord.platform import Platform
from sandbox.discord.reading import Modal, buttons, read, selects
from sandbox.discord.world import EPHEMERAL, Channel, Json, Post, User

ANYWHERE = [0, 1]


class Seat:
    """One user in one place. Everything that Discord's client would not allow raises Refused."""

    def __init__(self, discord: Platform, user: User, place: str) -> None:
        self._discord = discord
        self._user = user
        self._channel: Channel = discord.world.channel(user, place)
        self._here = (user.name, self._channel.id)

    @property
    def user(self) -> str:
        return self._user.name

    @property
    def place(self) -> str:
        return self._channel.place

    def __repr__(self) -> str:
        return f"<Seat of {self._user.name} in {self._channel.place}>"

    @property
    def changes(self) -> Changes:
        return self._discord.changes

    @property
    def commands(self) -> list[Json]:
        """The commands that this user is offered here."""
        return self._discord.registry.shown_in(self._channel, self._user)

    @property
    def modal(self) -> Modal | None:
        """The form that is open here."""
        opener = self._discord.modals.get(self._here)
        return Modal.of(opener) if opener else None

    def dismiss(self) -> None:
        """Close the form that is open here; the app hears nothing of it."""
        close_form(self._discord, self._user, self._channel)

    def messages(self) -> list[Json]:
        """What this user can see here, oldest first."""
        return [post.data for post in self._channel.posts if post.visible_to(self._user)]

    async def until(self, there: str | Callable[[Json], bool], timeout: float = PATIENCE) -> Json:
        """Wait for a message here that says `there`, or for which `there` holds; returns it.

        Raises TimeoutError after `timeout` seconds, BotDied as soon as the bot ends.
        """

        def found() -> list[Json]:
            holds = (lambda message: there in read(message)) if isinstance(there, str) else there
            return [message for message in self.messages() if holds(message)]

        await self.changes.until(lambda: bool(found()), f"{there!r} in {self!r}", timeout)
        return found()[-1]

    def say(self, content: str, **extra: Any) -> Json:
        """Write an ordinary message. `extra` are further fields of the message object."""
        data = self._discord.messages.blank(self._channel, self._user, content=content, **extra)
        return self._discord.world.add(Post(data, self._channel)).data

    async def run(self, text: str, *, files: Mapping[str, bytes] | None = None) -> Reply:
        """Type a slash command. `files` are those that options of the file kind can name."""
        typed = line.read(text, self.commands)
        for option in typed.options:
            if option.get("required") and not typed.texts.get(option["name"]):
                raise Refused(f"/{typed.name} needs {option['name']}")
        fill = Filling(self._discord, self._user, self._channel, files)
        given = [option for option in typed.options if typed.texts.get(option["name"])]
        values = [fill.option(option, typed.texts[option["name"]]) for option in given]
        data = typed.data(values)
        if fill.resolved:
            data["resolved"] = fill.resolved
        types = typed.command["integration_types"]
        return await self._act(SLASH, data, types=types, command=f"/{typed.name}")

    async def complete(self, text: str) -> list[Json]:
        """What is offered for the option that is being typed, the last one of the line."""
        typed = line.read(text, self.commands)
        return await complete(self._discord, self._user, self._channel, typed)

    async def menu(
        self, name: str, *, message: Json | None = None, user: str | None = None
    ) -> Reply:
        """Choose an entry of the menu of a message or of a user."""
        kind = kinds.USER_MENU if message is None else kinds.MESSAGE_MENU
        for command in self.commands:
            if command["name"] == name and command["type"] == kind:
                break
        else:
            raise Refused(f"there is no entry {name!r} in this menu")
        fill = Filling(self._discord, self._user, self._channel)
        if message is not None:
            target = fill.message(self._find(message).data)
        else:
            target = fill.user(user or self._user.name)
        data = {
            "id": command["id"],
            "name": name,
            "type": kind,
            "target_id": target,
            "resolved": fill.resolved,
        }
        return await self._act(SLASH, data, types=command["integration_types"], command=name)

    async def press(self, message: Json, button: str) -> Reply:
        """Press a button, by its label (exact, else a part of it), emoji or custom_id."""
        post = self._find(message)
        found = one_of(button, buttons(post.data), _button_names)
        if found.get("disabled"):
            raise Refused(f"the button {button!r} is disabled")
        if "custom_id" not in found:
            raise Refused(f"the button {button!r} opens {found.get('url')}; the bot hears nothing")
        data = {"custom_id": found["custom_id"], "component_type": c.BUTTON, "id": found["id"]}
        return await self._act(COMPONENT, data, types=ANYWHERE, pressed=post)

    async def pick(self, message: Json, *options: str, select: int = 0) -> Reply:
        """Pick options by label (exact, else a part of it) or value; or users, channels by name."""
        post = self._find(message)
        menus = selects(post.data)
        if select >= len(menus):
            raise Refused(f"there are {len(menus)} menus here")
        menu = menus[select]
        if menu.get("disabled"):
            raise Refused("the menu is disabled")
        fill = Filling(self._discord, self._user, self._channel)
        values = fill.picked(menu, list(options))
        data: Json = {
            "custom_id": menu["custom_id"],
            "component_type": menu["type"],
            "id": menu["id"],
            "values": values,
        }
        if menu["type"] != c.SELECT:
            data["resolved"] = fill.resolved
        return await self._act(COMPONENT, data, types=ANYWHERE, pressed=post)

    async def submit(self, modal: Modal, /, **values: object) -> Reply:
        """Fill in a form, by custom_id or label, and send it. It closes when it was answered."""
        if self._discord.modals.get(self._here) is not modal.opened_by:
            raise Refused("this form is not open any more")
        fill = Filling(self._discord, self._user, self._channel)
        components = fill.modal(modal, dict(values))
        data = {
            "custom_id": modal.custom_id,
            "components": components,
            "resolved": fill.resolved,
        }
        parent = modal.opened_by
        return await self._act(
            MODAL_SUBMIT, data, types=ANYWHERE, pressed=parent.pressed, parent=parent
        )

    def _find(self, message: Json) -> Post:
        post = self._discord.world.find(message["id"], self._channel)
        if post is None or not post.visible_to(self._user):
            raise Refused("this message is not here (any more)")
        return post

    async def _act(self, kind: int, data: Json, **about: Any) -> Reply:
        interaction = await act(self._discord, kind, self._user, self._channel, data, **about)
        return Reply(self, interaction)


class Reply:
    """The answer to one interaction, as its person sees it; always up to date."""

    def __init__(self, seat: Seat, interaction: Interaction) -> None:
        self._seat = seat
        self._interaction = interaction

    @property
    def seat(self) -> Seat:
        """Whose reply it is, and where."""
        return self._seat

    def __repr__(self) -> str:
        return f"<Reply {self.text!r}>"

    @property
    def _posts(self) -> list[Post]:
        pressed = self._interaction.pressed
        posts = list(self._interaction.posts)
        if pressed is not None and pressed.edits > self._interaction.edits_before:
            posts.insert(0, pressed)
        return [post for post in posts if not post.gone]

    @property
    def messages(self) -> list[Json]:
        """The answer and its follow-ups; first the pressed message, if it has changed."""
        return [post.data for post in self._posts]

    @property
    def message(self) -> Json:
        """The newest message. Raises LookupError if there is none."""
        if not self.messages:
            raise LookupError("there is no message in this reply")
        return self.messages[-1]

    @property
    def text(self) -> str:
        """All that can be read in its messages, line by line."""
        return "\n".join(read(message) for message in self.messages)

    @property
    def ephemeral(self) -> bool:
        """Whether the newest message is seen by this person alone."""
        return bool(self.messages and self.message["flags"] & EPHEMERAL)

    @property
    def modal(self) -> Modal | None:
        return Modal.of(self._interaction)

    @property
    def files(self) -> dict[str, bytes]:
        """The contents of all attached files by name."""
        return {
            attachment["filename"]: post.files[attachment["id"]]
            for post in self._posts
            for attachment in post.data["attachments"]
        }

    @property
    def links(self) -> dict[str, str]:
        """Label → address of every link button."""
        return {
            button.get("label", ""): button["url"]
            for message in self.messages
            for button in buttons(message)
            if "url" in button
        }

    async def press(self, button: str) -> Reply:
        """Press a button of the newest message, by label or custom_id."""
        return await self._seat.press(self.message, button)

    async def pick(self, *options: str, select: int = 0) -> Reply:
        """Pick options of a select of the newest message."""
        return await self._seat.pick(self.message, *options, select=select)

    async def submit(self, **values: object) -> Reply:
        """Fill in and send the modal. Raises LookupError if there is none."""
        if self.modal is None:
            raise LookupError("there is no modal in this reply")
        return await self._seat.submit(self.modal, **values)

    async def until(self, there: str | Callable[[Reply], bool], timeout: float = PATIENCE) -> Reply:
        """Wait until the text says `there`, or until `there(reply)` holds. Returns itself.

        Raises TimeoutError after `timeout` seconds, BotDied as soon as the bot ends.
        """
        if isinstance(there, str):
            wanted = there
            await self._seat.changes.until(
                lambda: wanted in self.text, f"{wanted!r} in {self!r}", timeout
            )
        else:
            test = there
            await self._seat.changes.until(lambda: test(self), f"a change of {self!r}", timeout)
        return self


def _button_names(button: Json) -> list[str]:
    names = [button.get("label"), (button.get("emoji") or {}).get("name"), button.get("custom_id")]
    return [name for name in names if name]
