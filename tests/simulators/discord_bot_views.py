"""Buttons, forms and a layout for the small bot."""

from __future__ import annotations

from typing import Any

import discord
from discord import Interaction, ui


class Panel(ui.View):
    """Buttons and a select on an ordinary message."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.counted = 0
        self.add_item(ui.Button(label="Website", url="https://example.org/"))
        self.add_item(ui.Button(label="Not now", custom_id="never", disabled=True))

    @ui.button(label="Play", custom_id="panel:play")
    async def play(self, interaction: Interaction, button: ui.Button[Panel]) -> None:
        await interaction.response.edit_message(content="Playing")

    @ui.button(label="Play later", custom_id="panel:later")
    async def later(self, interaction: Interaction, button: ui.Button[Panel]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="Later")

    @ui.button(emoji="❤️", custom_id="panel:like")
    async def like(self, interaction: Interaction, button: ui.Button[Panel]) -> None:
        await interaction.response.send_message("Liked", ephemeral=True)

    @ui.button(label="Once", custom_id="panel:once")
    async def once(self, interaction: Interaction, button: ui.Button[Panel]) -> None:
        self.counted += 1
        if self.counted == 1:
            await interaction.response.send_message("Once", ephemeral=True)
        else:
            await interaction.response.defer()

    @ui.button(label="Rename", custom_id="panel:rename")
    async def rename(self, interaction: Interaction, button: ui.Button[Panel]) -> None:
        await interaction.response.send_modal(Rename())

    @ui.select(
        custom_id="panel:pick",
        placeholder="Pick a song",
        max_values=2,
        options=[discord.SelectOption(label=f"Song {n}", value=f"song:{n}") for n in range(3)],
    )
    async def pick(self, interaction: Interaction, select: ui.Select[Panel]) -> None:
        await interaction.response.send_message(f"Picked {' and '.join(select.values)}")


class Rename(ui.Modal, title="Rename"):
    """A form with a text, a select and a text that may stay empty."""

    name: ui.Label[Rename] = ui.Label(
        text="Name", component=ui.TextInput(custom_id="name", max_length=20)
    )
    mood: ui.Label[Rename] = ui.Label(
        text="Mood",
        component=ui.Select(
            custom_id="mood",
            options=[discord.SelectOption(label="Calm"), discord.SelectOption(label="Wild")],
        ),
    )
    note: ui.Label[Rename] = ui.Label(
        text="Note", component=ui.TextInput(custom_id="note", required=False)
    )

    async def on_submit(self, interaction: Interaction) -> None:
        assert isinstance(self.name.component, ui.TextInput)
        assert isinstance(self.mood.component, ui.Select)
        said = f"Renamed to {self.name.component.value}, {self.mood.component.values}"
        await interaction.response.send_message(said)


class Survey(ui.Modal, title="Survey"):
    """A modal with a text and a file upload."""

    intro: ui.TextDisplay[Any] = ui.TextDisplay("Tell us")
    files: ui.Label[Survey] = ui.Label(text="Files", component=ui.FileUpload(custom_id="files"))

    async def on_submit(self, interaction: Interaction) -> None:
        assert isinstance(self.files.component, ui.FileUpload)
        [file] = self.files.component.values
        await interaction.response.send_message(f"{file.filename}: {(await file.read()).decode()}")


class Card(ui.LayoutView):
    """A Components V2 message with one of everything."""

    def __init__(self, file: str) -> None:
        super().__init__(timeout=None)
        button: ui.Button[Card] = ui.Button(label="More", custom_id="card:more")
        gallery: ui.MediaGallery[Card] = ui.MediaGallery()
        gallery.add_item(media="https://example.org/cover.png", description="The cover")
        self.add_item(
            ui.Container(
                ui.Section("## Lantern", "by Nobody", accessory=button),
                ui.Section("Art", accessory=ui.Thumbnail("https://example.org/art.png")),
                ui.Separator(),
                gallery,
                ui.File(f"attachment://{file}"),
                accent_colour=0x1DB954,
            )
        )
