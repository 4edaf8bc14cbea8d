"""The pages that a browser sees on the way to Spotify and back."""

from __future__ import annotations

import base64
import hashlib
from html import escape

STYLE = """
:root { color-scheme: light dark; --ground: #f6f4ef; --sheet: #fff; --ink: #22211e; --soft: #66635c;
  --line: #dedad1; --act: #17724a; --on-act: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #171816; --sheet: #21231f; --ink: #ecebe6;
  --soft: #a6a49c; --line: #373a34; --act: #4cc38a; --on-act: #0d1f16; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--ground); color: var(--ink); font: 1.0625rem/1.55 system-ui, sans-serif; }
main { width: 100%; max-width: 30rem; background: var(--sheet); border: 1px solid var(--line);
  border-radius: 1rem; padding: 2rem; }
.brand { margin: 0 0 1.5rem; color: var(--soft); font-size: .9375rem; letter-spacing: .02em; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .25rem; font-size: 1.0625rem; }
p { margin: 0 0 1rem; } ul { margin: 0 0 1.25rem; padding-left: 1.25rem; } li { margin: .25rem 0; }
p, li, h1 { overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .9375rem; } main > :last-child { margin-bottom: 0; }
button { width: 100%; margin: .25rem 0 1.125rem; padding: .8rem 1rem; border: 0;
  border-radius: .625rem; background: var(--act); color: var(--on-act); font: inherit;
  font-weight: 600; cursor: pointer; }
button:hover { filter: brightness(1.08); }
a { color: var(--act); }
button:focus-visible, a:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
"""

STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

MAY = (
    "see and control what plays on your Spotify devices",
    "read your liked songs, and save songs to your library",
)


def page(title: str, body: str) -> str:
    """A whole page; `title` is text, `body` is HTML."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Tonearm</title><style>{STYLE}</style></head>"
        '<body><main><p class="brand">Tonearm, a remote for Spotify in Discord</p>'
        f"<h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def sentence(title: str, *sentences: str) -> str:
    """A page that only says something; all of it is text."""
    return page(title, "".join(f"<p>{escape(text)}</p>" for text in sentences))


def login(discord_name: str) -> str:
    """The page behind the login button: who it is for, what follows, and one button."""
    may = "".join(f"<li>{escape(text)}</li>" for text in MAY)
    return page(
        "Link your Spotify account",
        f"<p>This links Spotify to the Discord account <strong>{escape(discord_name)}</strong>. "
        "Tonearm will be able to:</p>"
        f"<ul>{may}</ul>"
        '<form method="post"><button>Continue to Spotify</button></form>'
        '<p class="soft">If you did not ask for this in Discord, close this page. Nothing has '
        "happened yet.</p>",
    )


def linked(spotify_name: str) -> str:
    return sentence(
        f"Linked to {spotify_name}",
        "You can close this page and go back to Discord. Try /search or /play there.",
    )


PRIVACY = page(
    "Privacy",
    "<p>Tonearm keeps as little as it can.</p>"
    "<h2>What is stored</h2>"
    "<p>For each person who links Spotify: the Discord user ID, the Spotify account ID and display "
    "name, the permissions that were given and when, and Spotify’s login token, encrypted. "
    "What you play, search or save is not stored.</p>"
    "<h2>Why</h2><p>To do at Spotify what you ask for in Discord, and nothing else. Nothing is "
    "sold, shared or used for advertising.</p>"
    "<h2>For how long</h2><p>Until you use /unlink, which erases it at once. To withdraw the "
    'permission at Spotify too, open <a href="https://www.spotify.com/account/apps/" '
    'rel="noreferrer">your Spotify account’s apps</a>.</p>'
    '<p class="soft">Tonearm is not affiliated with Spotify or Discord.</p>',
)
