"""Interactions: three seconds for the first response, fifteen minutes for follow-ups."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from sandbox.discord.api_error import ApiError, ErrorCollector
from sandbox.discord.command_mentions import check_command_mentions
from sandbox.discord.component_validation import check_modal
from sandbox.discord.field_schemas import AnyValue, ObjectOf, OneOf, validate
from sandbox.discord.message_validation import (
    EDIT_FLAGS,
    RESPONSE_FLAGS,
    check_choices,
    check_message,
)
from sandbox.discord.messages import COMMAND_RESPONSE, CONTEXT_MENU_RESPONSE, REPLY, MessageWriter
from sandbox.discord.request_bodies import Upload
from sandbox.discord.state import EPHEMERAL, LOADING, Channel, DiscordState, Json, Message, User
from sandbox.notifier import ChangeNotifier

RESPONSE_DEADLINE = 3.0  # seconds
TOKEN_LIFETIME = 15 * 60.0
MAX_INTERACTIONS = 5000
MAX_FOLLOW_UPS = 5  # in a server without the bot

APPLICATION_COMMAND, MESSAGE_COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
CHANNEL_MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE_MESSAGE = 4, 5, 6, 7
AUTOCOMPLETE_RESULT, MODAL = 8, 9
# Interaction type → its response types; a modal opened from a message may also update the message
ALLOWED_RESPONSES = {
    APPLICATION_COMMAND: (CHANNEL_MESSAGE, DEFERRED_MESSAGE, MODAL),
    MESSAGE_COMPONENT: (CHANNEL_MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE_MESSAGE, MODAL),
    AUTOCOMPLETE: (AUTOCOMPLETE_RESULT,),
    MODAL_SUBMIT: (CHANNEL_MESSAGE, DEFERRED_MESSAGE),
}


@dataclass(eq=False, repr=False)
class Interaction:
    """A user's action, and the app's responses to it so far."""

    id: str
    token: str
    kind: int
    user: User
    channel: Channel
    data: Json
    owners: Json
    created_at: float
    command: str = ""
    focused_type: int = 3
    source_message: Message | None = None
    parent: Interaction | None = None
    changes: ChangeNotifier = field(default_factory=ChangeNotifier)
    response_type: int | None = None
    original_response: Message | None = None
    messages: list[Message] = field(default_factory=list)
    follow_up_count: int = 0
    choices: list[Json] = field(default_factory=list)
    modal: Json | None = None
    source_edits_before: int = 0

    def __repr__(self) -> str:
        return f"<Interaction {self.id} of kind {self.kind} by {self.user.name}>"

    @property
    def allowed_responses(self) -> tuple[int, ...]:
        may_update = self.kind == MODAL_SUBMIT and self.source_message is not None
        updates = (DEFERRED_UPDATE, UPDATE_MESSAGE) if may_update else ()
        return ALLOWED_RESPONSES[self.kind] + updates

    @property
    def metadata(self) -> Json:
        """The `interaction_metadata` of the messages that respond to it."""
        metadata: Json = {
            "id": self.id,
            "type": self.kind,
            "user": self.user.payload(),
            "authorizing_integration_owners": self.owners,
        }
        if self.kind == MESSAGE_COMPONENT and self.source_message:
            metadata["interacted_message_id"] = self.source_message.id
        if self.kind == MODAL_SUBMIT and self.parent:
            metadata["triggering_interaction_metadata"] = self.parent.metadata
        if target := self.data.get("target_id"):
            user = self.data["resolved"].get("users", {}).get(target)
            metadata |= {"target_user": user} if user else {"target_message_id": target}
        return metadata


class Interactions:
    """The latest interactions, and the app's responses and follow-ups to them."""

    def __init__(self, state: DiscordState, messages: MessageWriter, application_id: str) -> None:
        self._state = state
        self._messages = messages
        self._application_id = application_id
        self._by_token: OrderedDict[str, Interaction] = OrderedDict()

    def add(self, interaction: Interaction) -> None:
        """Let the app respond to it."""
        self._by_token[interaction.token] = interaction
        if len(self._by_token) > MAX_INTERACTIONS:
            self._by_token.popitem(last=False)

    def all(self) -> list[Interaction]:
        """The latest interactions, oldest first."""
        return list(self._by_token.values())

    def wake_waiters(self) -> None:
        """Wake the tasks that wait for a response, after the clock moved."""
        for interaction in self._by_token.values():
            if interaction.response_type is None:
                interaction.changes.notify()

    def is_expired(self, interaction: Interaction) -> bool:
        """Whether the app missed the deadline for the first response."""
        age = self._state.clock() - interaction.created_at
        return interaction.response_type is None and age >= RESPONSE_DEADLINE

    def respond(self, interaction_id: str, token: str, body: Any, uploads: list[Upload]) -> Json:
        """The first response, POST …/callback. Returns the body for `with_response`.

        Raises ApiError; the app may respond again after a refused response.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id or self.is_expired(interaction):
            raise ApiError(10062)
        if interaction.response_type is not None:
            raise ApiError(40060)
        errors = ErrorCollector()
        shape = ObjectOf(
            {"type": OneOf(interaction.allowed_responses, required=True), "data": AnyValue()},
            required=True,
        )
        validate(errors, (), shape, body)
        errors.raise_if_any()
        kind: int = body["type"]
        self._apply_response(interaction, kind, body.get("data"), uploads)
        interaction.response_type = kind
        interaction.changes.notify()
        self._state.changes.notify()
        return self._callback_response(interaction)

    def _apply_response(
        self, interaction: Interaction, kind: int, data: Any, uploads: list[Upload]
    ) -> None:
        source = interaction.source_message
        if kind == CHANNEL_MESSAGE:
            message = self._send_message(interaction, data, uploads, path=("data",))
            interaction.original_response = message
        elif kind == DEFERRED_MESSAGE:
            _check_flags(data)
            flags = ((data or {}).get("flags") or 0) | LOADING
            message = self._create_message(interaction, flags)
            interaction.original_response = self._messages.create(message, {}, [])
            interaction.messages.append(message)
        elif kind == AUTOCOMPLETE_RESULT:
            check_choices(interaction.focused_type, data)
            interaction.choices = data.get("choices") or []
        elif kind == MODAL:
            errors = ErrorCollector()
            check_modal(errors, data)
            errors.raise_if_any()
            parts = self._messages.normalise_components(data["components"])
            interaction.modal = {**data, "components": parts}
        elif source is None or source.deleted:
            raise ApiError(10008)
        elif kind == UPDATE_MESSAGE:
            interaction.original_response = self._messages.edit(source, data, uploads)
        else:
            interaction.original_response = source

    def _create_message(self, interaction: Interaction, flags: int, **known: Any) -> Message:
        root, source = interaction.parent or interaction, interaction.source_message
        from_menu = "target_id" in root.data
        fields: Json = {
            "type": CONTEXT_MENU_RESPONSE if from_menu else COMMAND_RESPONSE,
            "flags": flags,
            "application_id": self._application_id,
            "webhook_id": self._application_id,
            "interaction_metadata": interaction.metadata,
        }
        if source is not None:
            fields |= {"type": REPLY, "message_reference": _message_reference(source)}
        fields |= known
        data = self._messages.empty_payload(interaction.channel, self._state.bot, **fields)
        invoked = (root.user.name, root.command) if root.command else None
        seen_by = interaction.user if flags & EPHEMERAL else None
        return Message(data, interaction.channel, visible_only_to=seen_by, invoked_command=invoked)

    def _send_message(
        self,
        interaction: Interaction,
        body: Any,
        uploads: list[Upload],
        path: tuple[str, ...] = (),
        **known: Any,
    ) -> Message:
        kept, names = self._messages.partition_attachments(body, uploads, interaction.channel)
        check_message(
            body,
            uploaded=names,
            kept=kept,
            flags=RESPONSE_FLAGS,
            path=path,
            emoji_ids=self._messages.emoji.by_id,
        )
        check_command_mentions(body, self._state.commands)
        message = self._create_message(interaction, body.get("flags") or 0, **known)
        interaction.messages.append(message)
        return self._messages.create(message, body, uploads)

    def _callback_response(self, interaction: Interaction) -> Json:
        payload: Json = {"id": interaction.id, "type": interaction.kind}
        payload["channel_id"] = interaction.channel.id
        if interaction.channel.guild:
            payload["guild_id"] = interaction.channel.guild.id
        message = interaction.original_response
        if message is None:
            return {"interaction": payload}
        payload["response_message_id"] = message.id
        payload["response_message_loading"] = bool(message.flags & LOADING)
        payload["response_message_ephemeral"] = bool(message.flags & EPHEMERAL)
        if interaction.response_type not in (CHANNEL_MESSAGE, UPDATE_MESSAGE):
            return {"interaction": payload}
        resource = {"type": interaction.response_type, "message": message.data}
        return {"interaction": payload, "resource": resource}

    def find_by_webhook(self, application_id: str, token: str) -> Interaction:
        """The interaction of a webhook token. Raises ApiError 10015 or 50027."""
        interaction = self._by_token.get(token)
        if application_id != self._application_id or interaction is None:
            raise ApiError(10015)
        if self._state.clock() - interaction.created_at >= TOKEN_LIFETIME:
            raise ApiError(50027)
        if interaction.response_type is None or interaction.response_type == AUTOCOMPLETE_RESULT:
            raise ApiError(10015)
        return interaction

    def create_follow_up(
        self, interaction: Interaction, body: Any, uploads: list[Upload]
    ) -> Message:
        """Send another message, or fill a deferred response. Raises ApiError."""
        original = interaction.original_response
        if original is not None and not original.deleted and original.flags & LOADING:
            return self.edit_message(interaction, original, body, uploads, RESPONSE_FLAGS)
        if not interaction.channel.has_bot and interaction.follow_up_count >= MAX_FOLLOW_UPS:
            raise ApiError(40094)
        reply: Json = {}
        if original is not None and not original.deleted:
            reply = {"type": REPLY, "message_reference": _message_reference(original)}
        message = self._send_message(interaction, body, uploads, **reply)
        interaction.follow_up_count += 1
        interaction.changes.notify()
        return message

    def find_message(self, interaction: Interaction, message_id: str) -> Message:
        """A message that the webhook may read, edit and delete. Raises ApiError 10008."""
        original = interaction.original_response
        if message_id == "@original":
            message_id = original.id if original else ""
        for message in [*interaction.messages, *([original] if original else [])]:
            if message.id == message_id and not message.deleted:
                return message
        raise ApiError(10008)

    def edit_message(
        self,
        interaction: Interaction,
        message: Message,
        body: Any,
        uploads: list[Upload],
        flags: int = EDIT_FLAGS,
    ) -> Message:
        """Edit one of the interaction's messages. Raises ApiError."""
        edited = self._messages.edit(message, body, uploads, flags)
        interaction.changes.notify()
        return edited

    def delete_message(self, interaction: Interaction, message: Message) -> None:
        """Delete one of the interaction's messages."""
        self._state.delete_message(message)
        interaction.changes.notify()


def _check_flags(data: Any) -> None:
    """A deferred response may only set the ephemeral flag."""
    errors = ErrorCollector()
    validate(errors, ("data",), ObjectOf({"flags": OneOf((0, EPHEMERAL))}), data)
    errors.raise_if_any()


def _message_reference(message: Message) -> Json:
    reference = {"type": 0, "channel_id": message.channel.id, "message_id": message.id}
    return reference | ({"guild_id": message.channel.guild.id} if message.channel.guild else {})
