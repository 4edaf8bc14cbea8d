"""One user in one channel: their actions, what they see, and the replies they get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.discord import command_validation as kinds
from sandbox.discord import incoming_messages, interaction_data
from sandbox.discord.autocomplete import (
    AutocompleteResult,
    fetch_choices,
    fetch_choices_concurrently,
    line_before_value,
)
from sandbox.discord.awaiting_reply import close_modal, interact_and_wait
from sandbox.discord.command_line import ClientValidationError, parse_command_line
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
    """Every action that Discord's own client would not allow raises ClientValidationError."""

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
        return f"<UserClient {self._user.name} in {self._channel.name}>"

    @property
    def changes(self) -> ChangeNotifier:
        return self._discord.changes

    @property
    def commands(self) -> list[Json]:
        """The commands that this user sees here."""
        return self._discord.command_registry.visible_in(self._channel, self._user)

    @property
    def modal(self) -> Modal | None:
        """The modal that is open here."""
        opener = self._discord.open_modals.get(self._location)
        return Modal.from_interaction(opener) if opener else None

    def dismiss_modal(self) -> None:
        """Close the modal that is open here, without telling the app."""
        close_modal(self._discord, self._user, self._channel)

    def messages(self) -> list[Json]:
        """The messages that this user sees here, oldest first."""
        return [m.data for m in self._channel.messages if m.visible_to(self._user)]

    async def wait_for_message(
        self, condition: str | Callable[[Json], bool], timeout: float = DEFAULT_TIMEOUT
    ) -> Json:
        """Wait for a message with this text, or one that meets the condition; returns the newest.

        Raises TimeoutError after `timeout` seconds, BotExited as soon as the bot ends.
        """

        def holds(message: Json) -> bool:
            if isinstance(condition, str):
                return condition in visible_text(message)
            return condition(message)

        def matching() -> list[Json]:
            return [message for message in self.messages() if holds(message)]

        description = f"{condition!r} in {self!r}"
        await self.changes.wait_until(lambda: bool(matching()), description, timeout)
        return matching()[-1]

    def send(self, content: str, **extra: Any) -> Json:
        """Send an ordinary message. `extra` are further fields of the message object."""
        return incoming_messages.send_user_message(
            self._discord, self._channel, self._user, content, **extra
        ).data

    def receive_from_bot(self, content: str = "", *, by: str = "Jukebox", **body: Any) -> Json:
        """Let another bot send a message here. Raises ValueError if Discord would refuse it."""
        body = {"content": content, **body}
        return incoming_messages.send_bot_message(self._discord, self._channel, by, body).data

    def forward(self, message: Json) -> Json:
        """Forward a message from any channel to this one."""
        return incoming_messages.forward_message(
            self._discord, self._channel, self._user, message["id"]
        ).data

    async def run(self, text: str, files: Mapping[str, bytes] | None = None) -> Reply:
        """Type a slash command; `files` are the contents of those that it names."""
        command = parse_command_line(text, self.commands)
        data = interaction_data.slash_command_data(command, files or {}, self._upload_file)
        types, name = command.command["integration_types"], f"/{command.name}"
        return await self._interact(APPLICATION_COMMAND, data, types=types, command=name)

    async def autocomplete(self, text: str) -> list[Json]:
        """The choices for the last option of the line."""
        command = parse_command_line(text, self.commands)
        return await fetch_choices(self._discord, self._user, self._channel, command)

    def line_before_value(self, text: str) -> str:
        """The line up to the colon of the option that is being typed."""
        return line_before_value(text, parse_command_line(text, self.commands))

    async def autocomplete_keystrokes(self, text: str, *endings: str) -> list[AutocompleteResult]:
        """The choices after each of these endings of the line.

        The keystrokes do not wait for earlier choices, as in Discord's client.
        """
        lines = [parse_command_line(text + ending, self.commands) for ending in endings]
        return await fetch_choices_concurrently(self._discord, self._user, self._channel, lines)

    async def use_context_menu(
        self, name: str, *, message: Json | None = None, user: str | None = None
    ) -> Reply:
        """Use a context menu command on a message or a user."""
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
        """Press a button, by its label (or a part of it), emoji or custom_id."""
        target = self._find_message(message)
        return await self._use_component(target, interaction_data.button_data(target, button))

    async def pick(self, message: Json, *options: str, select: int = 0) -> Reply:
        """Pick options of a select menu, by label (or a part of it) or value."""
        target = self._find_message(message)
        return await self._use_component(
            target, interaction_data.select_data(target, [*options], select)
        )

    async def submit(self, modal: Modal, /, **values: object) -> Reply:
        """Fill in a modal, by custom_id or label, and send it."""
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
        target = self._discord.state.find_message(message["id"], self._channel)
        if target is None or not target.visible_to(self._user):
            raise ClientValidationError("this message is not here (any more)")
        return target

    def _upload_file(self, name: str, content: bytes) -> Json:
        upload = Upload(0, name, content, "application/octet-stream")
        attachment = self._discord.messages.attachment_payload(upload, self._channel)
        self._discord.store_upload(attachment["id"], content)
        return attachment

    async def _use_component(self, message: Message, data: Json) -> Reply:
        if message.data["author"]["id"] != self._discord.state.bot.id:
            raise ClientValidationError("another bot hears of that")
        return await self._interact(
            MESSAGE_COMPONENT, data, types=ALL_INTEGRATION_TYPES, source_message=message
        )

    async def _interact(self, kind: int, data: Json, **extra: Any) -> Reply:
        place = self._discord, kind, self._user, self._channel
        return Reply(self, await interact_and_wait(*place, data, **extra))


class Reply:
    """The reply to one interaction, as its user sees it now."""

    def __init__(self, user_client: UserClient, interaction: Interaction) -> None:
        self.user_client = user_client
        self._interaction = interaction

    def __repr__(self) -> str:
        return f"<Reply {self.text!r}>"

    @property
    def _visible_messages(self) -> list[Message]:
        source = self._interaction.source_message
        messages = list(self._interaction.messages)
        if source is not None and source.edit_count > self._interaction.source_edits_before:
            messages.insert(0, source)
        return [message for message in messages if not message.deleted]

    @property
    def messages(self) -> list[Json]:
        """The response and its follow-ups; first the message with the component, if edited."""
        return [message.data for message in self._visible_messages]

    @property
    def message(self) -> Json:
        """The newest message. Raises LookupError if there is none."""
        if not self.messages:
            raise LookupError("there is no message in this reply")
        return self.messages[-1]

    @property
    def text(self) -> str:
        """All texts of its messages, line by line."""
        return "\n".join(visible_text(message) for message in self.messages)

    @property
    def ephemeral(self) -> bool:
        """Whether only this user sees the newest message."""
        return bool(self.messages and self.message["flags"] & EPHEMERAL)

    @property
    def modal(self) -> Modal | None:
        return Modal.from_interaction(self._interaction)

    @property
    def files(self) -> dict[str, bytes]:
        """The contents of all attachments by file name."""
        return {
            attachment["filename"]: message.files[attachment["id"]]
            for message in self._visible_messages
            for attachment in message.data["attachments"]
        }

    @property
    def link_buttons(self) -> dict[str, str]:
        """Label → URL of every link button."""
        return {
            button.get("label", ""): button["url"]
            for message in self.messages
            for button in find_buttons(message)
            if "url" in button
        }

    async def press(self, button: str) -> Reply:
        """Press a button of the newest message, by label or custom_id."""
        return await self.user_client.press(self.message, button)

    async def pick(self, *options: str, select: int = 0) -> Reply:
        """Pick options of a select of the newest message."""
        return await self.user_client.pick(self.message, *options, select=select)

    async def submit(self, **values: object) -> Reply:
        """Fill in and send the modal. Raises LookupError without one."""
        if self.modal is None:
            raise LookupError("there is no modal in this reply")
        return await self.user_client.submit(self.modal, **values)

    async def wait_for(
        self, condition: str | Callable[[Reply], bool], timeout: float = DEFAULT_TIMEOUT
    ) -> Reply:
        """Wait until the text contains the condition, or the condition holds. Returns itself.

        Raises TimeoutError after `timeout` seconds, BotExited as soon as the bot ends.
        """

        def holds() -> bool:
            return condition in self.text if isinstance(condition, str) else condition(self)

        await self.user_client.changes.wait_until(holds, f"{condition!r} in {self!r}", timeout)
        return self
