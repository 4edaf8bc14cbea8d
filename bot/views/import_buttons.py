"""The buttons and menus of an import; each knows its job, and what happens to playlists' names."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.interactions.components import PersistentButton, PersistentSelect
from bot.library.import_steps import Scope

# `merge`: a playlist of the same name gets what it lacks; `new`: a second one is made.
_JOB = r"(?P<job_id>\d{1,19}):(?P<names>merge|new)"
# The value of the option for an entry that is left out.
NONE_OF_THESE = "none"


def _button(label: str, custom_id: str, style: str = "secondary") -> ui.Button[Any]:
    return ui.Button(label=label, custom_id=custom_id, style=discord.ButtonStyle[style])


class ImportButton(PersistentButton, template=rf"import:do:{_JOB}:(?P<scope>{'|'.join(Scope)})"):
    """Adds what it says."""

    def __init__(self, job_id: str, names: str, scope: str, label: str = "Import") -> None:
        self.job_id, self.names, self.scope = int(job_id), names, Scope(scope)
        style = "success" if scope in (Scope.ALL, Scope.PLAYLISTS) else "secondary"
        super().__init__(_button(label, f"import:do:{job_id}:{names}:{scope}", style))


class OverviewButton(PersistentButton, template=rf"import:see:{_JOB}"):
    """Shows the overview, with this treatment of playlists of the same name."""

    def __init__(self, job_id: str, names: str, label: str = "Back") -> None:
        self.job_id, self.names = int(job_id), names
        super().__init__(_button(label, f"import:see:{job_id}:{names}"))


class ChooseButton(PersistentButton, template=rf"import:lists:{_JOB}:(?P<page>\d{{1,4}})"):
    """Shows a page of the playlists to choose from."""

    def __init__(self, job_id: str, names: str, page: str, label: str = "More") -> None:
        self.job_id, self.names, self.page = int(job_id), names, int(page)
        super().__init__(_button(label, f"import:lists:{job_id}:{names}:{page}"))


class ListSelect(PersistentSelect, template=rf"import:pick:{_JOB}:(?P<page>\d{{1,4}})"):
    """Chooses playlists of one page, instead of those chosen on it before."""

    def __init__(
        self, job_id: str, names: str, page: str, options: list[discord.SelectOption]
    ) -> None:
        self.job_id, self.names, self.page = int(job_id), names, int(page)
        super().__init__(
            ui.Select(
                custom_id=f"import:pick:{job_id}:{names}:{page}",
                options=options,
                min_values=0,
                required=False,
                max_values=len(options),
                placeholder="Choose playlists",
            )
        )

    @property
    def chosen(self) -> list[int]:
        return [int(value) for value in self.item.values]


class DoubtsButton(PersistentButton, template=rf"import:doubts:{_JOB}"):
    """Shows the first song that is in doubt."""

    def __init__(self, job_id: str, names: str, label: str = "") -> None:
        self.job_id, self.names = int(job_id), names
        super().__init__(_button(label or "Decide", f"import:doubts:{job_id}:{names}"))


class DoubtSelect(PersistentSelect, template=rf"import:doubt:{_JOB}:(?P<number>\d{{1,7}})"):
    """Decides which of Spotify's songs an entry of the file is."""

    def __init__(
        self, job_id: str, names: str, number: str, options: list[discord.SelectOption]
    ) -> None:
        self.job_id, self.names, self.number = int(job_id), names, int(number)
        custom_id = f"import:doubt:{job_id}:{names}:{number}"
        placeholder = "Which one is it?"
        super().__init__(ui.Select(custom_id=custom_id, options=options, placeholder=placeholder))

    @property
    def uri(self) -> str:
        """Empty for none of them."""
        return "" if self.value == NONE_OF_THESE else self.value


class DecideAllButton(
    PersistentButton, template=rf"import:all-doubts:{_JOB}:(?P<how>likeliest|skip)"
):
    """Decides on all songs that are in doubt at once."""

    def __init__(self, job_id: str, names: str, how: str, label: str = "") -> None:
        self.job_id, self.names, self.how = int(job_id), names, how
        super().__init__(_button(label or "All", f"import:all-doubts:{job_id}:{names}:{how}"))


class ReopenButton(PersistentButton, template=rf"import:reopen:{_JOB}"):
    """Asks again about what was decided on at once."""

    def __init__(self, job_id: str, names: str, label: str = "") -> None:
        self.job_id, self.names = int(job_id), names
        super().__init__(_button(label or "Ask me again", f"import:reopen:{job_id}:{names}"))


class CancelButton(PersistentButton, template=r"import:cancel:(?P<job_id>\d{1,19})"):
    """Erases what was read."""

    def __init__(self, job_id: str) -> None:
        self.job_id = int(job_id)
        super().__init__(_button("Cancel", f"import:cancel:{job_id}"))


class UndoImportButton(PersistentButton, template=r"import:undo:(?P<job_id>\d{1,19})"):
    """Takes back an import, which must be the last one."""

    def __init__(self, job_id: str) -> None:
        self.job_id = int(job_id)
        super().__init__(_button("Undo the import", f"import:undo:{job_id}", "danger"))
