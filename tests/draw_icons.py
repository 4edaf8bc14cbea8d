"""`make icons`: draws the icons of the buttons, bot/interactions/icon_images/*.png."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.interactions import icons
from tests.chromium import launch_chromium

FOLDER = Path(icons.__file__).parent / "icon_images"
SIZE = 96  # pixels; Discord shows 48 at most

# Icon name → SVG paths in a square of 24: those that are filled, and those that are lines.
_SPEAKER = "M3.5 9.5h4l5-4.2v13.4l-5-4.2h-4z"
_REPEAT = (
    "M4 12v-2a4 4 0 0 1 4-4h11 M16.3 2.8L19.5 6l-3.2 3.2 M20 12v2a4 4 0 0 1-4 4H5 "
    "M7.7 14.8L4.5 18l3.2 3.2"
)
_HEART = (
    "M12 20.2C6.2 16 3 12.8 3 9.1C3 6.4 5 4.5 7.5 4.5c1.9 0 3.5 1 4.5 2.8c1-1.8 2.6-2.8 4.5-2.8"
    "c2.5 0 4.5 1.9 4.5 4.6c0 3.7-3.2 6.9-9 11.1z"
)
SHAPES: dict[str, tuple[str, str]] = {
    "play": ("M7 4.5v15L19.5 12z", ""),
    "pause": ("M6.5 4.5h4v15h-4z M13.5 4.5h4v15h-4z", ""),
    "previous": ("M5 5h3v14H5z M19.5 5v14L8.5 12z", ""),
    "next": ("M16 5h3v14h-3z M4.5 5v14l11-7z", ""),
    "rewind": ("M11.5 5.5v13L2.5 12z M21 5.5v13L12 12z", ""),
    "forward": ("M12.5 5.5v13l9-6.5z M3 5.5v13l9-6.5z", ""),
    "back": ("M17 4.5v15L4.5 12z", ""),
    "shuffle": (
        "",
        "M3 7h3.3c4.4 0 6.6 10 11 10H21 M3 17h3.3c1.9 0 3.4-1.8 4.7-3.9 "
        "M13.2 10c1.2-1.7 2.5-3 4.1-3H21 M18 3.8L21.2 7L18 10.2 M18 13.8l3.2 3.2l-3.2 3.2",
    ),
    "repeat": ("", _REPEAT),
    "repeat_one": ("", f"{_REPEAT} M10.7 10.8l1.8-1.3v5"),
    "refresh": ("", "M20 12a8 8 0 1 1-2.4-5.7 M18.3 2.3v4.4h-4.4"),
    "quieter": (_SPEAKER, "M16 12h5.5"),
    "louder": (_SPEAKER, "M16 12h5.5 M18.75 9.25v5.5"),
    "link": (
        "",
        "M10 13.5a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.5 1.5 "
        "M14 10.5a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.5-1.5",
    ),
    "mute": (_SPEAKER, "M16.3 9.5l5 5 M21.3 9.5l-5 5"),
    "unmute": (_SPEAKER, "M16 9a4.2 4.2 0 0 1 0 6 M18.6 6.4a7.9 7.9 0 0 1 0 11.2"),
    "volume": (
        "M3.5 13.5h5v4h-5z M9.5 6h5v4h-5z M15.5 12h5v4h-5z",
        "M6 4v7 M6 20v-.5 M12 4v.5 M12 12.5V20 M18 4v5.5 M18 18.5V20",
    ),
    "like": ("", _HEART),
    "liked": (_HEART, ""),
    "add": ("", "M12 4.5v15 M4.5 12h15"),
    "queue": ("M16.5 12v8.5l6-4.25z", "M3.5 6.5h17 M3.5 12h9.5 M3.5 17.5h9.5"),
    "devices": ("M16.5 9h5.5v11.5h-5.5z", "M13 16H3V5h15.5 M7 20h6"),
}
# White, with a dark rim so that the icon shows on the light theme's grey buttons as well.
_PAGE = """<body style="margin:0"><svg viewBox="0 0 24 24" width="{size}" height="{size}"
stroke-linecap="round" stroke-linejoin="round"><g fill="none" stroke="#000" stroke-opacity=".65">
<path d="{solid}" stroke-width="1.6" fill="#000" fill-opacity=".65"/>
<path d="{lines}" stroke-width="3.8"/></g>
<path d="{solid}" fill="#fff"/><path d="{lines}" fill="none" stroke="#fff" stroke-width="2.2"/>
</svg>"""


async def draw_icons() -> None:
    FOLDER.mkdir(exist_ok=True)
    async with launch_chromium() as browser:
        tab = await browser.new_page(viewport={"width": SIZE, "height": SIZE})
        for name, (solid, lines) in SHAPES.items():
            await tab.set_content(_PAGE.format(size=SIZE, solid=solid, lines=lines))
            await tab.screenshot(path=FOLDER / f"{name}.png", omit_background=True)


if __name__ == "__main__":
    asyncio.run(draw_icons())
