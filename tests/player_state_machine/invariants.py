"""What must hold after every step: replies, panels and API calls agree with the services."""

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
from tests.player_state_machine.user_action import UserAction

# The most API calls of an undisturbed action, and the reads of the player among them: one before,
# one after, at most one more, and one for a panel that is refreshed.
MAX_CALLS, MAX_PLAYER_READS = 12, 4
# Commands whose replies everybody sees if the user shares replies.
SHAREABLE_COMMANDS = (
    "play", "pause", "resume", "next", "previous", "restart", "seek", "volume", "shuffle",
    "repeat", "queue", "now", "search", "recent", "top", "save",
)  # fmt: skip
# The bot can edit a panel for this long after its interaction.
EDIT_WINDOW_S = 14 * 60.0
# With stale state, the bot cannot distinguish a skip of a track that started this recently from no
# skip, unless it knows the previous item.
JUST_STARTED_MS = 5000
SKIP_VERBS = ("next", "previous", "queue", "jump", "restart")
# The bot computes these from the previous state, and does not read the new disallowed actions.
RELATIVE_VERBS = ("shuffle", "repeat", "seek", "volume")
# A panel whose time is this much older than the step does not claim to be current.
AS_OF_TOLERANCE_S = 1.0
_NON_IDEMPOTENT_PATHS = ("me/player/next", "me/player/previous", "me/player/queue")


@dataclass
class PanelState:
    """What the invariants remember between steps.

    sharers        users who share their replies
    public_owners  ID of a public message → the user whose reply it is
    latest_panels  user → their latest panel, and the time of its interaction
    stale          users whose player changed elsewhere since their panel was drawn
    """

    sharers: set[str] = field(default_factory=set)
    public_owners: dict[str, str] = field(default_factory=dict)
    latest_panels: dict[str, tuple[Message, float]] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)


class PlayerInvariants:
    """Compares each step's messages and API calls with the simulated services."""

    def __init__(self, env: PlayerEnvironment) -> None:
        self._env = env
        self.state = PanelState()
        self._secrets = {user: set(_secrets_of(env, user)) for user in USERS}
        self.snapshot()

    def compare(self, user: str) -> PlayerComparison:
        return PlayerComparison(self._env.spotify, user)

    def snapshot(self) -> None:
        """Record the messages, calls and settings before a step."""
        self._edit_counts = {id(post): post.edit_count for post in self._env.posts()}
        self._parsed_messages = {id(post): parse_message(post.data) for post in self._env.posts()}
        self._call_count = len(self._env.spotify.calls)
        self._interaction_ids = {
            interaction.id for interaction in self._env.discord.interactions.all()
        }
        self._step_started_at = self._env.clock()
        self._sharing_before = set(self.state.sharers)
        accounts = self._env.spotify.accounts
        self._just_started = {
            user: accounts[user].player.progress < JUST_STARTED_MS for user in USERS
        }

    def check(self, action: UserAction) -> None:
        """Check all that happened since `snapshot`. Raises AssertionError."""
        interactions = [
            interaction
            for interaction in self._env.discord.interactions.all()
            if interaction.id not in self._interaction_ids
        ]
        calls = self._env.spotify.calls[self._call_count :]
        changed = [
            post for post in self._env.posts() if self._edit_counts.get(id(post)) != post.edit_count
        ]
        self._check_responses(interactions, action)
        self._check_calls(calls, action)
        pressed_before = self._parsed_messages.get(id(action.pressed))
        for post in changed:
            text = visible_text(post.data)
            assert not post.failed, f"{action}: no response in time"
            assert "Something went wrong" not in text, f"{action}: {text}"
            message = parse_message(post.data)
            if not action.user:
                assert message.kind == "panel", f"unsolicited message: {text}"
            self._check_visibility(post, action)
            lost_its_select = (
                post is action.pressed and message.kind == "words" and message == pressed_before
            )
            if not lost_its_select:
                self._check_content(post, message, action, calls)
        self._check_panels(changed, action, calls)
        self.snapshot()

    # ---- responses

    def _check_responses(self, interactions: list[Interaction], action: UserAction) -> None:
        updated = any(interaction.response_type == UPDATE_MESSAGE for interaction in interactions)
        for interaction in interactions:
            replies = [post for post in interaction.messages if not post.deleted]
            pressed = interaction.source_message
            edits = pressed.edit_count - interaction.source_edits_before if pressed else 0
            assert not any(post.flags & LOADING for post in replies), f"{action}: still thinking"
            if interaction.response_type == DEFERRED_MESSAGE:
                limit = 2 if action.custom_id.startswith("item:share") else 1
                assert 1 <= len(replies) <= limit, f"{action}: {len(replies)} replies"
                continue
            assert interaction.response_type in (DEFERRED_UPDATE, UPDATE_MESSAGE), (
                f"{action}: {interaction.response_type}"
            )
            assert len(replies) <= 1, f"{action}: {len(replies)} replies"
            # Progress is shown by further edits of an updated message.
            assert edits <= 1 or updated, f"{action}: edited {edits} times"
            assert edits or replies or len(interactions) > 1, f"{action}: no visible result"

    # ---- API calls

    def _check_calls(self, calls: list[Call], action: UserAction) -> None:
        writes = [call for call in calls if call.method != "GET"]
        others = {call.account for call in writes} - {action.user}
        assert not others, f"{action} changed the accounts {others}"
        executed = Counter((c.method, c.path, str(c.query)) for c in writes if c.executed)
        accepted = [call for call in writes if not 400 <= call.status < 500]
        sent = Counter((c.method, c.path, str(c.query)) for c in accepted)
        for (_, path, _), times in (sent if action.undisturbed else executed).items():
            adds_several = action.queues_many or "queue add" in action.line
            several = (path == "me/player/queue" and adds_several) or (
                path == "me/player/next" and action.verb == "jump"
            )
            may_repeat = path not in _NON_IDEMPOTENT_PATHS and not action.undisturbed
            assert times == 1 or several or may_repeat, f"{action} sent {path} {times} times"
        if action.undisturbed and not action.queues_many and action.verb != "jump":
            assert len(calls) <= MAX_CALLS, f"{action} made {len(calls)} calls: {calls}"
            reads = sum((c.method, c.path) == ("GET", "me/player") for c in calls)
            assert reads <= MAX_PLAYER_READS, f"{action} read the player {reads} times"

    # ---- visibility

    def _check_visibility(self, post: Message, action: UserAction) -> None:
        text, message = visible_text(post.data), parse_message(post.data)
        if post.visible_only_to is None and len(post.channel.members) > 1:
            if id(post) in self._edit_counts and post.id in self.state.public_owners:
                owner = self.state.public_owners[post.id]
                assert action.user in (owner, ""), f"{action} changed the message of {owner}"
                return
            assert self._can_share(action), f"{action} was shown to everybody: {text}"
            if message.kind == "words":
                assert refusal_checks.reports_success(message.text), (
                    f"{action} showed an error to everybody: {message.text}"
                )
            self.state.public_owners[post.id] = action.user
            return
        if message.kind == "another's":  # a copy of a public panel
            return
        reader = post.visible_only_to.name if post.visible_only_to else post.channel.members[0].name
        data = json.dumps(post.data)
        for user in USERS:
            if user != reader:
                leaked = {secret for secret in self._secrets[user] if secret in data}
                assert not leaked, f"{action} showed {reader} data of {user}: {leaked}"

    def _can_share(self, action: UserAction) -> bool:
        if action.custom_id.startswith("item:share"):
            return True
        if action.command == "now" and "share:" in action.line:
            return "share:true" in action.line
        return action.command in SHAREABLE_COMMANDS and action.user in self._sharing_before

    # ---- content

    def _check_content(
        self, post: Message, message: ParsedMessage, action: UserAction, calls: list[Call]
    ) -> None:
        if self._is_ambiguous(action):
            self.state.stale.add(action.user)
            return
        errors: list[str] = []
        match message.kind:
            case "panel" if (
                self._is_final(message)
                or self._is_redrawn(message, calls)
                or (post is not action.pressed and self._may_lag(action))
            ):
                pass
            case "panel":
                assert message.owner_id is not None
                errors = self.compare(self._env.user_name(message.owner_id)).compare_panel(
                    message,
                    with_progress=not self._is_outdated(message),
                    with_buttons=action.verb not in RELATIVE_VERBS,
                )
            case "queue":
                errors = self.compare(action.user).compare_queue(message)
            case "devices" if action.custom_id != "device:default":  # makes no call
                errors = self.compare(action.user).compare_devices(message)
            case "words" if not refusal_checks.reports_success(message.text):
                errors = refusal_checks.find_refusal_errors(
                    message.text, self.compare(action.user), action.undisturbed, calls
                )
            case "card" | "words" if not action.custom_id.startswith("set:"):
                errors = self.compare(action.user).compare_reply(message)
        assert not errors, f"{action}: {errors} in\n{visible_text(post.data)}"

    def _is_ambiguous(self, action: UserAction) -> bool:
        """Whether stale state cannot tell the item before a skip from the item after it."""
        skips_new_item = self._just_started.get(action.user, False) and action.verb in SKIP_VERBS
        return "late" in action.disturbance and (skips_new_item or "shuffle:" in action.line)

    def _may_lag(self, action: UserAction) -> bool:
        """Whether a panel refreshed after this action may show the state before it."""
        return action.disturbance == "very late" or (
            "late" in action.disturbance and self._just_started.get(action.user, False)
        )

    def _is_redrawn(self, message: ParsedMessage, calls: list[Call]) -> bool:
        """Whether a panel is out of date, and only its next songs changed, after a queue read."""
        owner = self._env.user_name(message.owner_id or "")
        paths = {call.path for call in calls if call.account == owner}
        return owner in self.state.stale and paths == {"me/player/queue"}

    def _is_final(self, message: ParsedMessage) -> bool:
        """Whether the panel shows a past time and will not be refreshed."""
        return self._is_outdated(message) and not message.live

    def _is_outdated(self, message: ParsedMessage) -> bool:
        return (
            message.as_of is not None and message.as_of <= self._step_started_at - AS_OF_TOLERANCE_S
        )

    # ---- latest panels

    def _check_panels(self, edited: list[Message], action: UserAction, calls: list[Call]) -> None:
        state, now = self.state, self._env.clock()
        for post in edited:
            message = parse_message(post.data)
            if message.kind != "panel" or message.owner_id is None:
                continue
            owner = self._env.user_name(message.owner_id)
            by_owner = action.command == "now" or action.pressed is post
            if action.user == owner and by_owner:
                state.latest_panels[owner] = post, now
            is_latest = state.latest_panels.get(owner, (None, 0))[0] is post
            if is_latest and not (self._is_ambiguous(action) or self._is_redrawn(message, calls)):
                (state.stale.add if self._is_final(message) else state.stale.discard)(owner)
        for owner, (post, since) in list(state.latest_panels.items()):
            if now - since >= EDIT_WINDOW_S - 1 or post.deleted:
                del state.latest_panels[owner]
                continue
            transferred = any((call.method, call.path) == ("PUT", "me/player") for call in calls)
            unpredictable = transferred or "shuffle:" in action.line or not action.undisturbed
            lags = post is not action.pressed and self._may_lag(action)
            if owner == action.user and (lags or (unpredictable and post not in edited)):
                state.stale.add(owner)
            message = parse_message(post.data)
            if owner in state.stale or (self._is_final(message) and owner != action.user):
                continue
            if self.compare(owner).player.progress < 2000 and post not in edited:
                continue  # the next track has just started, and the refresh is due
            errors = self.compare(owner).compare_panel(message, with_progress=False)
            assert not errors, f"{action}: {owner}'s panel: {errors} in\n{visible_text(post.data)}"


def _secrets_of(env: PlayerEnvironment, user: str) -> Iterator[str]:
    """The user's account ID, devices, private playlists and tokens."""
    account = env.spotify.accounts[user]
    yield account.id
    for device in account.player.devices:
        yield device.name
        if device.id:
            yield device.id
    for playlist in account.playlists:
        if playlist and playlist.owner == user and not (playlist.public or playlist.collaborative):
            yield playlist.id
    tokens = env.spotify.state.tokens
    yield from (token for token, grant in tokens._access_tokens.items() if grant.account == user)
    yield from (token for token, grant in tokens._consents.items() if grant.account == user)
