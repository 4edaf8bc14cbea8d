"""Long work that survives a restart: one row for each user and kind; an unlink erases it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from enum import StrEnum

from bot.errors.login import StoredLoginUnreadable
from bot.store.database import Database, Row
from bot.store.encryption import TokenCipher
from bot.store.link_required import missing_link, require_link
from bot.store.process_share import ProcessShare

_log = logging.getLogger(__name__)

_COLUMNS = (
    "discord_id, kind, id, arguments, started_at, progress, place, touched_at, resume_at, done,"
    " process, waits_for"
)

_ALONE = ProcessShare()


class JobKind(StrEnum):
    """What a job does. A user has at most one job of each kind."""

    EXPORT = "export"
    IMPORT = "import"
    RESTORE = "restore"
    BACKUP = "backup"


@dataclass(frozen=True)
class Job:
    """A job as it is stored. `arguments`, `progress` and `place` are JSON: codes and values.

    id          names the job's folder, and is in the custom_id of its *Stop* button; 1 to 2⁶³ - 1
    arguments   what was asked for; never changes
    progress    what the work has to know after a restart besides the files in its folder
    place       where the user sees it: has an interaction token, so it is encrypted; None: unknown
    started_at  all times are in seconds since 1970
    touched_at  when it last got further
    resume_at   when it goes on if it waits, as for a quota; 0: at once
    done        it has a result that could not be delivered, and that waits for its owner
    process     that began it, among those that share the database
    waits_for   why it waits until `resume_at`, a value of WaitReason; empty: it is not known
    """

    discord_id: int
    kind: JobKind
    id: int
    arguments: str = field(repr=False)
    started_at: float
    progress: str = field(default="{}", repr=False)
    place: str | None = field(default=None, repr=False)
    touched_at: float = 0.0
    resume_at: float = 0.0
    done: bool = False
    process: int = 1
    waits_for: str = ""


class JobTable:
    """`share` says which jobs this process goes on with."""

    def __init__(
        self, database: Database, cipher: TokenCipher, share: ProcessShare = _ALONE
    ) -> None:
        self._db = database
        self._cipher = cipher
        self.share = share

    def owns(self, job: Job) -> bool:
        """Whether this process does the job, and not another one."""
        return self.share.owns(job.process)

    async def create(self, job: Job) -> bool:
        """Store a new job; False if the user has one of this kind.

        Raises NotLinked, and BeingUpdated in a spare process.
        """
        self.share.require_lasting()
        with missing_link("job"):
            async with self._db.transaction() as db:
                await require_link(db, job.discord_id, "job")
                created = await db.execute(
                    f"INSERT INTO job ({_COLUMNS})"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
                    " ON CONFLICT (discord_id, kind) DO NOTHING",
                    *(job.discord_id, job.kind.value, job.id, job.arguments, job.started_at),
                    *(
                        job.progress,
                        self._sealed(job),
                        job.touched_at,
                        job.resume_at,
                        int(job.done),
                        self.share.number,
                        job.waits_for,
                    ),
                )
                return created == 1

    async def save(self, job: Job) -> bool:
        """Store all that may change; False if the job is gone, as after an unlink."""
        return await self._db.execute(
            "UPDATE job SET progress = $1, place = $2, touched_at = $3, resume_at = $4, done = $5,"
            " waits_for = $6 WHERE discord_id = $7 AND id = $8",
            *(job.progress, self._sealed(job), job.touched_at, job.resume_at, int(job.done)),
            *(job.waits_for, job.discord_id, job.id),
        )

    async def get(self, discord_id: int, kind: JobKind) -> Job | None:
        row = await self._db.fetch_one(
            f"SELECT {_COLUMNS} FROM job WHERE discord_id = $1 AND kind = $2",
            discord_id,
            kind.value,
        )
        return self._job(row) if row else None

    async def all(self) -> list[Job]:
        """All jobs of known kinds, oldest first."""
        kinds = ", ".join(f"'{kind}'" for kind in JobKind)
        rows = await self._db.fetch_all(
            f"SELECT {_COLUMNS} FROM job WHERE kind IN ({kinds}) ORDER BY started_at"
        )
        return [self._job(row) for row in rows]

    async def delete(self, job: Job) -> None:
        await self._db.execute(
            "DELETE FROM job WHERE discord_id = $1 AND id = $2", job.discord_id, job.id
        )

    def _sealed(self, job: Job) -> bytes | None:
        if job.place is None:
            return None
        return self._cipher.encrypt(job.place, "place", job.discord_id)

    def _job(self, row: Row) -> Job:
        user, kind, job_id, arguments, started_at, progress, sealed, *rest = row
        touched, resume, done, process, waits_for = rest
        place = None
        if sealed is not None:
            try:
                place = self._cipher.decrypt(bytes(sealed), "place", user)
            except StoredLoginUnreadable:
                _log.warning("the place of a job does not decrypt; its user gets direct messages")
        return Job(
            *(user, JobKind(kind), job_id, arguments, started_at),
            *(progress, place, touched, resume, bool(done)),
            process=process,
            waits_for=waits_for,
        )
