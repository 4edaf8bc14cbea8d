"""The HTML pages of a login, of a download, and about setup and privacy."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape

from bot.errors.bot_error import OPERATOR, BotError
from bot.errors.login import LoginError
from bot.login.results import AccountLinked, AwaitingCode, failure_message
from bot.spotify.oauth import SCOPES
from bot.store.downloads import MAX_ATTEMPTS
from bot.text import scopes

STYLE = """
:root { color-scheme: light dark; --ground: #f6f4ef; --sheet: #fff; --ink: #22211e; --soft: #66635c;
  --line: #dedad1; --act: #17724a; --on-act: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #171816; --sheet: #21231f; --ink: #ecebe6;
  --soft: #a6a49c; --line: #373a34; --act: #4cc38a; --on-act: #0d1f16; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--ground); color: var(--ink); font: 1.0625rem/1.55 system-ui, sans-serif; }
.foot { padding-top: 1rem; font-size: .875rem; } .foot a { color: var(--soft); }
main { width: 100%; max-width: 30rem; background: var(--sheet); border: 1px solid var(--line);
  border-radius: 1rem; padding: 2rem; }
.brand { margin: 0 0 1.5rem; color: var(--soft); font-size: .9375rem; letter-spacing: .02em; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .25rem; font-size: 1.0625rem; }
p { margin: 0 0 1rem; } ul, ol { margin: 0 0 1.25rem; padding-left: 1.25rem; }
li { margin: .25rem 0; }
.code { display: block; font: 600 clamp(1.25rem, 7vw, 2rem)/1.2 ui-monospace, monospace;
  text-align: center;
  white-space: nowrap; padding: 1rem .25rem; border-radius: .625rem; user-select: all;
  border: 1px dashed var(--line); }
code { font: .9375em ui-monospace, monospace; overflow-wrap: anywhere; user-select: all; }
p, li, h1 { overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .9375rem; } main > :last-child { margin-bottom: 0; }
button { width: 100%; margin: .25rem 0 1.125rem; padding: .8rem 1rem; border: 0;
  border-radius: .625rem; background: var(--act); color: var(--on-act); font: inherit;
  font-weight: 600; cursor: pointer; }
label { display: block; margin: 0 0 1rem; }
input { display: block; width: 100%; margin: .25rem 0 0; padding: .7rem; font: inherit;
  color: inherit; background: var(--ground); border: 1px solid var(--soft);
  border-radius: .625rem; }
button:disabled { filter: saturate(.4); cursor: default; }
button:hover { filter: brightness(1.08); }
a { color: var(--act); }
:is(button, input, a):focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
"""

EVENTS_PATH = "/done/events"

# Of the page with the confirmation code. Without it, the code is typed off and the page reloaded.
# Browsers have a clipboard on https and on this machine only.
CODE_SCRIPT = f"""
const code = document.querySelector(".code");
if (navigator.clipboard) {{
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy code";
  button.setAttribute("aria-live", "polite");
  button.onclick = () => navigator.clipboard.writeText(code.textContent).then(
    () => {{ button.textContent = "Copied"; }}, () => getSelection().selectAllChildren(code));
  code.parentElement.after(button);
}}
const events = new EventSource("{EVENTS_PATH}");
events.addEventListener("over", () => {{ events.close(); location.reload(); }});
"""

# Of the page with a download. Without it, the code is copied from the address by hand.
DOWNLOAD_SCRIPT = """
const form = document.forms[0], field = form.code, button = form.querySelector("button");
if (location.hash.length > 1) {
  field.value = location.hash.slice(1);
  field.parentElement.replaceWith(field);
  field.type = "hidden";
  history.replaceState(null, "", location.pathname);
}
form.addEventListener("submit", () => setTimeout(() => {
  button.disabled = true;
  button.textContent = "Download started";
}));
"""


def _hash_source(text: str) -> str:
    """The hash by which a Content-Security-Policy allows this inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


STYLE_HASH = _hash_source(STYLE)
CODE_SCRIPT_HASH, DOWNLOAD_SCRIPT_HASH = _hash_source(CODE_SCRIPT), _hash_source(DOWNLOAD_SCRIPT)


_FOOT = '<p class="foot"><a href="/privacy">Privacy</a></p>'


def render_page(title: str, body: str, foot: str = _FOOT) -> str:
    """A whole page; `title` is text, `body` and `foot` are HTML."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Tonearm</title><style>{STYLE}</style></head>"
        '<body><main><p class="brand">Tonearm, a remote for Spotify in Discord</p>'
        f"<h1>{escape(title)}</h1>{body}{foot}</main></body></html>"
    )


def message(title: str, *sentences: str) -> str:
    """A page with a title and sentences, which are text."""
    return render_page(title, "".join(f"<p>{escape(text)}</p>" for text in sentences))


def login(discord_name: str, next_service: str, *, by_code: bool) -> str:
    """The login page: the Discord account, the permissions, and a button to the next service.

    `by_code` tells whether the login ends with a confirmation code.
    """
    permissions = "".join(f"<li>{escape(text)}</li>" for text in scopes.describe(SCOPES))
    last = " You’ll get a code to enter in Discord." if by_code else ""
    return render_page(
        "Link your Spotify account",
        f"<p>This links Spotify to the Discord account <strong>{escape(discord_name)}</strong>. "
        "Didn’t ask for this in Discord? Close this page. Someone may be trying to control your "
        "Spotify.</p>"
        f"<p>Tonearm will be able to:</p><ul>{permissions}</ul>"
        f'<form method="post"><button>Continue to {next_service}</button></form>'
        f'<p class="soft">Nothing is linked yet.{last}</p>',
    )


def result(login_result: AccountLinked | AwaitingCode) -> str:
    """The result page of a login that did not fail."""
    match login_result:
        case AwaitingCode():
            return _confirmation_code(login_result)
        case AccountLinked(name=name):
            return message(
                f"Linked to {name}",
                "You can close this page and go back to Discord. It shows what you can do now.",
            )


def _confirmation_code(login_result: AwaitingCode) -> str:
    name, discord_name = escape(login_result.name), escape(login_result.discord_name)
    return render_page(
        "One more step, in Discord",
        f"<p>Signed in to Spotify as <strong>{name}</strong>. To finish linking it to "
        f"<strong>{discord_name}</strong> on Discord, go back to Discord, press "
        "<em>Enter code</em> and type:</p>"
        f'<p><output class="code" aria-label="Code">{escape(login_result.code)}</output></p>'
        '<p class="soft">Valid for 10 minutes. Not your Discord account, or did someone ask you '
        "for this code? Close this page and nothing will be linked.</p>"
        f"<script>{CODE_SCRIPT}</script>",
    )


def failure(error: BotError, operator: str) -> str:
    """The page about a login that failed, or that this browser cannot continue."""
    title = error.title if isinstance(error, LoginError) else LoginError.title
    text = escape(failure_message(error).replace(OPERATOR, operator))
    linked = text.replace("/setup", '<a href="/setup">/setup</a>')
    return render_page(title, f"<p>{linked}</p>")


def download() -> str:
    """The page of every download: the script takes the code from the address into the form."""
    return render_page(
        "Download your library",
        "<p>This is the file of your export. You can download it once; then it’s erased here. "
        "After 24 hours it’s erased in any case.</p>"
        '<form method="post"><label>Code (what comes after # in the address)'
        '<input name="code" required autocomplete="off" spellcheck="false"></label>'
        "<button>Download</button></form>"
        '<p class="soft">If the download breaks off, or the bot restarts, press the button in '
        f"Discord again. A download can start {MAX_ATTEMPTS} times.</p>"
        f"<script>{DOWNLOAD_SCRIPT}</script>",
    )


def setup(redirect_uri: str) -> str:
    """How to create one's own Spotify app; `redirect_uri` is to be copied into its settings."""
    return render_page(
        "Your own Spotify app",
        "<p>A Spotify app serves five people. If this bot’s app is full, use your own. "
        "You need Premium and five minutes.</p>"
        '<ol><li>Open the <a href="https://developer.spotify.com/dashboard" '
        'rel="noreferrer">developer dashboard</a>, log in with your Spotify account, and press '
        "<em>Create app</em>. Any name will do.</li>"
        f"<li>Copy this redirect URI exactly:<br><code>{escape(redirect_uri)}</code>"
        "</li>"
        "<li>Under <em>Which API/SDKs are you planning to use?</em>, tick <em>Web API</em>, and "
        "save.</li>"
        "<li>Under <em>User Management</em>, add your own name and the e-mail address of your "
        "Spotify account.</li>"
        "<li>Copy the <em>client ID</em> from the app’s settings. You don’t need the secret; "
        "give it to nobody.</li>"
        "<li>In Discord, use <code>/link client_id:</code> with it.</li></ol>"
        '<p class="soft">If Spotify then says <em>INVALID_CLIENT: Invalid redirect URI</em>, the '
        "address in the dashboard differs from the one above. If it says <em>Invalid client</em>, "
        "the client ID is mistyped.</p>",
    )


def privacy(operator: str) -> str:
    """What is stored, why, and for how long; /privacy in Discord states the same."""
    sections = "".join(
        f"<h2>{escape(title)}</h2>{_list(points)}<p>{escape(text)}</p>"
        for title, points, text in PRIVACY
    )
    return render_page(
        "Privacy",
        f"<p>Tonearm keeps as little as it can.</p>{sections}"
        '<p><a href="https://www.spotify.com/account/apps/" rel="noreferrer">Apps of your Spotify '
        f"account</a></p><h2>Questions</h2><p>Ask {escape(operator)}.</p>"
        '<p class="soft">Tonearm is not affiliated with Spotify or Discord.</p>',
    )


def _list(points: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(point)}</li>" for point in points)
    return f"<ul>{items}</ul>" if points else ""


# A title, a list of points, and a paragraph; either may be empty.
PRIVACY: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "What is stored",
        (
            "Your Discord user ID, and your Spotify account’s ID and name.",
            "The Spotify app’s client ID, your permissions, and when you gave them.",
            "Spotify’s login token, encrypted.",
            "Your settings, with the name and ID of your default device and playlist.",
            "The names and links of your pins.",
            "Your sleep timer, until it ends.",
            "How often you want a backup, and the ID of my direct message with your last one.",
            "During a login, for at most 20 minutes: its state, encrypted or hashed, and your "
            "Discord name.",
            "While your /export runs or waits: what you asked for, what it has read, and where its "
            "message is. It’s erased when you get the file, stop it or unlink, and 48 hours after "
            "its last progress. Waiting for Spotify’s limit doesn’t count. Until then it lies on "
            "the bot’s disk unencrypted, since the bot has to go on with it by itself.",
            "A file of your /export that’s too big for Discord, until you’ve downloaded it: "
            "24 hours at most. Only the address that you got can decrypt it.",
            "The file of your /import while you choose, and afterwards what it added, for /undo: "
            "three days at most each.",
            "How many calls each Spotify app made in each hour of the last day.",
            "If the bot’s operator keeps you out: your Discord ID, even after /unlink, until you "
            "are let in again.",
        ),
        "What you play, search or save isn’t stored, and nothing about servers is.",
    ),
    (
        "What is kept in memory",
        (
            "Spotify’s answers, and your last change, for /undo: ten minutes at most.",
            "How many calls to Spotify you made in each hour: a day.",
            "What you saved or removed with the bot: until you’ve done neither for an hour.",
            "How loud a device was before you muted it: twelve hours.",
            "Your last 25 searches and songs, for suggestions: until you’ve used none for a day.",
        ),
        "Nobody else sees them.",
    ),
    (
        "Why",
        (),
        "To do at Spotify what you ask for in Discord, and nothing else. Nothing is sold, shared "
        "or used for advertising. Others can see what you play only if you allow it in /settings.",
    ),
    (
        "For how long",
        (),
        "Until you use /unlink. It erases everything at once, except that the operator keeps you "
        "out. To also revoke access at Spotify, remove Tonearm from your Spotify account’s apps.",
    ),
    (
        "After that",
        (),
        "Some bots keep their data on a database server. Traces of what was erased stay on its "
        "disk until it needs the space, with your login token encrypted.",
    ),
)
