"""What must hold after every step, whatever came before it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.discord.interactions import LATER, THINKING, UPDATE, Interaction
from sandbox.discord.reading import read
from sandbox.discord.world import LOADING, Post
from sandbox.spotify import Call
from tests.walking import refusals
from tests.walking.place import USERS, World
from tests.walking.said import Said, said
from tests.walking.truth import Truth

# Calls that a press or a command may take where nothing goes wrong, and looks at the player among
# them: one before, one after, at most one more; and a panel that is drawn again.
MOST_CALLS, MOST_LOOKS = 12, 4
# Commands whose replies everybody sees, where their user wants it so.
SHAREABLE = (
    "play", "pause", "resume", "next", "previous", "restart", "seek", "volume", "shuffle",
    "repeat", "queue", "now", "search", "recent", "top", "save",
)  # fmt: skip
# A panel can be drawn again so many seconds after the interaction that it answers.
EDITABLE = 14 * 60.0
# A skip from what had begun so many milliseconds ago cannot be told from none, where the answers
# are late and the bot has not been told before what plays.
BEGUN = 5000
SKIPS = ("next", "previous", "queue", "restart")
# What these do is added to how it was before: what may be done after it is not looked at.
BEFORE = ("shuffle", "repeat", "seek", "volume")
# A panel that tells it is as of before that tells no more than it did.
A_SECOND = 1.0
_ONCE = ("me/player/next", "me/player/previous", "me/player/queue")


@dataclass(frozen=True)
class Act:
    """What somebody does: a command line, or a press on the button or choice with this id."""

    user: str = ""
    line: str = ""
    pressed: Post | None = None
    custom_id: str = ""
    spice: str = ""

    @property
    def command(self) -> str:
        return self.line.removeprefix("/").partition(" ")[0]

    @property
    def verb(self) -> str:
        """What is to be done with the player."""
        if self.custom_id.startswith("queue:add"):
            return "queue"
        prefix, _, deed = self.custom_id.rpartition(":")
        pressed = prefix.startswith(("panel", "here", "again"))
        return deed.partition(" ")[0] if pressed else self.command

    @property
    def calm(self) -> bool:
        """Whether Spotify does what it is told, at once."""
        return self.spice in ("", "twice", "duplicate")


@dataclass
class Model:
    """What the watch remembers from step to step.

    shares    who wants their replies seen by all
    public    messages that all may see, and whose they are
    latest    each person's latest panel, and when its interaction was
    astray    whose player was changed by something else since that was drawn
    """

    shares: set[str] = field(default_factory=set)
    public: dict[str, str] = field(default_factory=dict)
    latest: dict[str, tuple[Post, float]] = field(default_factory=dict)
    astray: set[str] = field(default_factory=set)


class Watch:
    def __init__(self, world: World) -> None:
        self._world = world
        self.model = Model()
        self.seen: Counter[str] = Counter()
        self._secrets = {user: set(_secrets(world, user)) for user in USERS}
        self.look()

    def truth(self, user: str) -> Truth:
        return Truth(self._world.spotify, user)

    def look(self) -> None:
        """Note how it is before a step."""
        self._edits = {id(post): post.edits for post in self._world.posts()}
        self._words = {id(post): said(post.data) for post in self._world.posts()}
        self._calls = len(self._world.spotify.calls)
        self._asked = {one.id for one in self._world.discord.interactions.all()}
        self._since = self._world.clock()
        self._shared = set(self.model.shares)
        accounts = self._world.spotify.accounts
        self._begun = {user: accounts[user].player.progress < BEGUN for user in USERS}

    def check(self, act: Act) -> None:
        """Hold what has happened since `look` against all rules. Raises AssertionError."""
        world = self._world
        asked = [one for one in world.discord.interactions.all() if one.id not in self._asked]
        self._asking = self._words.get(id(act.pressed))
        calls = world.spotify.calls[self._calls :]
        touched = [post for post in world.posts() if self._edits.get(id(post)) != post.edits]
        updated = any(one.answer == UPDATE for one in asked)
        for interaction in asked:
            self._one_answer(interaction, act, alone=len(asked) == 1, updated=updated)
        self._few_calls(calls, act)
        for post in touched:
            assert not post.failed, f"{act}: no answer in time"
            assert "bug in Tonearm" not in read(post.data), f"{act}: {read(post.data)}"
            if not act.user:
                assert said(post.data).kind == "panel", f"told unasked: {read(post.data)}"
            self._private(post, act)
            told = said(post.data)
            answered = post is act.pressed and told.kind == "words" and told == self._asking
            if not answered:  # a question, whose menu is gone
                self._true(post, told, act, calls)
        self._panels(touched, act, calls)
        self.look()

    # ---- one answer

    def _one_answer(
        self, interaction: Interaction, act: Act, *, alone: bool, updated: bool
    ) -> None:
        there = [post for post in interaction.posts if not post.gone]
        pressed = interaction.pressed
        edits = pressed.edits - interaction.edits_before if pressed else 0
        assert not any(post.flags & LOADING for post in there), f"{act}: still thinking"
        share = act.custom_id.startswith("item:share")
        if interaction.answer == THINKING:
            assert len(there) in ((1, 2) if share else (1,)), f"{act}: {len(there)} answers"
        else:
            assert interaction.answer in (LATER, UPDATE), f"{act}: {interaction.answer}"
            assert len(there) <= 1, f"{act}: {len(there)} answers"
            # An update tells that it is under way, and how far it is.
            assert edits <= 1 or updated, f"{act}: drawn {edits} times"
            assert edits or there or not alone, f"{act}: nothing to see"

    # ---- Spotify's side

    def _few_calls(self, calls: list[Call], act: Act) -> None:
        writes = [call for call in calls if call.method != "GET"]
        others = {call.account for call in writes} - {act.user}
        assert not others, f"{act} changed what is {others}'s"
        done = Counter((c.method, c.path, str(c.query)) for c in writes if c.executed)
        taken = [call for call in writes if not 400 <= call.status < 500]
        sent = Counter((c.method, c.path, str(c.query)) for c in taken)
        heap = act.custom_id.startswith(("queue:add", "here:queue these", "again:queue these"))
        for (_, path, _), times in (sent if act.calm else done).items():
            many = path == "me/player/queue" and (heap or "queue add" in act.line)
            once = times == 1 or many or (path not in _ONCE and not act.calm)
            assert once, f"{act} sent {path} {times} times"
        if act.calm and not heap:
            assert len(calls) <= MOST_CALLS, f"{act} took {len(calls)} calls: {calls}"
            looks = sum((c.method, c.path) == ("GET", "me/player") for c in calls)
            assert looks <= MOST_LOOKS, f"{act} looked {looks} times"

    # ---- who sees it

    def _private(self, post: Post, act: Act) -> None:
        model, text = self.model, json.dumps(post.data)
        if post.seen_by is None and len(post.channel.members) > 1:
            if id(post) in self._edits and post.id in model.public:
                owner = model.public[post.id]
                assert act.user in (owner, ""), f"{act} changed what {owner} shows"
                return
            assert self._may_share(act), f"{act} was shown to everybody: {read(post.data)}"
            told = said(post.data)
            if told.kind == "words":
                assert refusals.is_done(told.text), f"{act} told everybody: {told.text}"
            model.public[post.id] = act.user
            return
        reader = post.seen_by.name if post.seen_by else post.channel.members[0].name
        copied = said(post.data).kind == "another's"
        for user in USERS:
            if user != reader and not copied:
                found = {secret for secret in self._secrets[user] if secret in text}
                assert not found, f"{act} told {reader} of {user}: {found}"

    def _may_share(self, act: Act) -> bool:
        if act.custom_id.startswith("item:share"):
            return True
        if act.command == "now" and "share:" in act.line:
            return "share:true" in act.line
        return act.command in SHAREABLE and act.user in self._shared

    # ---- what was said

    def _true(self, post: Post, told: Said, act: Act, calls: list[Call]) -> None:
        if self._blurred(act):
            self.model.astray.add(act.user)
            return
        self.seen[told.text if told.kind == "words" else told.kind] += 1
        wrong: list[str] = []
        match told.kind:
            case "panel" if self._old(told) or (post is not act.pressed and self._unseen(act)):
                pass
            case "panel":
                assert told.owner is not None
                foretold = act.verb not in BEFORE
                wrong = self.truth(self._world.user(told.owner)).panel(
                    told, moves=not self._before(told), foretold=foretold
                )
            case "queue":
                wrong = self.truth(act.user).queue(told)
            case "devices" if act.custom_id != "device:default":  # asks Spotify nothing
                wrong = self.truth(act.user).devices(told)
            case "words" if not refusals.is_done(told.text):
                wrong = refusals.wrong(told.text, self.truth(act.user), act.calm, calls)
            case "card" | "words" if not act.custom_id.startswith("set:"):
                wrong = self.truth(act.user).reply(told)
        assert not wrong, f"{act}: {wrong} in\n{read(post.data)}"

    def _blurred(self, act: Act) -> bool:
        """Whether nobody can tell what was skipped from what plays."""
        begun = self._begun.get(act.user, False) and act.verb in SKIPS
        return "late" in act.spice and (begun or "shuffle:" in act.line)

    def _unseen(self, act: Act) -> bool:
        """Whether a panel that is drawn after a command may show how it was before."""
        return act.spice == "very late" or (
            "late" in act.spice and self._begun.get(act.user, False)
        )

    def _old(self, told: Said) -> bool:
        """Whether it says that it is as of some time ago, and will not be drawn again."""
        return self._before(told) and not told.live

    def _before(self, told: Said) -> bool:
        return told.dated is not None and told.dated <= self._since - A_SECOND

    # ---- panels that are not pressed

    def _panels(self, touched: list[Post], act: Act, calls: list[Call]) -> None:
        model, now = self.model, self._world.clock()
        for post in touched:
            told = said(post.data)
            if told.kind != "panel" or told.owner is None:
                continue
            owner = self._world.user(told.owner)
            fresh = act.user == owner and (act.command == "now" or act.pressed is post)
            if fresh:
                model.latest[owner] = post, now
            if model.latest.get(owner, (None, 0))[0] is post and not self._blurred(act):
                (model.astray.add if self._old(told) else model.astray.discard)(owner)
        for owner, (post, since) in list(model.latest.items()):
            if now - since >= EDITABLE - 1 or post.gone:
                del model.latest[owner]
                continue
            moved = any(call.path == "me/player" and call.method == "PUT" for call in calls)
            moved = moved or "shuffle:" in act.line
            unseen = post is not act.pressed and self._unseen(act)
            if owner == act.user and (unseen or ((moved or not act.calm) and post not in touched)):
                model.astray.add(owner)
            told = said(post.data)
            if owner in model.astray or (self._old(told) and owner != act.user):
                continue
            if self.truth(owner).player.progress < 2000 and post not in touched:
                continue  # the next track has begun, and is waited for a moment longer
            wrong = self.truth(owner).panel(told, moves=False)
            assert not wrong, f"{act}: {owner}'s panel: {wrong} in\n{read(post.data)}"


def _secrets(world: World, user: str) -> Iterator[str]:
    account = world.spotify.accounts[user]
    yield account.id
    for device in account.player.devices:
        yield device.name
        if device.id:
            yield device.id
    mine = (one for one in account.playlists if one is not None and one.owner == user)
    yield from (one.id for one in mine if not one.public and not one.collaborative)
    tokens = world.spotify.world.tokens
    yield from (token for token, one in tokens._access.items() if one.account == user)
    yield from (token for token, one in tokens._consents.items() if one.account == user)
