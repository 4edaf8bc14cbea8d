"""The consent page of an OAuth server, as HTML without scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape

from aiohttp import web

BASE_STYLE = """
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 27rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem; padding: 1.5rem; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
p, li { color: var(--soft); } p { margin: 0 0 1rem; }
ul { margin: 0 0 1.25rem; padding-left: 1.2rem; }
.mark { display: inline-block; font-size: .8rem; border: 1px dashed var(--soft);
  border-radius: 1rem; padding: .1rem .7rem; margin-bottom: 1rem; }
fieldset { border: 0; margin: 0 0 1.25rem; padding: 0; display: grid; gap: .5rem; }
legend { padding: 0; margin-bottom: .5rem; font-weight: 600; }
label { display: flex; gap: .75rem; align-items: center; padding: .65rem .85rem;
  border: 1px solid var(--line); border-radius: .7rem; cursor: pointer; }
label:has(:checked) { border-color: var(--go); box-shadow: inset 0 0 0 1px var(--go); }
label small { color: var(--soft); margin-left: auto; text-align: right; }
input { accent-color: var(--go); }
.buttons { display: flex; gap: .75rem; }
button { flex: 1; min-height: 2.75rem; border-radius: 2rem; border: 1px solid var(--line);
  background: none; color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button:first-child { background: var(--go); border-color: var(--go); color: var(--on-go); }
:focus-visible { outline: 3px solid var(--go); outline-offset: 2px; }
"""


@dataclass(frozen=True)
class Choice:
    """A user to choose; the page shows `description` in small letters."""

    value: str
    text: str
    description: str


@dataclass(frozen=True)
class PageTheme:
    """The pages of one service. `light` and `dark` set --ink, --paper, --card and so on."""

    service: str
    light: str
    dark: str

    @cached_property
    def style(self) -> str:
        dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {self.dark} }} }}"
        return f"\n:root {{ color-scheme: light dark; {self.light} }}\n{dark}{BASE_STYLE}"

    @cached_property
    def _style_source(self) -> str:
        """The CSP source that permits this style only."""
        digest = hashlib.sha256(self.style.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    def consent_page(
        self,
        title: str,
        permissions: Iterable[str],
        *,
        action: str,
        field: str,
        choices: Iterable[Choice],
        buttons: Iterable[str],
        form_action: str,
    ) -> web.Response:
        """The page with its form: the user goes into `field`, and the button into `answer`.

        The first choice is checked. `form_action` are the sources of the CSP directive.
        """
        listed = "\n".join(f"<li>{escape(permission)}</li>" for permission in permissions)
        asks = f"<p>It asks to:</p>\n<ul>\n{listed}\n</ul>"
        radios = "\n".join(
            f'<label><input type="radio" name="{escape(field)}" value="{escape(choice.value)}"'
            f"{' checked' if index == 0 else ''}>{escape(choice.text)}"
            f"<small>{escape(choice.description)}</small></label>"
            for index, choice in enumerate(choices)
        )
        pressed = "\n".join(
            f'<button name="answer" value="{escape(text.lower())}">{escape(text)}</button>'
            for text in buttons
        )
        form = f"""<form method="post" action="{escape(action)}">
<fieldset><legend>Sign in as</legend>
{radios}
</fieldset>
<div class="buttons">{pressed}</div>
</form>"""
        body = f"{asks if listed else '<p>It asks for nothing.</p>'}\n{form}"
        return self._render(title, body, form_action=form_action)

    def error_page(self, reason: str, status: int = 400) -> web.Response:
        """A page without a link back, for a redirect URI that is not trusted."""
        return self._render(reason, "<p>Go back to where you came from.</p>", status=status)

    def _render(
        self, title: str, body: str, *, form_action: str = "'none'", status: int = 200
    ) -> web.Response:
        text = f"""<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · simulated {self.service}</title>
<style>{self.style}</style>
<main>
<span class="mark">simulated {self.service}, for trying things out</span>
<h1>{escape(title)}</h1>
{body}
</main>
</html>
"""
        policy = f"default-src 'none'; style-src {self._style_source}; form-action {form_action}"
        return web.Response(
            text=text,
            status=status,
            content_type="text/html",
            headers={
                "Content-Security-Policy": f"{policy}; base-uri 'none'; frame-ancestors 'none'",
                "Cache-Control": "no-store",
                "Referrer-Policy": "same-origin",
                "X-Content-Type-Options": "nosniff",
            },
        )
