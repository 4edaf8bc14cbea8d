"""A simulated disk in memory: it loses unsynced writes in a power cut, fills up, or fails."""

from __future__ import annotations

from itertools import count, pairwise
from random import Random
from typing import Any

import apsw

_JOURNAL_FLAGS = (
    apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
)
_disk_numbers = count(1)


class PowerCut(Exception):
    """The power was cut before the statement returned."""


class SimulatedFile:
    """A file: what processes read (`visible`), what a sync stored, and the writes since."""

    def __init__(self, image: bytes = b"") -> None:
        self.visible = bytearray(image)
        self.synced = bytes(image)
        self.pending: list[tuple[int, bytes | None]] = []  # None truncates the file

    def write(self, offset: int, data: bytes | None) -> None:
        self.pending.append((offset, data))
        _apply_write(self.visible, offset, data)

    def sync(self) -> None:
        self.synced = bytes(self.visible)
        self.pending.clear()

    def after_power_cut(self, rng: Random, sector: int) -> SimulatedFile:
        """The file after a power cut: the synced bytes, and some sectors of the writes since.

        With equal chance the disk wrote in order, so that one write is torn and all earlier ones
        are complete, or in any order.
        """
        image = bytearray(self.synced)
        in_order = rng.random() < 0.5
        last = rng.randint(0, len(self.pending))
        share = rng.choice((0.0, 0.5, 0.95))
        for number, (offset, data) in enumerate(self.pending):
            chance = share if not in_order or number == last else float(number < last)
            for sector_offset, piece in _split_by_sector(offset, data, sector):
                if rng.random() < chance:
                    _apply_write(image, sector_offset, piece)
        return SimulatedFile(bytes(image))


class SimulatedDisk(apsw.VFS):
    """A directory on a disk as an SQLite VFS. It syncs what SQLite's own unix VFS syncs.

    A power cut makes a new disk.

    capacity     bytes of all files together; a write beyond it is cut short, as by a full disk
    write_error  SQLite's code for the refusal of writes, syncs, truncations, and new files
    writes_left  how many of them work before `write_error` refuses them
    read_error   SQLite's code for the refusal of every read

    The VFS has neither file locks nor shared memory, so the one
    connection sets `PRAGMA locking_mode = EXCLUSIVE`.
    """

    def __init__(self, files: dict[str, SimulatedFile] | None = None) -> None:
        self.vfs_name = f"disk {next(_disk_numbers)}"
        super().__init__(self.vfs_name, base="")
        self._visible: dict[str, SimulatedFile] = dict(files or {})
        self._synced = dict(self._visible)
        # names of files that were created, or deleted (None)
        self._pending_names: list[tuple[str, SimulatedFile | None]] = []
        self.step_count = 0
        self._scheduled_cut: tuple[int, Random] | None = None
        self._disk_after_cut: SimulatedDisk | None = None
        self.capacity: int | None = None
        self.write_error: int | None = None
        self.writes_left = 0
        self.read_error: int | None = None

    def fill(self) -> None:
        """Leave no room: what overwrites bytes still works, and what makes a file longer fails."""
        self.capacity = self.used_bytes

    def repair(self) -> None:
        """Make room again, and allow every read and write."""
        self.capacity = self.write_error = self.read_error = None
        self.writes_left = 0

    def allow_write(self) -> None:
        """Raises the error of `write_error`, if there is one, and it is its turn."""
        if self.write_error is not None and self.writes_left == 0:
            raise apsw.exception_for(self.write_error)
        self.writes_left = max(0, self.writes_left - 1)

    @property
    def used_bytes(self) -> int:
        return sum(len(file.visible) for file in self._visible.values())

    def room(self, growth: int) -> int:
        """How many of `growth` more bytes there is room for."""
        if self.capacity is None:
            return growth
        return min(growth, max(0, self.capacity - self.used_bytes))

    def schedule_power_cut(self, step: int, rng: Random) -> None:
        """Cut the power at this step; the disk's first step is 1."""
        self._scheduled_cut = step, rng

    def cut_power(self, rng: Random) -> None:
        """Cut the power now. Later writes do not change `after_power_cut`."""
        sector = rng.choice((512, 4096))
        names = dict(self._synced)
        in_order = rng.random() < 0.5
        last = rng.randint(0, len(self._pending_names))
        for number, (name, file) in enumerate(self._pending_names):
            if number < last if in_order else rng.random() < 0.5:
                names.pop(name, None)
                if file is not None:
                    names[name] = file
        self._disk_after_cut = SimulatedDisk(
            {name: file.after_power_cut(rng, sector) for name, file in names.items()}
        )

    @property
    def power_is_cut(self) -> bool:
        return self._disk_after_cut is not None

    @property
    def after_power_cut(self) -> SimulatedDisk:
        """The disk as the next process finds it."""
        assert self._disk_after_cut is not None
        return self._disk_after_cut

    def after_kill(self) -> SimulatedDisk:
        """The disk as the next process finds it if this one is killed: nothing written is lost."""
        files = {name: bytes(file.visible) for name, file in self._visible.items()}
        disk = SimulatedDisk({name: SimulatedFile(content) for name, content in files.items()})
        if self.capacity is not None:
            disk.fill()
        return disk

    def copy(self) -> SimulatedDisk:
        """A disk with the synced bytes of this one."""
        return SimulatedDisk(
            {name: SimulatedFile(file.synced) for name, file in self._synced.items()}
        )

    def file_contents(self, name: str) -> bytes:
        """What a process reads from a file."""
        return bytes(self._visible[name].visible)

    def count_step(self) -> None:
        """Count a write, sync, creation or deletion, and cut the power if it is due."""
        self.step_count += 1
        if (
            self._scheduled_cut
            and self.step_count == self._scheduled_cut[0]
            and not self.power_is_cut
        ):
            self.cut_power(self._scheduled_cut[1])

    def sync_directory(self) -> None:
        self._synced = dict(self._visible)
        self._pending_names.clear()

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        return pathname in self._visible

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self.allow_write()
        self.count_step()
        if self._visible.pop(filename, None) is None:
            raise apsw.IOError
        self._pending_names.append((filename, None))
        if syncdir:
            self.sync_directory()

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        flags[1] = flags[0]
        created = path not in self._visible
        file = self._visible.get(path or "", SimulatedFile())
        if path is not None and created:
            self.allow_write()
            self.count_step()
            self._visible[path] = file
            self._pending_names.append((path, file))
        return _OpenFile(self, file, syncs_directory=created and bool(flags[0] & _JOURNAL_FLAGS))


class _OpenFile(apsw.VFSFile):
    """An open file. The first sync of a new journal syncs the directory too, as on unix."""

    def __init__(self, disk: SimulatedDisk, file: SimulatedFile, *, syncs_directory: bool) -> None:
        self._disk = disk
        self._file = file
        self._syncs_directory = syncs_directory

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        if self._disk.read_error is not None:
            raise apsw.exception_for(self._disk.read_error)
        return bytes(self._file.visible[offset : offset + amount])

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._disk.allow_write()
        size = len(self._file.visible)
        growth = max(0, offset + len(data) - size)
        if (room := self._disk.room(growth)) < growth:
            if (fitting := size + room - offset) > 0:
                self._file.write(offset, bytes(data)[:fitting])
            raise apsw.exception_for(apsw.SQLITE_FULL)
        self._file.write(offset, bytes(data))
        self._disk.count_step()

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.allow_write()
        self._file.write(newsize, None)
        self._disk.count_step()

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.allow_write()
        self._disk.count_step()
        self._file.sync()
        if self._syncs_directory:
            self._syncs_directory = False
            self._disk.sync_directory()

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._file.visible)

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


def _apply_write(image: bytearray, offset: int, data: bytes | None) -> None:
    image.extend(bytes(max(0, offset - len(image))))
    if data is None:
        del image[offset:]
    else:
        image[offset : offset + len(data)] = data


def _split_by_sector(offset: int, data: bytes | None, size: int) -> list[tuple[int, bytes | None]]:
    """A write as pieces, each of which the disk writes completely or not at all."""
    if data is None:
        return [(offset, None)]
    edges = [
        offset,
        *range(offset - offset % size + size, offset + len(data), size),
        offset + len(data),
    ]
    return [(start, data[start - offset : end - offset]) for start, end in pairwise(edges)]
