"""Everything that a cog may ask for, in one typed record."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from bot.accounts.access import Access
from bot.accounts.metrics import Metrics
from bot.accounts.other_processes import MessageHandler, Topic
from bot.accounts.owner_alerts import OwnerAlerts
from bot.accounts.quota import Quota
from bot.accounts.reminders import Reminders
from bot.accounts.sessions import Sessions
from bot.autocomplete.options import Autocomplete
from bot.errors.storage import StorageError
from bot.interactions.command_sync import CommandSync
from bot.interactions.double_press import DoublePressGuard
from bot.interactions.icons import Icons
from bot.interactions.mentions import CommandMentions
from bot.interactions.progress import RunningWork
from bot.interactions.reply_visibility import ReplyVisibility
from bot.interactions.sharding import Sharding
from bot.interactions.user_writes import UserWrites
from bot.library.backup_schedule import Backups
from bot.library.downloads import Downloads
from bot.library.imports import Imports
from bot.library.jobs import Jobs
from bot.library.pins import Pins
from bot.library.playlist_changes import PlaylistChanges
from bot.library.playlist_editor import PlaylistEditor
from bot.library.playlist_items import PlaylistItems
from bot.library.recent_changes import RecentChanges
from bot.library.saved_items import SavedItems
from bot.library.undo import UndoLog
from bot.login.flow import LoginFlow
from bot.login.results import LoginUpdate
from bot.panel.panels import Panels
from bot.player.friends import FriendPlayback
from bot.player.player import Player
from bot.player.sleep_timers import SleepTimers
from bot.store import Store


@dataclass(frozen=True, kw_only=True)
class Services:
    """Made by `app.build`; each cog takes its own ones in its `setup`.

    operator        who runs the bot, as a part of a sentence: "Ask {operator} to …"
    setup_page      the URL of the page about Spotify apps of users' own
    privacy_page    the URL of the page about what is stored
    running_work    what a *Stop* button can end
    started_at      when the bot was started, in seconds since 1970
    writes          what the interactions in progress have written
    shutdown_grace  seconds that interactions in progress get when the bot stops
    reply_timeout   seconds that Discord gets to accept a reply
    """

    store: Store
    access: Access
    sessions: Sessions
    login_flow: LoginFlow
    reply_visibility: ReplyVisibility
    reminders: Reminders
    owner_alerts: OwnerAlerts
    quota: Quota
    metrics: Metrics
    autocomplete: Autocomplete
    friends: FriendPlayback
    player: Player
    panels: Panels
    saved_items: SavedItems
    recent_changes: RecentChanges
    backups: Backups
    jobs: Jobs
    imports: Imports
    downloads: Downloads
    playlist_editor: PlaylistEditor
    playlist_items: PlaylistItems
    playlist_changes: PlaylistChanges
    pins: Pins
    undo_log: UndoLog
    sleep_timers: SleepTimers
    double_press: DoublePressGuard
    icons: Icons
    running_work: RunningWork
    operator: str
    setup_page: str
    privacy_page: str
    started_at: float
    writes: UserWrites
    command_sync: CommandSync
    sharding: Sharding
    mentions: CommandMentions
    shutdown_grace: float
    reply_timeout: float

    async def erase_user(self, user_id: int) -> LoginUpdate | None:
        """Erase all data of a user, and their open login; how that stands then, if there was one.

        Raises StorageError.
        """
        withdrawn = await self.login_flow.linking.withdraw(user_id)
        await self.sessions.unlink(user_id)
        self.forget_user(user_id, settings=True)
        return withdrawn

    async def erase_blocked(self) -> list[LoginUpdate]:
        """Erase all data of users who were blocked meanwhile; their logins, which are over.

        If the disk refuses a read or write, the store logs that, and the next call repeats it.
        """
        withdrawn: list[LoginUpdate] = []
        with suppress(StorageError):
            for user_id in await self.access.blocked_to_erase():
                if login := await self.erase_user(user_id):
                    withdrawn.append(login)
        return withdrawn

    def forget_user(self, user_id: int, *, settings: bool) -> None:
        """Erase from memory what belongs to a user's account, and if asked their settings."""
        for memory in (
            self.autocomplete,
            self.friends,
            self.jobs,
            self.panels,
            self.player,
            self.playlist_editor,
            self.recent_changes,
            self.undo_log,
        ):
            memory.forget(user_id)
        if settings:
            self.reply_visibility.forget(user_id)
            self.sleep_timers.forget(user_id)
            self.downloads.forget(user_id)
            self.access.forget(user_id)

    async def expire(self) -> list[LoginUpdate]:
        """Erase what has expired, in memory and in the store, and test the disk.

        Returns the logins that expired. If the disk refuses a write, the store logs that, and the
        next call repeats it.
        """
        for memory in (
            self.autocomplete,
            self.friends,
            self.player,
            self.playlist_editor,
            self.recent_changes,
            self.sessions,
            self.undo_log,
        ):
            memory.expire()
        with suppress(StorageError):
            await self.store.maintain()
            await self.quota.update_shares()
            await self.jobs.expire()
            await self.downloads.expire()
            return await self.login_flow.delete_expired()
        return []

    def message_handlers(self) -> dict[Topic, MessageHandler]:
        """What the messages of other processes change in the memory of this one."""
        cache = self.sessions.cache
        return {
            Topic.FORGET: self._unlinked_elsewhere,
            Topic.LINKED: self._linked_elsewhere,
            Topic.VISIBILITY: self.reply_visibility.changed_elsewhere,
            Topic.STALE: lambda account, *groups: cache.invalidate(account, groups),
            Topic.EXHAUSTED: self.quota.limiter.mark_exhausted,
            Topic.LIMITED: self.quota.limiter.mark_limited,
            Topic.TIMER: self.sleep_timers.forget,
            Topic.CALLS: self.quota.calls_elsewhere,
            Topic.LOGIN_ENDED: self.login_flow.logins_ended.notify,
            Topic.STOP_JOB: self.jobs.stop_here,
            Topic.PLAYER: lambda user: self.panels.player_changed(user, None),
        }

    def _unlinked_elsewhere(self, user_id: int, *account_ids: str) -> None:
        self.sessions.forget_elsewhere(user_id, *account_ids)
        self.forget_user(user_id, settings=True)
        if account_ids:
            self.quota.shares.forget(user_id)

    def _linked_elsewhere(self, user_id: int, *account_ids: str) -> None:
        self.sessions.forget_elsewhere(user_id, *account_ids)
        self.forget_user(user_id, settings=False)

    def distrust_memory(self) -> None:
        """Messages of other processes may have been missed: forget what they keep fresh."""
        self.sessions.cache.clear()
        self.login_flow.logins_ended.notify()
        self.reply_visibility.distrust()
