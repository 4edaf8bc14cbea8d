"""What must hold after every step, whatever came before it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.discord.interactions import (
    DEFERRED_MESSAGE,
    DEFERRED_UPDATE,
    UPDATE_MESSAGE,
    Interaction,
)
from sandbox.discord.state import LOADING, Message
from sandbox.discord.visible_text import visible_text
from sandbox.spotify import Call
from tests.player_state_machine import refusal_checks
from tests.player_state_machine.message_parser import ParsedMessage, parse_message
from tests.player_state_machine.player_app import USERS, PlayerEnvironment
from tests.player_state_machine.player_comparison import PlayerComparison

# Calls that a press or a command may take where nothing goes wrong, and looks at the player among
# them: one before, one after, at most one more; and a panel that is drawn again.
MAX_CALLS, MAX_PLAYER_READS = 12, 4
# Commands whose replies everybody sees, where their user wants it so.
SHAREABLE_COMMANDS = (
    "play", "pause", "resume", "next", "previous", "restart", "seek", "volume", "shuffle",
    "repeat", "queue", "now", "search", "recent", "top", "save",
)  # fmt: skip
# A panel can be drawn again so many seconds after the interaction that it answers.
EDIT_WINDOW_S = 14 * 60.0
# A skip from what had begun so many milliseconds ago cannot be told from none, where the answers
# are late and the bot has not been told before what plays.
JUST_STARTED_MS = 5000
SKIP_ACTIONS = ("next", "previous", "queue", "restart")
# What these do is added to how it was before: what may be done after it is not looked at.
RELATIVE_ACTIONS = ("shuffle", "repeat", "seek", "volume")
# A panel that tells it is as of before that tells no more than it did.
AS_OF_TOLERANCE_S = 1.0
_NON_IDEMPOTENT_PATHS = ("me/player/next", "me/player/previous", "me/player/queue")


@dataclass(frozen=True)
class UserAction:
    """What somebody does: a command line, or a press on the button or choice with this id."""

    user: str = ""
    line: str = ""
    pressed: Message | None = None
    custom_id: str = ""
    disturbance: str = ""

    @property
    def command(self) -> str:
        return self.line.removeprefix("/").partition(" ")[0]

    @property
    def player_action(self) -> str:
        """What is to be done with the player."""
        if self.custom_id.startswith("queue:add"):
            return "queue"
        prefix, _, deed = self.custom_id.rpartition(":")
        pressed = prefix.startswith(("panel", "here", "again"))
        return deed.partition(" ")[0] if pressed else self.command

    @property
    def undisturbed(self) -> bool:
        """Whether Spotify does what it is told, at once."""
        return self.disturbance in ("", "twice", "duplicate")


@dataclass
class PanelState:
    """What the watch remembers from step to step.

    shares    who wants their replies seen by all
    public    messages that all may see, and whose they are
    latest    each person's latest panel, and when its interaction was
    astray    whose player was changed by something else since that was drawn
    """

    sharers: set[str] = field(default_factory=set)
    public_owners: dict[str, str] = field(default_factory=dict)
    latest_panels: dict[str, tuple[Message, float]] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)


class PlayerInvariants:
    def __init__(self, env: PlayerEnvironment) -> None:
        self._env = env
        self.state = PanelState()
        self.message_counts: Counter[str] = Counter()
        self._secrets = {user: set(_secrets_of(env, user)) for user in USERS}
        self.snapshot()

    def compare(self, user: str) -> PlayerComparison:
        return PlayerComparison(self._env.spotify, user)

    def snapshot(self) -> None:
        """Note how it is before a step."""
        self._edit_counts = {id(post): post.edit_count for post in self._env.posts()}
        self._parsed_messages = {id(post): parse_message(post.data) for post in self._env.posts()}
        self._call_count = len(self._env.spotify.calls)
        self._interaction_ids = {one.id for one in self._env.discord.interactions.all()}
        self._step_started_at = self._env.clock()
        self._sharing_before = set(self.state.sharers)
        accounts = self._env.spotify.accounts
        self._just_started = {
            user: accounts[user].player.progress < JUST_STARTED_MS for user in USERS
        }

    def check(self, act: UserAction) -> None:
        """Hold what has happened since `look` against all rules. Raises AssertionError."""
        world = self._env
        asked = [
            one for one in world.discord.interactions.all() if one.id not in self._interaction_ids
        ]
        self._pressed_text = self._parsed_messages.get(id(act.pressed))
        calls = world.spotify.calls[self._call_count :]
        touched = [
            post for post in world.posts() if self._edit_counts.get(id(post)) != post.edit_count
        ]
        updated = any(one.response_type == UPDATE_MESSAGE for one in asked)
        for interaction in asked:
            self._check_response(
                interaction, act, only_interaction=len(asked) == 1, updated=updated
            )
        self._check_calls(calls, act)
        for post in touched:
            assert not post.failed, f"{act}: no answer in time"
            assert "bug in Tonearm" not in visible_text(post.data), (
                f"{act}: {visible_text(post.data)}"
            )
            if not act.user:
                assert parse_message(post.data).kind == "panel", (
                    f"told unasked: {visible_text(post.data)}"
                )
            self._check_visibility(post, act)
            told = parse_message(post.data)
            answered = post is act.pressed and told.kind == "words" and told == self._pressed_text
            if not answered:  # a question, whose menu is gone
                self._check_content(post, told, act, calls)
        self._check_panels(touched, act, calls)
        self.snapshot()

    # ---- one answer

    def _check_response(
        self, interaction: Interaction, act: UserAction, *, only_interaction: bool, updated: bool
    ) -> None:
        there = [post for post in interaction.messages if not post.deleted]
        pressed = interaction.source_message
        edits = pressed.edit_count - interaction.source_edits_before if pressed else 0
        assert not any(post.flags & LOADING for post in there), f"{act}: still thinking"
        share = act.custom_id.startswith("item:share")
        if interaction.response_type == DEFERRED_MESSAGE:
            assert len(there) in ((1, 2) if share else (1,)), f"{act}: {len(there)} answers"
        else:
            assert interaction.response_type in (DEFERRED_UPDATE, UPDATE_MESSAGE), (
                f"{act}: {interaction.response_type}"
            )
            assert len(there) <= 1, f"{act}: {len(there)} answers"
            # An update tells that it is under way, and how far it is.
            assert edits <= 1 or updated, f"{act}: drawn {edits} times"
            assert edits or there or not only_interaction, f"{act}: nothing to see"

    # ---- Spotify's side

    def _check_calls(self, calls: list[Call], act: UserAction) -> None:
        writes = [call for call in calls if call.method != "GET"]
        others = {call.account for call in writes} - {act.user}
        assert not others, f"{act} changed what is {others}'s"
        done = Counter((c.method, c.path, str(c.query)) for c in writes if c.executed)
        taken = [call for call in writes if not 400 <= call.status < 500]
        sent = Counter((c.method, c.path, str(c.query)) for c in taken)
        heap = act.custom_id.startswith(("queue:add", "here:queue these", "again:queue these"))
        for (_, path, _), times in (sent if act.undisturbed else done).items():
            many = path == "me/player/queue" and (heap or "queue add" in act.line)
            once = times == 1 or many or (path not in _NON_IDEMPOTENT_PATHS and not act.undisturbed)
            assert once, f"{act} sent {path} {times} times"
        if act.undisturbed and not heap:
            assert len(calls) <= MAX_CALLS, f"{act} took {len(calls)} calls: {calls}"
            looks = sum((c.method, c.path) == ("GET", "me/player") for c in calls)
            assert looks <= MAX_PLAYER_READS, f"{act} looked {looks} times"

    # ---- who sees it

    def _check_visibility(self, post: Message, act: UserAction) -> None:
        model, text = self.state, json.dumps(post.data)
        if post.visible_only_to is None and len(post.channel.members) > 1:
            if id(post) in self._edit_counts and post.id in model.public_owners:
                owner = model.public_owners[post.id]
                assert act.user in (owner, ""), f"{act} changed what {owner} shows"
                return
            assert self._can_share(act), f"{act} was shown to everybody: {visible_text(post.data)}"
            told = parse_message(post.data)
            if told.kind == "words":
                assert refusal_checks.reports_success(told.text), (
                    f"{act} told everybody: {told.text}"
                )
            model.public_owners[post.id] = act.user
            return
        reader = post.visible_only_to.name if post.visible_only_to else post.channel.members[0].name
        copied = parse_message(post.data).kind == "another's"
        for user in USERS:
            if user != reader and not copied:
                found = {secret for secret in self._secrets[user] if secret in text}
                assert not found, f"{act} told {reader} of {user}: {found}"

    def _can_share(self, act: UserAction) -> bool:
        if act.custom_id.startswith("item:share"):
            return True
        if act.command == "now" and "share:" in act.line:
            return "share:true" in act.line
        return act.command in SHAREABLE_COMMANDS and act.user in self._sharing_before

    # ---- what was said

    def _check_content(
        self, post: Message, message: ParsedMessage, act: UserAction, calls: list[Call]
    ) -> None:
        if self._is_ambiguous(act):
            self.state.stale.add(act.user)
            return
        self.message_counts[message.text if message.kind == "words" else message.kind] += 1
        wrong: list[str] = []
        match message.kind:
            case "panel" if self._is_final(message) or (
                post is not act.pressed and self._may_lag(act)
            ):
                pass
            case "panel":
                assert message.owner_id is not None
                foretold = act.player_action not in RELATIVE_ACTIONS
                wrong = self.compare(self._env.user_name(message.owner_id)).compare_panel(
                    message, with_progress=not self._is_outdated(message), with_buttons=foretold
                )
            case "queue":
                wrong = self.compare(act.user).compare_queue(message)
            case "devices" if act.custom_id != "device:default":  # asks Spotify nothing
                wrong = self.compare(act.user).compare_devices(message)
            case "words" if not refusal_checks.reports_success(message.text):
                wrong = refusal_checks.find_refusal_errors(
                    message.text, self.compare(act.user), act.undisturbed, calls
                )
            case "card" | "words" if not act.custom_id.startswith("set:"):
                wrong = self.compare(act.user).compare_reply(message)
        assert not wrong, f"{act}: {wrong} in\n{visible_text(post.data)}"

    def _is_ambiguous(self, act: UserAction) -> bool:
        """Whether nobody can tell what was skipped from what plays."""
        begun = self._just_started.get(act.user, False) and act.player_action in SKIP_ACTIONS
        return "late" in act.disturbance and (begun or "shuffle:" in act.line)

    def _may_lag(self, act: UserAction) -> bool:
        """Whether a panel that is drawn after a command may show how it was before."""
        return act.disturbance == "very late" or (
            "late" in act.disturbance and self._just_started.get(act.user, False)
        )

    def _is_final(self, message: ParsedMessage) -> bool:
        """Whether it says that it is as of some time ago, and will not be drawn again."""
        return self._is_outdated(message) and not message.live

    def _is_outdated(self, message: ParsedMessage) -> bool:
        return (
            message.as_of is not None and message.as_of <= self._step_started_at - AS_OF_TOLERANCE_S
        )

    # ---- panels that are not pressed

    def _check_panels(self, edited: list[Message], act: UserAction, calls: list[Call]) -> None:
        model, now = self.state, self._env.clock()
        for post in edited:
            told = parse_message(post.data)
            if told.kind != "panel" or told.owner_id is None:
                continue
            owner = self._env.user_name(told.owner_id)
            fresh = act.user == owner and (act.command == "now" or act.pressed is post)
            if fresh:
                model.latest_panels[owner] = post, now
            if model.latest_panels.get(owner, (None, 0))[0] is post and not self._is_ambiguous(act):
                (model.stale.add if self._is_final(told) else model.stale.discard)(owner)
        for owner, (post, since) in list(model.latest_panels.items()):
            if now - since >= EDIT_WINDOW_S - 1 or post.deleted:
                del model.latest_panels[owner]
                continue
            moved = any(call.path == "me/player" and call.method == "PUT" for call in calls)
            moved = moved or "shuffle:" in act.line
            unseen = post is not act.pressed and self._may_lag(act)
            if owner == act.user and (
                unseen or ((moved or not act.undisturbed) and post not in edited)
            ):
                model.stale.add(owner)
            told = parse_message(post.data)
            if owner in model.stale or (self._is_final(told) and owner != act.user):
                continue
            if self.compare(owner).player.progress < 2000 and post not in edited:
                continue  # the next track has begun, and is waited for a moment longer
            wrong = self.compare(owner).compare_panel(told, with_progress=False)
            assert not wrong, f"{act}: {owner}'s panel: {wrong} in\n{visible_text(post.data)}"


def _secrets_of(env: PlayerEnvironment, user: str) -> Iterator[str]:
    account = env.spotify.accounts[user]
    yield account.id
    for device in account.player.devices:
        yield device.name
        if device.id:
            yield device.id
    mine = (one for one in account.playlists if one is not None and one.owner == user)
    yield from (one.id for one in mine if not one.public and not one.collaborative)
    tokens = env.spotify.state.tokens
    yield from (token for token, one in tokens._access_tokens.items() if one.account == user)
    yield from (token for token, one in tokens._consents.items() if one.account == user)
