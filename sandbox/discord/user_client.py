"""A person sitting somewhere: what they do there, what they see, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.discord import command_line, incoming_messages, interaction_data
from sandbox.discord import command_validation as kinds
from sandbox.discord.autocomplete import (
    AutocompleteResult,
    fetch_choices,
    fetch_choices_concurrently,
    line_before_value,
)
from sandbox.discord.awaiting_reply import close_modal, interact_and_wait
from sandbox.discord.command_line import ClientValidationError
from sandbox.discord.input_values import modal_data
from sandbox.discord.interactions import (
    APPLICATION_COMMAND,
    MESSAGE_COMPONENT,
    MODAL_SUBMIT,
    Interaction,
)
from sandbox.discord.platform import Platform
from sandbox.discord.request_bodies import Upload
from sandbox.discord.state import EPHEMERAL, Channel, Json, Message, User
from sandbox.discord.visible_text import Modal, find_buttons, visible_text
from sandbox.notifier import DEFAULT_TIMEOUT, ChangeNotifier

ALL_INTEGRATION_TYPES = [0, 1]


class UserClient:
    """One user in one place. Everything that Discord's client would not allow raises Refused."""

    def __init__(self, discord: Platform, user: User, channel_name: str) -> None:
        self._discord = discord
        self._user = user
        self._channel: Channel = discord.state.find_channel(user, channel_name)
        self._location = (user.name, self._channel.id)

    @property
    def user(self) -> str:
        return self._user.name

    @property
    def channel_name(self) -> str:
        return self._channel.name

    def __repr__(self) -> str:
        return f"<Seat of {self._user.name} in {self._channel.name}>"

    @property
    def changes(self) -> ChangeNotifier:
        return self._discord.changes

    @property
    def commands(self) -> list[Json]:
        """The commands that this user is offered here."""
        return self._discord.command_registry.visible_in(self._channel, self._user)

    @property
    def modal(self) -> Modal | None:
        """The form that is open here."""
        opener = self._discord.open_modals.get(self._location)
        return Modal.from_interaction(opener) if opener else None

    def dismiss_modal(self) -> None:
        """Close the form that is open here; the app hears nothing of it."""
        close_modal(self._discord, self._user, self._channel)

    def messages(self) -> list[Json]:
        """What this user can see here, oldest first."""
        return [post.data for post in self._channel.messages if post.visible_to(self._user)]

    async def wait_for_message(
        self, condition: str | Callable[[Json], bool], timeout: float = DEFAULT_TIMEOUT
    ) -> Json:
        """Wait for a message here that says `there`, or for which `there` holds; returns it.

        Raises TimeoutError after `timeout` seconds, BotDied as soon as the bot ends.
        """

        def found() -> list[Json]:
            holds = (
                (lambda message: condition in visible_text(message))
                if isinstance(condition, str)
                else condition
            )
            return [message for message in self.messages() if holds(message)]

        await self.changes.wait_until(lambda: bool(found()), f"{condition!r} in {self!r}", timeout)
        return found()[-1]

    def send(self, content: str, **extra: Any) -> Json:
        """Write an ordinary message. `extra` are further fields of the message object."""
        return incoming_messages.send_user_message(
            self._discord, self._channel, self._user, content, **extra
        ).data

    def receive_from_bot(self, content: str = "", *, by: str = "Jukebox", **body: Any) -> Json:
        """Another bot writes here: content, embeds, components, flags, as a bot sends them.

        Raises ValueError where Discord would refuse it.
        """
        return incoming_messages.send_bot_message(
            self._discord, self._channel, by, {"content": content, **body}
        ).data

    def forward(self, message: Json) -> Json:
        """Forward a message, from wherever this user sees it. Raises Refused where they cannot."""
        return incoming_messages.forward_message(
            self._discord, self._channel, self._user, message["id"]
        ).data

    async def run(self, text: str) -> Reply:
        """Type a slash command."""
        typed = command_line.parse_command_line(text, self.commands)
        data = interaction_data.slash_command_data(typed)
        types = typed.command["integration_types"]
        return await self._interact(
            APPLICATION_COMMAND, data, types=types, command=f"/{typed.name}"
        )

    async def autocomplete(self, text: str) -> list[Json]:
        """What is offered for the option that is being typed, the last one of the line."""
        typed = command_line.parse_command_line(text, self.commands)
        return await fetch_choices(self._discord, self._user, self._channel, typed)

    def line_before_value(self, text: str) -> str:
        """The line up to the value that is being typed, whose option it names."""
        return line_before_value(text, command_line.parse_command_line(text, self.commands))

    async def autocomplete_keystrokes(self, text: str, *endings: str) -> list[AutocompleteResult]:
        """Type on and on: what is offered after each of these endings of the line.

        None of them waits for the offers of those before it, as in Discord's client.
        """
        lines = [
            command_line.parse_command_line(text + ending, self.commands) for ending in endings
        ]
        return await fetch_choices_concurrently(self._discord, self._user, self._channel, lines)

    async def use_context_menu(
        self, name: str, *, message: Json | None = None, user: str | None = None
    ) -> Reply:
        """Choose an entry of the menu of a message or of a user."""
        if message is not None:
            command = interaction_data.find_context_menu(self.commands, kinds.MESSAGE_MENU, name)
            data = interaction_data.message_menu_data(command, self._find_message(message))
        else:
            command = interaction_data.find_context_menu(self.commands, kinds.USER_MENU, name)
            data = interaction_data.user_menu_data(
                command, self._channel, self._discord.state.bot, user or self._user.name
            )
        return await self._interact(
            APPLICATION_COMMAND, data, types=command["integration_types"], command=name
        )

    async def press(self, message: Json, button: str) -> Reply:
        """Press a button, by its label (exact, else a part of it), emoji or custom_id."""
        post = self._find_message(message)
        return await self._use_component(post, interaction_data.button_data(post, button))

    async def pick(self, message: Json, *options: str, select: int = 0) -> Reply:
        """Pick options by label (exact, else a part of it) or value; or users, channels by name."""
        post = self._find_message(message)
        data = interaction_data.select_data(post, [*options], select)
        return await self._use_component(post, data)

    async def submit(self, modal: Modal, /, **values: object) -> Reply:
        """Fill in a form, by custom_id or label, and send it. It closes when it was answered."""
        if self._discord.open_modals.get(self._location) is not modal.opened_by:
            raise ClientValidationError("this form is not open any more")
        data = modal_data(modal, values, self._upload_file)
        parent = modal.opened_by
        return await self._interact(
            MODAL_SUBMIT,
            data,
            types=ALL_INTEGRATION_TYPES,
            source_message=parent.source_message,
            parent=parent,
        )

    def _find_message(self, message: Json) -> Message:
        post = self._discord.state.find_message(message["id"], self._channel)
        if post is None or not post.visible_to(self._user):
            raise ClientValidationError("this message is not here (any more)")
        return post

    def _upload_file(self, name: str, content: bytes) -> Json:
        upload = Upload(0, name, content, "application/octet-stream")
        attachment = self._discord.messages.attachment_payload(upload, self._channel)
        self._discord.store_upload(attachment["id"], content)
        return attachment

    async def _use_component(self, message: Message, data: Json) -> Reply:
        """Press or pick. Raises Refused where it is another bot's message."""
        if message.data["author"]["id"] != self._discord.state.bot.id:
            raise ClientValidationError("another bot hears of that")
        return await self._interact(
            MESSAGE_COMPONENT, data, types=ALL_INTEGRATION_TYPES, source_message=message
        )

    async def _interact(self, kind: int, data: Json, **about: Any) -> Reply:
        interaction = await interact_and_wait(
            self._discord, kind, self._user, self._channel, data, **about
        )
        return Reply(self, interaction)


class Reply:
    """The answer to one interaction, as its person sees it; always up to date."""

    def __init__(self, user_client: UserClient, interaction: Interaction) -> None:
        self._user_client = user_client
        self._interaction = interaction

    @property
    def user_client(self) -> UserClient:
        """Whose reply it is, and where."""
        return self._user_client

    def __repr__(self) -> str:
        return f"<Reply {self.text!r}>"

    @property
    def _visible_messages(self) -> list[Message]:
        pressed = self._interaction.source_message
        posts = list(self._interaction.messages)
        if pressed is not None and pressed.edit_count > self._interaction.source_edits_before:
            posts.insert(0, pressed)
        return [post for post in posts if not post.deleted]

    @property
    def messages(self) -> list[Json]:
        """The answer and its follow-ups; first the pressed message, if it has changed."""
        return [post.data for post in self._visible_messages]

    @property
    def message(self) -> Json:
        """The newest message. Raises LookupError if there is none."""
        if not self.messages:
            raise LookupError("there is no message in this reply")
        return self.messages[-1]

    @property
    def text(self) -> str:
        """All that can be read in its messages, line by line."""
        return "\n".join(visible_text(message) for message in self.messages)

    @property
    def ephemeral(self) -> bool:
        """Whether the newest message is seen by this person alone."""
        return bool(self.messages and self.message["flags"] & EPHEMERAL)

    @property
    def modal(self) -> Modal | None:
        return Modal.from_interaction(self._interaction)

    @property
    def files(self) -> dict[str, bytes]:
        """The contents of all attached files by name."""
        return {
            attachment["filename"]: post.files[attachment["id"]]
            for post in self._visible_messages
            for attachment in post.data["attachments"]
        }

    @property
    def link_buttons(self) -> dict[str, str]:
        """Label → address of every link button."""
        return {
            button.get("label", ""): button["url"]
            for message in self.messages
            for button in find_buttons(message)
            if "url" in button
        }

    async def press(self, button: str) -> Reply:
        """Press a button of the newest message, by label or custom_id."""
        return await self._user_client.press(self.message, button)

    async def pick(self, *options: str, select: int = 0) -> Reply:
        """Pick options of a select of the newest message."""
        return await self._user_client.pick(self.message, *options, select=select)

    async def submit(self, **values: object) -> Reply:
        """Fill in and send the modal. Raises LookupError if there is none."""
        if self.modal is None:
            raise LookupError("there is no modal in this reply")
        return await self._user_client.submit(self.modal, **values)

    async def wait_for(
        self, condition: str | Callable[[Reply], bool], timeout: float = DEFAULT_TIMEOUT
    ) -> Reply:
        """Wait until the text says `there`, or until `there(reply)` holds. Returns itself.

        Raises TimeoutError after `timeout` seconds, BotDied as soon as the bot ends.
        """
        if isinstance(condition, str):
            wanted = condition
            await self._user_client.changes.wait_until(
                lambda: wanted in self.text, f"{wanted!r} in {self!r}", timeout
            )
        else:
            test = condition
            await self._user_client.changes.wait_until(
                lambda: test(self), f"a change of {self!r}", timeout
            )
        return self
