"""Parses an HTML page into its visible text and its forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

BLOCK_TAGS = ("p", "h1", "h2", "h3", "li", "div", "label", "button")  # each starts a new line
SKIPPED_TAGS = ("script", "style", "title", "template")  # their contents are not visible


@dataclass
class HtmlForm:
    method: str = "get"
    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)  # with their initial values
    radios: list[tuple[str, str]] = field(default_factory=list)  # all choices
    buttons: list[FormButton] = field(default_factory=list)


@dataclass
class FormButton:
    text: str = ""
    name: str = ""
    value: str = ""
    disabled: bool = False


@dataclass(frozen=True)
class HtmlPage:
    """A page in the browser. `text` is its visible text, line by line."""

    url: str
    status: int
    text: str
    html: str
    headers: Mapping[str, str]
    forms: tuple[HtmlForm, ...] = ()

    def find_form(self, button: str) -> tuple[HtmlForm, FormButton] | None:
        """The form with a button of this text, or of a text that starts with it."""
        every = [(form, b) for form in self.forms for b in form.buttons if not b.disabled]
        exact = (pair for pair in every if pair[1].text == button)
        close = (pair for pair in every if pair[1].text.startswith(button))
        return next(exact, next(close, None))


class _HtmlReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text_parts: list[str] = []
        self.forms: list[HtmlForm] = []
        self._form: HtmlForm | None = None
        self._button: FormButton | None = None
        self._skip_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag in SKIPPED_TAGS:
            self._skip_depth += 1
        elif tag == "form":
            self._form = HtmlForm(has.get("method", "get").lower(), has.get("action", ""))
            self.forms.append(self._form)
        elif tag == "button" and self._form is not None:
            self._button = FormButton(
                name=has.get("name", ""), value=has.get("value", ""), disabled="disabled" in has
            )
            self._form.buttons.append(self._button)
        elif tag == "input" and self._form is not None and "name" in has:
            self._add_input(self._form, has)

    def _add_input(self, form: HtmlForm, has: dict[str, str]) -> None:
        pair = (has["name"], has.get("value", ""))
        kind = has.get("type", "text")
        if kind == "radio":
            form.radios.append(pair)
        if kind not in ("radio", "checkbox") or "checked" in has:
            form.fields.append(pair)

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCK_TAGS:
            self.text_parts.append("\n")
        if tag in SKIPPED_TAGS:
            self._skip_depth -= 1
        elif tag == "form":
            self._form = None
        elif tag == "button":
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._skip_depth:
            return
        self.text_parts.append(data)
        if self._button is not None:
            self._button.text = f"{self._button.text} {data}".strip()


def parse_page(url: str, status: int, html: str, headers: Mapping[str, str]) -> HtmlPage:
    """Parse a response into a page."""
    reader = _HtmlReader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.text_parts).splitlines())
    text = "\n".join(line for line in lines if line)
    return replace(HtmlPage(url, status, text, html, headers), forms=tuple(reader.forms))
