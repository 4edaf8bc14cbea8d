"""Makes the files of a job's result fit the place where they are sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.library.downloads import Downloads
from bot.library.job_files import translate_disk_errors
from bot.library.running_job import JobResult
from bot.views import jobs as views


async def fit_result(
    result: JobResult, user_id: int, max_bytes: int, downloads: Downloads
) -> JobResult:
    """The result with files of at most so many bytes, and the address of what is larger.

    Raises NotLinked and StorageError.
    """
    with translate_disk_errors():
        if result.fit is not None and _larger(result.files, max_bytes):
            result = await result.fit(max_bytes)
        larger = _larger(result.files, max_bytes)
        if not larger:
            return result
        path = larger[0] if len(larger) == 1 else await asyncio.to_thread(_bundle, larger)
    download = await downloads.offer(user_id, path)
    after = result.after
    return replace(
        result,
        text=f"{result.text}\n{views.too_large(download.expires_at)}",
        files=[path for path in result.files if path not in larger],
        view=lambda: views.download_view(download.url),
        after=after and (lambda _message: after(None)),  # what the message lacks, it cannot give
    )


def _larger(paths: Sequence[Path], max_bytes: int) -> list[Path]:
    return [path for path in paths if path.stat().st_size > max_bytes]


def _bundle(paths: Sequence[Path]) -> Path:
    """An archive beside the files with all of them."""
    import zipfile  # only large results need it

    archive_path = paths[0].with_name("files.zip")
    with zipfile.ZipFile(archive_path, "w") as archive:
        for path in paths:
            archive.write(path, path.name)
    return archive_path
