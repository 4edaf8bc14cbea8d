"""The life of an interaction: three seconds to answer, fifteen minutes to follow up."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from sandbox.discord.api_error import ApiError, ErrorCollector
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
MAX_FOLLOW_UPS = 5  # where the bot is no member

APPLICATION_COMMAND, MESSAGE_COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
CHANNEL_MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE_MESSAGE, AUTOCOMPLETE_RESULT, MODAL = (
    4,
    5,
    6,
    7,
    8,
    9,
)
# which callback types answer which interaction; a modal that came from a message may update it
ALLOWED_RESPONSES = {
    APPLICATION_COMMAND: (CHANNEL_MESSAGE, DEFERRED_MESSAGE, MODAL),
    MESSAGE_COMPONENT: (CHANNEL_MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE_MESSAGE, MODAL),
    AUTOCOMPLETE: (AUTOCOMPLETE_RESULT,),
    MODAL_SUBMIT: (CHANNEL_MESSAGE, DEFERRED_MESSAGE),
}


@dataclass(eq=False, repr=False)
class Interaction:
    """Something that a person did, and what the app has made of it so far."""

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
        updates = (
            (DEFERRED_UPDATE, UPDATE_MESSAGE)
            if self.kind == MODAL_SUBMIT and self.source_message
            else ()
        )
        return ALLOWED_RESPONSES[self.kind] + updates

    @property
    def metadata(self) -> Json:
        """What a message says about the interaction that it answers."""
        about: Json = {
            "id": self.id,
            "type": self.kind,
            "user": self.user.payload(),
            "authorizing_integration_owners": self.owners,
        }
        if self.kind == MESSAGE_COMPONENT and self.source_message:
            about["interacted_message_id"] = self.source_message.id
        if self.kind == MODAL_SUBMIT and self.parent:
            about["triggering_interaction_metadata"] = self.parent.metadata
        if "target_id" in self.data:
            self._add_target(about)
        return about

    def _add_target(self, about: Json) -> None:
        target = self.data["target_id"]
        if self.data["type"] == 2:
            about["target_user"] = self.data["resolved"]["users"][target]
        else:
            about["target_message_id"] = target


class Interactions:
    """All interactions of late, by id and by token, and what the app may do with them."""

    def __init__(self, state: DiscordState, messages: MessageWriter, application_id: str) -> None:
        self._state = state
        self._messages = messages
        self._application_id = application_id
        self._by_token: OrderedDict[str, Interaction] = OrderedDict()

    def add(self, interaction: Interaction) -> None:
        """From now on the app may answer it."""
        self._by_token[interaction.token] = interaction
        if len(self._by_token) > MAX_INTERACTIONS:
            self._by_token.popitem(last=False)

    def all(self) -> list[Interaction]:
        """Those of late, oldest first."""
        return list(self._by_token.values())

    def wake_waiters(self) -> None:
        """Tell all who wait for an answer that time has moved."""
        for interaction in self._by_token.values():
            if interaction.response_type is None:
                interaction.changes.notify()

    def is_expired(self, interaction: Interaction) -> bool:
        """Whether the first answer did not come in time."""
        age = self._state.clock() - interaction.created_at
        return interaction.response_type is None and age >= RESPONSE_DEADLINE

    def respond(self, interaction_id: str, token: str, body: Any, uploads: list[Upload]) -> Json:
        """The first answer, POST …/callback. Returns what `with_response` asks for.

        Raises ApiError; an answer that was refused may be tried again.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id or self.is_expired(interaction):
            raise ApiError(10062)
        if interaction.response_type is not None:
            raise ApiError(40060)
        form = ErrorCollector()
        shape = ObjectOf(
            {"type": OneOf(interaction.allowed_responses, required=True), "data": AnyValue()},
            required=True,
        )
        validate(form, (), shape, body)
        form.raise_if_any()
        kind: int = body["type"]
        self._apply_response(interaction, kind, body.get("data"), uploads)
        interaction.response_type = kind
        interaction.changes.notify()
        self._state.changes.notify()
        return self._callback_response(interaction)

    def _apply_response(
        self, interaction: Interaction, kind: int, data: Any, uploads: list[Upload]
    ) -> None:
        pressed = interaction.source_message
        if kind == CHANNEL_MESSAGE:
            interaction.original_response = self._send_message(
                interaction, data, uploads, path=("data",)
            )
        elif kind == DEFERRED_MESSAGE:
            _check_flags(data)
            flags = ((data or {}).get("flags") or 0) | LOADING
            post = self._create_message(interaction, flags)
            interaction.original_response = self._messages.create(post, {}, [])
            interaction.messages.append(post)
        elif kind == AUTOCOMPLETE_RESULT:
            check_choices(interaction.focused_type, data)
            interaction.choices = data.get("choices") or []
        elif kind == MODAL:
            form = ErrorCollector()
            check_modal(form, data)
            form.raise_if_any()
            parts = self._messages.normalise_components(data["components"])
            interaction.modal = {**data, "components": parts}
        elif pressed is None or pressed.deleted:
            raise ApiError(10008)
        elif kind == UPDATE_MESSAGE:
            interaction.original_response = self._messages.edit(pressed, data, uploads)
        else:
            interaction.original_response = pressed

    def _create_message(self, interaction: Interaction, flags: int, **known: Any) -> Message:
        root, pressed = interaction.parent or interaction, interaction.source_message
        menu = root.data.get("type") in (2, 3)
        about: Json = {
            "type": CONTEXT_MENU_RESPONSE if menu else COMMAND_RESPONSE,
            "flags": flags,
            "application_id": self._application_id,
            "webhook_id": self._application_id,
            "interaction_metadata": interaction.metadata,
        }
        if pressed is not None:
            about |= {"type": REPLY, "message_reference": _message_reference(pressed)}
        data = self._messages.empty_payload(interaction.channel, self._state.bot, **(about | known))
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
        kept, names = self._messages.partition_attachments(body, uploads)
        check_message(body, uploaded=names, kept=kept, flags=RESPONSE_FLAGS, path=path)
        post = self._create_message(interaction, body.get("flags") or 0, **known)
        interaction.messages.append(post)
        return self._messages.create(post, body, uploads)

    def _callback_response(self, interaction: Interaction) -> Json:
        about: Json = {"id": interaction.id, "type": interaction.kind}
        about["channel_id"] = interaction.channel.id
        if interaction.channel.guild:
            about["guild_id"] = interaction.channel.guild.id
        post = interaction.original_response
        if post is None:
            return {"interaction": about}
        about["response_message_id"] = post.id
        about["response_message_loading"] = bool(post.flags & LOADING)
        about["response_message_ephemeral"] = bool(post.flags & EPHEMERAL)
        if interaction.response_type not in (CHANNEL_MESSAGE, UPDATE_MESSAGE):
            return {"interaction": about}
        resource = {"type": interaction.response_type, "message": post.data}
        return {"interaction": about, "resource": resource}

    def find_by_webhook(self, application_id: str, token: str) -> Interaction:
        """The interaction behind a webhook. Raises ApiError 10015 or 50027."""
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
        """Another message; straight after "thinking…" it becomes the answer. Raises ApiError."""
        original = interaction.original_response
        if original is not None and not original.deleted and original.flags & LOADING:
            return self.edit_message(interaction, original, body, uploads, RESPONSE_FLAGS)
        if not interaction.channel.has_bot and interaction.follow_up_count >= MAX_FOLLOW_UPS:
            raise ApiError(40094)
        about: Json = {}
        if original is not None and not original.deleted:
            about = {"type": REPLY, "message_reference": _message_reference(original)}
        post = self._send_message(interaction, body, uploads, **about)
        interaction.follow_up_count += 1
        interaction.changes.notify()
        return post

    def find_message(self, interaction: Interaction, message_id: str) -> Message:
        """The message that a webhook may read, edit and delete. Raises ApiError 10008."""
        original = interaction.original_response
        if message_id == "@original":
            message_id = original.id if original else ""
        mine = [*interaction.messages, *([original] if original else [])]
        for post in mine:
            if post.id == message_id and not post.deleted:
                return post
        raise ApiError(10008)

    def edit_message(
        self,
        interaction: Interaction,
        message: Message,
        body: Any,
        uploads: list[Upload],
        flags: int = EDIT_FLAGS,
    ) -> Message:
        """Change one of the interaction's messages. Raises ApiError."""
        edited = self._messages.edit(message, body, uploads, flags)
        interaction.changes.notify()
        return edited

    def delete_message(self, interaction: Interaction, message: Message) -> None:
        """Take one of the interaction's messages away."""
        self._state.delete_message(message)
        interaction.changes.notify()


def _check_flags(data: Any) -> None:
    """A deferral says nothing but whether the answer will be ephemeral."""
    form = ErrorCollector()
    validate(form, ("data",), ObjectOf({"flags": OneOf((0, EPHEMERAL))}), data)
    form.raise_if_any()


def _message_reference(message: Message) -> Json:
    about = {"type": 0, "channel_id": message.channel.id, "message_id": message.id}
    return about | ({"guild_id": message.channel.guild.id} if message.channel.guild else {})
