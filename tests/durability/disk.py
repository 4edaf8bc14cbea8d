"""A disk in memory that forgets what was not synced once its power is cut."""

from __future__ import annotations

from itertools import count, pairwise
from random import Random
from typing import Any

import apsw

_JOURNAL = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
_numbers = count(1)


class PowerCut(Exception):
    """Whoever waited for an answer does not get one."""


class File:
    """What processes see of a file, what is on the platter, and what is on its way there."""

    def __init__(self, image: bytes = b"") -> None:
        self.seen = bytearray(image)
        self.safe = bytes(image)
        self.pending: list[tuple[int, bytes | None]] = []  # None: the file ends here

    def write(self, at: int, data: bytes | None) -> None:
        self.pending.append((at, data))
        _apply(self.seen, at, data)

    def sync(self) -> None:
        self.safe = bytes(self.seen)
        self.pending.clear()

    def after_cut(self, rng: Random, sector: int) -> File:
        """What is left of it: what was synced, and of the writes since, sector by sector, some.

        Either in order, so that all before some moment are there and the one at that moment is
        torn, or, as likely, in whatever order the disk liked.
        """
        left = bytearray(self.safe)
        in_order = rng.random() < 0.5
        last = rng.randint(0, len(self.pending))
        share = rng.choice((0.0, 0.5, 0.95))
        for number, (at, data) in enumerate(self.pending):
            chance = share if not in_order or number == last else float(number < last)
            for where, piece in _sectors(at, data, sector):
                if rng.random() < chance:
                    _apply(left, where, piece)
        return File(bytes(left))


class Disk(apsw.VFS):
    """One folder on one disk, as a VFS of SQLite's; what its unix VFS would sync is synced.

    Processes come and go by `cut` and a new Disk. File locks are not kept: one connection, with
    `PRAGMA locking_mode = EXCLUSIVE`, which WAL needs here since no memory is shared.
    """

    def __init__(self, files: dict[str, File] | None = None) -> None:
        self.vfs = f"disk {next(_numbers)}"
        super().__init__(self.vfs, base="")
        self._seen: dict[str, File] = dict(files or {})
        self._safe = dict(self._seen)
        self._moved: list[tuple[str, File | None]] = []  # names made and (None) deleted
        self.steps = 0
        self._cut_at: tuple[int, Random] | None = None
        self._left: Disk | None = None

    def cut_at(self, step: int, rng: Random) -> None:
        """Cut the power at this step, counted from the first that was ever taken."""
        self._cut_at = step, rng

    def cut(self, rng: Random) -> None:
        """Cut the power: what SQLite does from now on does not matter to `left`."""
        sector = rng.choice((512, 4096))
        names = dict(self._safe)
        in_order = rng.random() < 0.5
        last = rng.randint(0, len(self._moved))
        for number, (name, file) in enumerate(self._moved):
            if number < last if in_order else rng.random() < 0.5:
                names = {other: f for other, f in names.items() if other != name}
                if file is not None:
                    names[name] = file
        self._left = Disk({name: file.after_cut(rng, sector) for name, file in names.items()})

    @property
    def is_cut(self) -> bool:
        return self._left is not None

    @property
    def left(self) -> Disk:
        """The disk when power is back."""
        assert self._left is not None
        return self._left

    def copy(self) -> Disk:
        """Another disk that holds what this one was given to hold."""
        return Disk({name: File(file.safe) for name, file in self._safe.items()})

    def contents(self, name: str) -> bytes:
        """What processes see in a file."""
        return bytes(self._seen[name].seen)

    def step(self) -> None:
        """Something is about to reach the disk."""
        self.steps += 1
        if self._cut_at and self.steps == self._cut_at[0] and not self.is_cut:
            self.cut(self._cut_at[1])

    def sync_names(self) -> None:
        self._safe = dict(self._seen)
        self._moved.clear()

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        return pathname in self._seen

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self.step()
        if self._seen.pop(filename, None) is None:
            raise apsw.IOError
        self._moved.append((filename, None))
        if syncdir:
            self.sync_names()

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        flags[1] = flags[0]
        made = path not in self._seen
        file = self._seen.get(path or "", File())
        if path is not None and made:
            self.step()
            self._seen[path] = file
            self._moved.append((path, file))
        return _Handle(self, file, syncs_names=made and bool(flags[0] & _JOURNAL))


class _Handle(apsw.VFSFile):
    """An open file. The first sync of a new journal syncs the folder too, as SQLite's unix does."""

    def __init__(self, disk: Disk, file: File, *, syncs_names: bool) -> None:
        self._disk = disk
        self._file = file
        self._syncs_names = syncs_names

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._file.seen[offset : offset + amount])

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._file.write(offset, bytes(data))
        self._disk.step()

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._file.write(newsize, None)
        self._disk.step()

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.step()
        self._file.sync()
        if self._syncs_names:
            self._syncs_names = False
            self._disk.sync_names()

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._file.seen)

    def xSectorSize(self) -> int:  # noqa: N802
        return 4096

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xFileControl(self, op: int, ptr: int) -> bool:  # noqa: N802
        return False

    def xLock(self, level: int) -> None:  # noqa: N802
        pass

    def xUnlock(self, level: int) -> None:  # noqa: N802
        pass

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xClose(self) -> None:  # noqa: N802
        pass


def _apply(image: bytearray, at: int, data: bytes | None) -> None:
    image.extend(bytes(max(0, at - len(image))))
    if data is None:
        del image[at:]
    else:
        image[at : at + len(data)] = data


def _sectors(at: int, data: bytes | None, size: int) -> list[tuple[int, bytes | None]]:
    """A write, in pieces that reach the platter whole or not at all."""
    if data is None:
        return [(at, None)]
    edges = [at, *range(at - at % size + size, at + len(data), size), at + len(data)]
    return [(start, data[start - at : end - at]) for start, end in pairwise(edges)]
