"""The page on which a person agrees or cancels: what this app asks, and of whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiohttp import web
from yarl import URL

from sandbox.consent_page import Choice, ConsentForm, PageTheme

from .accounts import Account, App

THEME = PageTheme(
    "Spotify",
    light="--ink: #1c2420; --paper: #f4f6f3; --card: #fff; --line: #cfd8d1; --soft: #5a675f; "
    "--go: #17693b; --on-go: #fff;",
    dark="--ink: #e7eee9; --paper: #101512; --card: #19211c; --line: #344039; --soft: #9dada3; "
    "--go: #63d394; --on-go: #0b1a11;",
)


def consent_page(
    *,
    app: App,
    accounts: Iterable[Account],
    permissions: Sequence[str],
    action: str,
    redirect_uri: str,
) -> web.Response:
    """The question: who are you here, and may this app do this?"""
    form = ConsentForm(
        action=action,
        legend="Who are you today?",
        name="account",
        choices=[
            Choice(one.name, one.display_name, _account_description(one, app)) for one in accounts
        ],
        buttons=(("agree", "Agree"), ("cancel", "Cancel")),
    )
    # Browsers hold the redirect that follows a form against form-action, too.
    way_back = URL(redirect_uri).origin()
    title = f"{app.name} wants to connect to your account"
    return THEME.consent_page(title, permissions, form, form_action=f"'self' {way_back}")


def error_page(reason: str, status: int = 400) -> web.Response:
    """A page that goes nowhere: it would not be safe to send the browser back."""
    return THEME.error_page(reason, status)


def _account_description(account: Account, app: App) -> str:
    plan = "Premium" if account.premium else "Free"
    return plan if account.name in app.allowed_accounts else f"{plan}, not on the app’s list"
