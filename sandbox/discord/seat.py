"""A person sitting somewhere: what they do there, what they see, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.changes import PATIENCE, Changes
from sandbox.discord import choosing, line, others
from sandbox.discord import command_rules as kinds
from sandbox.discord.acting import act, close_form
from sandbox.discord.completing import Offered, complete, offered, so_far
from sandbox.discord.filling import Filling
from sandbox.discord.interactions import COMPONENT, MODAL_SUBMIT, SLASH, Interaction
from sandbox.discord.line import Refused
from sandbox.discord.platform import Platform
from sandbox.discord.reading import Modal, buttons, read
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
        return others.said(self._discord, self._channel, self._user, content, **extra).data

    def hear(self, content: str = "", *, by: str = "Jukebox", **body: Any) -> Json:
        """Another bot writes here: content, embeds, components, flags, as a bot sends them.

        Raises ValueError where Discord would refuse it.
        """
        return others.written(self._discord, self._channel, by, {"content": content, **body}).data

    def forward(self, message: Json) -> Json:
        """Forward a message, from wherever this user sees it. Raises Refused where they cannot."""
        return others.forwarded(self._discord, self._channel, self._user, message["id"]).data

    async def run(self, text: str, *, files: Mapping[str, bytes] | None = None) -> Reply:
        """Type a slash command. `files` are those that options of the file kind can name."""
        typed = line.read(text, self.commands)
        data = choosing.slash(self._filling(files), typed)
        types = typed.command["integration_types"]
        return await self._act(SLASH, data, types=types, command=f"/{typed.name}")

    async def complete(self, text: str) -> list[Json]:
        """What is offered for the option that is being typed, the last one of the line."""
        typed = line.read(text, self.commands)
        return await complete(self._discord, self._user, self._channel, typed)

    def typed(self, text: str) -> str:
        """The line up to the value that is being typed, whose option it names."""
        return so_far(text, line.read(text, self.commands))

    async def type(self, text: str, *endings: str) -> list[Offered]:
        """Type on and on: what is offered after each of these endings of the line.

        None of them waits for the offers of those before it, as in Discord's client.
        """
        lines = [line.read(text + ending, self.commands) for ending in endings]
        return await offered(self._discord, self._user, self._channel, lines)

    async def menu(
        self, name: str, *, message: Json | None = None, user: str | None = None
    ) -> Reply:
        """Choose an entry of the menu of a message or of a user."""
        fill = self._filling()
        if message is not None:
            command = choosing.entry(self.commands, kinds.MESSAGE_MENU, name)
            data = choosing.on_message(fill, command, self._find(message))
        else:
            command = choosing.entry(self.commands, kinds.USER_MENU, name)
            data = choosing.on_user(fill, command, user or self._user.name)
        return await self._act(SLASH, data, types=command["integration_types"], command=name)

    async def press(self, message: Json, button: str) -> Reply:
        """Press a button, by its label (exact, else a part of it), emoji or custom_id."""
        post = self._find(message)
        return await self._use(post, choosing.button(post, button))

    async def pick(self, message: Json, *options: str, select: int = 0) -> Reply:
        """Pick options by label (exact, else a part of it) or value; or users, channels by name."""
        post = self._find(message)
        return await self._use(post, choosing.options(self._filling(), post, [*options], select))

    async def submit(self, modal: Modal, /, **values: object) -> Reply:
        """Fill in a form, by custom_id or label, and send it. It closes when it was answered."""
        if self._discord.modals.get(self._here) is not modal.opened_by:
            raise Refused("this form is not open any more")
        data = choosing.form(self._filling(), modal, dict(values))
        parent = modal.opened_by
        return await self._act(
            MODAL_SUBMIT, data, types=ANYWHERE, pressed=parent.pressed, parent=parent
        )

    def _find(self, message: Json) -> Post:
        post = self._discord.world.find(message["id"], self._channel)
        if post is None or not post.visible_to(self._user):
            raise Refused("this message is not here (any more)")
        return post

    def _filling(self, files: Mapping[str, bytes] | None = None) -> Filling:
        return Filling(self._discord, self._user, self._channel, files)

    async def _use(self, post: Post, data: Json) -> Reply:
        """Press or pick. Raises Refused where it is another bot's message."""
        if post.data["author"]["id"] != self._discord.world.bot.id:
            raise Refused("another bot hears of that")
        return await self._act(COMPONENT, data, types=ANYWHERE, pressed=post)

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
