"""The life of an interaction: three seconds to answer, fifteen minutes to follow up."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from sandbox.changes import Changes
from sandbox.discord.api_error import ApiError, Form
from sandbox.discord.bodies import Upload
from sandbox.discord.layout import check_modal
from sandbox.discord.messages import COMMAND_ANSWER, MENU_ANSWER, REPLY, Messages
from sandbox.discord.rules import ANSWER_FLAGS, EDIT_FLAGS, check_choices, check_message
from sandbox.discord.shapes import Anything, OneOf, Shape, check
from sandbox.discord.world import EPHEMERAL, LOADING, Channel, Json, Post, User, World

FIRST_ANSWER = 3.0  # seconds
TOKEN_LIFE = 15 * 60.0
KEPT_INTERACTIONS = 5000
MAX_FOLLOW_UPS = 5  # where the bot is no member

SLASH, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, THINKING, LATER, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
# which callback types answer which interaction; a modal that came from a message may update it
ANSWERS = {
    SLASH: (MESSAGE, THINKING, MODAL),
    COMPONENT: (MESSAGE, THINKING, LATER, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (MESSAGE, THINKING),
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
    created: float
    command: str = ""
    focused_type: int = 3
    pressed: Post | None = None
    parent: Interaction | None = None
    changes: Changes = field(default_factory=Changes)
    answer: int | None = None
    original: Post | None = None
    posts: list[Post] = field(default_factory=list)
    follow_ups: int = 0
    choices: list[Json] = field(default_factory=list)
    modal: Json | None = None
    edits_before: int = 0

    def __repr__(self) -> str:
        return f"<Interaction {self.id} of kind {self.kind} by {self.user.name}>"

    @property
    def allowed_answers(self) -> tuple[int, ...]:
        updates = (LATER, UPDATE) if self.kind == MODAL_SUBMIT and self.pressed else ()
        return ANSWERS[self.kind] + updates

    @property
    def metadata(self) -> Json:
        """What a message says about the interaction that it answers."""
        about: Json = {
            "id": self.id,
            "type": self.kind,
            "user": self.user.payload(),
            "authorizing_integration_owners": self.owners,
        }
        if self.kind == COMPONENT and self.pressed:
            about["interacted_message_id"] = self.pressed.id
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

    def __init__(self, world: World, messages: Messages, application_id: str) -> None:
        self._world = world
        self._messages = messages
        self._application_id = application_id
        self._by_token: OrderedDict[str, Interaction] = OrderedDict()

    def open(self, interaction: Interaction) -> None:
        """From now on the app may answer it."""
        self._by_token[interaction.token] = interaction
        if len(self._by_token) > KEPT_INTERACTIONS:
            self._by_token.popitem(last=False)

    def all(self) -> list[Interaction]:
        """Those of late, oldest first."""
        return list(self._by_token.values())

    def wake(self) -> None:
        """Tell all who wait for an answer that time has moved."""
        for interaction in self._by_token.values():
            if interaction.answer is None:
                interaction.changes.note()

    def late(self, interaction: Interaction) -> bool:
        """Whether the first answer did not come in time."""
        age = self._world.clock() - interaction.created
        return interaction.answer is None and age >= FIRST_ANSWER

    def first_answer(
        self, interaction_id: str, token: str, body: Any, uploads: list[Upload]
    ) -> Json:
        """The first answer, POST …/callback. Returns what `with_response` asks for.

        Raises ApiError; an answer that was refused may be tried again.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id or self.late(interaction):
            raise ApiError(10062)
        if interaction.answer is not None:
            raise ApiError(40060)
        form = Form()
        shape = Shape(
            {"type": OneOf(interaction.allowed_answers, required=True), "data": Anything()},
            required=True,
        )
        check(form, (), shape, body)
        form.close()
        kind: int = body["type"]
        self._take(interaction, kind, body.get("data"), uploads)
        interaction.answer = kind
        interaction.changes.note()
        self._world.changes.note()
        return self._response(interaction)

    def _take(self, interaction: Interaction, kind: int, data: Any, uploads: list[Upload]) -> None:
        pressed = interaction.pressed
        if kind == MESSAGE:
            interaction.original = self._send(interaction, data, uploads, path=("data",))
        elif kind == THINKING:
            _check_flags(data)
            flags = ((data or {}).get("flags") or 0) | LOADING
            post = self._post(interaction, flags)
            interaction.original = self._messages.write(post, {}, [])
            interaction.posts.append(post)
        elif kind == CHOICES:
            check_choices(interaction.focused_type, data)
            interaction.choices = data.get("choices") or []
        elif kind == MODAL:
            form = Form()
            check_modal(form, data)
            form.close()
            parts = self._messages.render(data["components"])
            interaction.modal = {**data, "components": parts}
        elif pressed is None or pressed.gone:
            raise ApiError(10008)
        elif kind == UPDATE:
            interaction.original = self._messages.edit(pressed, data, uploads)
        else:
            interaction.original = pressed

    def _post(self, interaction: Interaction, flags: int, **known: Any) -> Post:
        root, pressed = interaction.parent or interaction, interaction.pressed
        menu = root.data.get("type") in (2, 3)
        about: Json = {
            "type": MENU_ANSWER if menu else COMMAND_ANSWER,
            "flags": flags,
            "application_id": self._application_id,
            "webhook_id": self._application_id,
            "interaction_metadata": interaction.metadata,
        }
        if pressed is not None:
            about |= {"type": REPLY, "message_reference": _reference(pressed)}
        data = self._messages.blank(interaction.channel, self._world.bot, **(about | known))
        invoked = (root.user.name, root.command) if root.command else None
        seen_by = interaction.user if flags & EPHEMERAL else None
        return Post(data, interaction.channel, seen_by=seen_by, invoked=invoked)

    def _send(
        self,
        interaction: Interaction,
        body: Any,
        uploads: list[Upload],
        path: tuple[str, ...] = (),
        **known: Any,
    ) -> Post:
        kept, names = self._messages.sort_attachments(body, uploads)
        check_message(body, uploaded=names, kept=kept, flags=ANSWER_FLAGS, path=path)
        post = self._post(interaction, body.get("flags") or 0, **known)
        interaction.posts.append(post)
        return self._messages.write(post, body, uploads)

    def _response(self, interaction: Interaction) -> Json:
        about: Json = {"id": interaction.id, "type": interaction.kind}
        about["channel_id"] = interaction.channel.id
        if interaction.channel.guild:
            about["guild_id"] = interaction.channel.guild.id
        post = interaction.original
        if post is None:
            return {"interaction": about}
        about["response_message_id"] = post.id
        about["response_message_loading"] = bool(post.flags & LOADING)
        about["response_message_ephemeral"] = bool(post.flags & EPHEMERAL)
        if interaction.answer not in (MESSAGE, UPDATE):
            return {"interaction": about}
        resource = {"type": interaction.answer, "message": post.data}
        return {"interaction": about, "resource": resource}

    def by_webhook(self, application_id: str, token: str) -> Interaction:
        """The interaction behind a webhook. Raises ApiError 10015 or 50027."""
        interaction = self._by_token.get(token)
        if application_id != self._application_id or interaction is None:
            raise ApiError(10015)
        if self._world.clock() - interaction.created >= TOKEN_LIFE:
            raise ApiError(50027)
        if interaction.answer is None or interaction.answer == CHOICES:
            raise ApiError(10015)
        return interaction

    def follow_up(self, interaction: Interaction, body: Any, uploads: list[Upload]) -> Post:
        """Another message; straight after "thinking…" it becomes the answer. Raises ApiError."""
        original = interaction.original
        if original is not None and not original.gone and original.flags & LOADING:
            return self.edit(interaction, original, body, uploads, ANSWER_FLAGS)
        if not interaction.channel.bot_inside and interaction.follow_ups >= MAX_FOLLOW_UPS:
            raise ApiError(40094)
        about: Json = {}
        if original is not None and not original.gone:
            about = {"type": REPLY, "message_reference": _reference(original)}
        post = self._send(interaction, body, uploads, **about)
        interaction.follow_ups += 1
        interaction.changes.note()
        return post

    def message(self, interaction: Interaction, message_id: str) -> Post:
        """The message that a webhook may read, edit and delete. Raises ApiError 10008."""
        original = interaction.original
        if message_id == "@original":
            message_id = original.id if original else ""
        mine = [*interaction.posts, *([original] if original else [])]
        for post in mine:
            if post.id == message_id and not post.gone:
                return post
        raise ApiError(10008)

    def edit(
        self,
        interaction: Interaction,
        post: Post,
        body: Any,
        uploads: list[Upload],
        flags: int = EDIT_FLAGS,
    ) -> Post:
        """Change one of the interaction's messages. Raises ApiError."""
        edited = self._messages.edit(post, body, uploads, flags)
        interaction.changes.note()
        return edited

    def delete(self, interaction: Interaction, post: Post) -> None:
        """Take one of the interaction's messages away."""
        self._world.remove(post)
        interaction.changes.note()


def _check_flags(data: Any) -> None:
    """A deferral says nothing but whether the answer will be ephemeral."""
    form = Form()
    check(form, ("data",), Shape({"flags": OneOf((0, EPHEMERAL))}), data)
    form.close()


def _reference(post: Post) -> Json:
    about = {"type": 0, "channel_id": post.channel.id, "message_id": post.id}
    return about | ({"guild_id": post.channel.guild.id} if post.channel.guild else {})
