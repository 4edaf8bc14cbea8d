"""The page on which a person agrees or cancels: plain, pleasant, and plainly a pretence."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape

from aiohttp import web
from yarl import URL

from .accounts import Account, App

STYLE = """
:root { color-scheme: light dark; --ink: #1c2420; --paper: #f4f6f3; --card: #fff;
  --line: #cfd8d1; --soft: #5a675f; --go: #17693b; --on-go: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eee9; --paper: #101512; --card: #19211c;
  --line: #344039; --soft: #9dada3; --go: #63d394; --on-go: #0b1a11; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 27rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem; padding: 1.5rem; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .5rem; }
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
button[value=agree] { background: var(--go); border-color: var(--go); color: var(--on-go); }
:focus-visible { outline: 3px solid var(--go); outline-offset: 2px; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def ask(
    *,
    app: App,
    accounts: Iterable[Account],
    wishes: Sequence[str],
    action: str,
    redirect_uri: str,
) -> web.Response:
    """The question: who are you here, and may this app do this?"""
    people = "\n".join(
        f'<label><input type="radio" name="account" value="{escape(account.name)}"'
        f"{' checked' if first else ''}>{escape(account.display_name)}"
        f"<small>{_about(account, app)}</small></label>"
        for first, account in ((place == 0, one) for place, one in enumerate(accounts))
    )
    scopes = "\n".join(f"<li>{escape(wish)}</li>" for wish in wishes)
    asks = f"<p>It asks to:</p>\n<ul>\n{scopes}\n</ul>" if wishes else "<p>It asks for nothing.</p>"
    # Browsers hold the redirect that follows a form against form-action, too.
    way_back = URL(redirect_uri).origin()
    return _page(
        f"{escape(app.name)} wants to connect to your account",
        f"""{asks}
<form method="post" action="{escape(action)}">
<fieldset><legend>Who are you today?</legend>
{people}
</fieldset>
<div class="buttons"><button name="answer" value="agree">Agree</button>
<button name="answer" value="cancel">Cancel</button></div>
</form>""",
        form_action=f"'self' {way_back}",
    )


def refuse(reason: str, status: int = 400) -> web.Response:
    """A page that goes nowhere: it would not be safe to send the browser back."""
    return _page(escape(reason), "<p>Go back to where you came from.</p>", status=status)


def _about(account: Account, app: App) -> str:
    plan = "Premium" if account.premium else "Free"
    return plan if account.name in app.allow_list else f"{plan}, not on the app’s list"


def _page(title: str, body: str, *, form_action: str = "'none'", status: int = 200) -> web.Response:
    text = f"""<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · pretend Spotify</title>
<style>{STYLE}</style>
<main>
<span class="mark">pretend Spotify, for trying things out</span>
<h1>{title}</h1>
{body}
</main>
</html>
"""
    policy = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {form_action}"
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
