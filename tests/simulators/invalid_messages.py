"""Messages that Discord refuses, with the field that it reports, and messages at its limits."""

from __future__ import annotations

from typing import Any

from tests.simulators.message_bodies import (
    COMPONENTS_V2,
    FIRST_ROW_ITEM,
    IMAGE_URL,
    button,
    container,
    gallery,
    layout,
    option,
    row,
    rows,
    section,
    select,
    text,
    thumbnail,
)


def embeds(*embed_objects: dict[str, Any]) -> dict[str, Any]:
    return {"embeds": list(embed_objects)}


HALF_EMBED = {"description": "x" * 3001}
SIX_BUTTONS = [button(custom_id=str(n)) for n in range(6)]

# Name of the fault: the message, and the path of the field that Discord reports
INVALID_MESSAGES: dict[str, tuple[object, str]] = {
    "no data": (None, ""),
    "a list": ([], ""),
    "content not a string": ({"content": 1}, "content"),
    "content too long": ({"content": "x" * 2001}, "content"),
    "embeds not a list": ({"embeds": {}}, "embeds"),
    "eleven embeds": (embeds(*[{"title": "x"}] * 11), "embeds"),
    "an empty embed": (embeds({"color": 1}), "embeds.0.description"),
    "embed title too long": (embeds({"title": "x" * 257}), "embeds.0.title"),
    "embed description too long": (embeds({"description": "x" * 4097}), "embeds.0.description"),
    "embeds too long in total": (embeds(HALF_EMBED, HALF_EMBED), "embeds"),
    "embed color too large": (embeds({"title": "x", "color": 1 << 24}), "embeds.0.color"),
    "embed with the URL of a script": (
        embeds({"title": "x", "url": "javascript:1"}),
        "embeds.0.url",
    ),
    "embed with a URL without host": (embeds({"title": "x", "url": "https://"}), "embeds.0.url"),
    "embed image with an ftp URL": (
        embeds({"image": {"url": "ftp://example.org/a"}}),
        "embeds.0.image.url",
    ),
    "embed image not attached": (embeds({"image": {"url": "attachment://a.png"}}), "embeds"),
    "embed with an invalid timestamp": (
        embeds({"title": "x", "timestamp": "soon"}),
        "embeds.0.timestamp",
    ),
    "embed author too long": (embeds({"author": {"name": "x" * 257}}), "embeds.0.author.name"),
    "embed author without name": (embeds({"author": {"url": IMAGE_URL}}), "embeds.0.author.name"),
    "embed footer too long": (embeds({"footer": {"text": "x" * 2049}}), "embeds.0.footer.text"),
    "26 fields": (embeds({"fields": [{"name": "x", "value": "x"}] * 26}), "embeds.0.fields"),
    "a field without value": (embeds({"fields": [{"name": "x"}]}), "embeds.0.fields.0.value"),
    "a field of blanks": (
        embeds({"fields": [{"name": " ", "value": "x"}]}),
        "embeds.0.fields.0.name",
    ),
    "a field name too long": (
        embeds({"fields": [{"name": "x" * 257, "value": "x"}]}),
        "embeds.0.fields.0.name",
    ),
    "a field value too long": (
        embeds({"fields": [{"name": "x", "value": "x" * 1025}]}),
        "embeds.0.fields.0.value",
    ),
    "unknown mentions": (
        {"content": "x", "allowed_mentions": {"parse": ["friends"]}},
        "allowed_mentions.parse.0",
    ),
    "mentions by list and by kind": (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "allowed_mentions",
    ),
    "a poll": ({"content": "x", "poll": {"question": {}}}, "poll"),
    "the loading flag": ({"content": "x", "flags": 128}, "flags"),
    "six rows": (
        {"content": "x", "components": [row(button(custom_id=str(n))) for n in range(6)]},
        "components",
    ),
    "an empty row": (rows(), "components.0.components"),
    "a button without its row": ({"content": "x", "components": [button()]}, "components.0.type"),
    "an unknown component": (
        {"content": "x", "components": [{"type": 99}]},
        "components.0.type",
    ),
    "a row in a row": (rows(row(button())), f"{FIRST_ROW_ITEM}.type"),
    "six buttons in a row": (rows(*SIX_BUTTONS), "components.0.components"),
    "a button beside a select": (rows(button(), select()), "components.0.components"),
    "two selects in a row": (
        rows(select(), select(custom_id="other")),
        "components.0.components",
    ),
    "the same custom_id twice": (rows(button(), button()), "components"),
    "the same id twice": (rows(button(id=5), button(id=5, custom_id="b")), "components"),
    "a button without style": (rows(button(style=None)), f"{FIRST_ROW_ITEM}.style"),
    "a button of style 7": (rows(button(style=7)), f"{FIRST_ROW_ITEM}.style"),
    "a button without label": (rows(button(label="")), FIRST_ROW_ITEM),
    "a label too long": (rows(button(label="x" * 81)), f"{FIRST_ROW_ITEM}.label"),
    "a button without custom_id": (rows(button(custom_id=None)), FIRST_ROW_ITEM),
    "a custom_id too long": (rows(button(custom_id="x" * 101)), f"{FIRST_ROW_ITEM}.custom_id"),
    "an empty custom_id": (rows(button(custom_id="")), f"{FIRST_ROW_ITEM}.custom_id"),
    "a button with custom_id and url": (rows(button(url=IMAGE_URL)), FIRST_ROW_ITEM),
    "a link button with custom_id": (rows(button(style=5, url=IMAGE_URL)), FIRST_ROW_ITEM),
    "a link button without url": (rows(button(style=5, custom_id=None)), FIRST_ROW_ITEM),
    "a link button with the URL of a script": (
        rows(button(style=5, custom_id=None, url="javascript:alert(1)")),
        f"{FIRST_ROW_ITEM}.url",
    ),
    "a link too long": (
        rows(button(style=5, custom_id=None, url=IMAGE_URL + "x" * 500)),
        f"{FIRST_ROW_ITEM}.url",
    ),
    "a word as an emoji": (rows(button(emoji={"name": "heart"})), f"{FIRST_ROW_ITEM}.emoji.name"),
    "a check mark as an emoji": (rows(button(emoji={"name": "✓"})), f"{FIRST_ROW_ITEM}.emoji.name"),
    "a musical note as an emoji": (
        rows(button(emoji={"name": "♪"})),
        f"{FIRST_ROW_ITEM}.emoji.name",
    ),
    "two emoji": (rows(button(emoji={"name": "⏮️⏭️"})), f"{FIRST_ROW_ITEM}.emoji.name"),
    "half of a flag emoji": (rows(button(emoji={"name": "🇩"})), f"{FIRST_ROW_ITEM}.emoji.name"),
    "an empty emoji": (rows(button(emoji={})), f"{FIRST_ROW_ITEM}.emoji.name"),
    "a word as an option's emoji": (
        rows(select(options=[option(emoji={"name": "star"})])),
        f"{FIRST_ROW_ITEM}.options.0.emoji.name",
    ),
    "an emoji of another application": (
        rows(button(emoji={"id": "1234", "name": "party"})),
        f"{FIRST_ROW_ITEM}.emoji.name",
    ),
    "26 options": (rows(select(26)), f"{FIRST_ROW_ITEM}.options"),
    "no options": (rows(select(0)), f"{FIRST_ROW_ITEM}.options"),
    "the same option twice": (
        rows(select(options=[option(), option()])),
        f"{FIRST_ROW_ITEM}.options",
    ),
    "an option without value": (
        rows(select(options=[option(value=None)])),
        f"{FIRST_ROW_ITEM}.options.0.value",
    ),
    "an option label too long": (
        rows(select(options=[option(label="x" * 101)])),
        f"{FIRST_ROW_ITEM}.options.0.label",
    ),
    "an option description too long": (
        rows(select(options=[option(description="x" * 101)])),
        f"{FIRST_ROW_ITEM}.options.0.description",
    ),
    "an option value too long": (
        rows(select(options=[option(value="x" * 101)])),
        f"{FIRST_ROW_ITEM}.options.0.value",
    ),
    "a placeholder too long": (
        rows(select(placeholder="x" * 151)),
        f"{FIRST_ROW_ITEM}.placeholder",
    ),
    "max_values above the number of options": (
        rows(select(2, max_values=3)),
        f"{FIRST_ROW_ITEM}.options",
    ),
    "min_values above max_values": (
        rows(select(3, min_values=2, max_values=1)),
        f"{FIRST_ROW_ITEM}.min_values",
    ),
    "a user select": (rows({"type": 5, "custom_id": "who"}), f"{FIRST_ROW_ITEM}.type"),
    "two defaults where one option may be picked": (
        rows(select(options=[option(default=True), option(value="b", default=True)])),
        f"{FIRST_ROW_ITEM}.options",
    ),
    "a text component without the flag": (
        {"content": "x", "components": [text()]},
        "components.0.type",
    ),
    "a layout with content": (layout(text(), content="x"), "content"),
    "a layout with embeds": (layout(text(), embeds=[{"title": "x"}]), "embeds"),
    "an empty text": (layout(text("")), "components.0.content"),
    "a text of blanks": (layout(text(" \n")), "components.0.content"),
    "a text too long": (layout(text("x" * 4001)), "components.0.content"),
    "texts too long in total": (layout(text("x" * 2000), text("x" * 2001)), "components"),
    "41 components": (layout(*[text()] * 41), "components"),
    "41 components, nested": (layout(container(*[text()] * 40)), "components"),
    "a section without text": (layout(section()), "components.0.components"),
    "a section with four texts": (layout(section(*[text()] * 4)), "components.0.components"),
    "a section without accessory": (
        layout(section(text(), accessory=None)),
        "components.0.accessory",
    ),
    "a section with a select": (
        layout(section(text(), accessory=select())),
        "components.0.accessory.type",
    ),
    "a button as the text of a section": (
        layout(section(button())),
        "components.0.components.0.type",
    ),
    "a thumbnail by itself": (layout(thumbnail()), "components.0.type"),
    "a thumbnail not attached": (
        layout(section(text(), accessory=thumbnail("attachment://a.png"))),
        "components",
    ),
    "a thumbnail with an ftp URL": (
        layout(section(text(), accessory=thumbnail("ftp://example.org/a.png"))),
        "components.0.accessory.media.url",
    ),
    "a thumbnail without URL": (
        layout(section(text(), accessory={"type": 11, "media": {}})),
        "components.0.accessory.media.url",
    ),
    "a picture with the URL of a script": (
        layout({"type": 12, "items": [{"media": {"url": "javascript:1"}}]}),
        "components.0.items.0.media.url",
    ),
    "the same custom_id in two rows of a container": (
        layout(container(row(button()), row(select(custom_id="go")))),
        "components",
    ),
    "41 components, with a picture": (
        layout(*[text()] * 37, section(text(), text())),
        "components",
    ),
    "texts too long in total, nested": (
        layout(text("x" * 2000), container(section(text("x" * 2001)))),
        "components",
    ),
    "an empty gallery": (layout(gallery(0)), "components.0.items"),
    "a gallery of eleven pictures": (layout(gallery(11)), "components.0.items"),
    "a file with a web URL": (
        layout({"type": 13, "file": {"url": IMAGE_URL}}),
        "components.0.file.url",
    ),
    "a file not attached": (
        layout({"type": 13, "file": {"url": "attachment://a.txt"}}),
        "components",
    ),
    "a separator of size 3": (layout({"type": 14, "spacing": 3}), "components.0.spacing"),
    "an empty container": (layout(container()), "components.0.components"),
    "a container in a container": (layout(container(container(text()))), f"{FIRST_ROW_ITEM}.type"),
    "a button in a container": (layout(container(button())), f"{FIRST_ROW_ITEM}.type"),
    "a container with a negative color": (
        layout(container(text(), accent_color=-1)),
        "components.0.accent_color",
    ),
    "a text input in a message": (
        rows({"type": 4, "custom_id": "a", "label": "A", "style": 1}),
        f"{FIRST_ROW_ITEM}.type",
    ),
}


VALID_MESSAGES: list[dict[str, Any]] = [
    {"content": "x" * 2000},
    embeds({"description": "x" * 4096}, {"description": "x" * 1904}),
    embeds({"title": "x", "timestamp": "2026-11-21T00:00:00+00:00", "url": IMAGE_URL}),
    rows(*SIX_BUTTONS[:5]),
    rows(button(label=None, emoji={"name": "⏯️"}), button(custom_id="b", emoji={"name": "▶"})),
    rows(*(button(custom_id=e, emoji={"name": e}) for e in ("👩🏽‍🚀", "🇩🇪", "3️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "❤"))),
    rows(button(style=5, custom_id=None, url="http://127.0.0.1:8080/login?state=a")),
    rows(select(25, max_values=25, min_values=0)),
    {"components": [row(button())]},
    layout(*[text("x" * 100)] * 40),
    layout(container(section(text(), text(), text()), gallery(10), {"type": 14}, row(button()))),
]
EMPTY_MESSAGES: list[dict[str, Any]] = [
    {},
    {"content": ""},
    {"content": " \n"},
    {"content": None, "embeds": []},
    {"flags": COMPONENTS_V2},
]
