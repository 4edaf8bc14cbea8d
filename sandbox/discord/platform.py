"""The simulated Discord without HTTP: its state, the app, and their interactions."""

from __future__ import annotations

import base64

from yarl import URL

from sandbox.clock import Clock
from sandbox.discord.application_emoji import ApplicationEmoji
from sandbox.discord.commands import CommandRegistry, authorizing_owners
from sandbox.discord.gateway import Gateway
from sandbox.discord.interactions import AUTOCOMPLETE, Interaction, Interactions
from sandbox.discord.messages import MessageWriter
from sandbox.discord.oauth_tokens import TokenStore
from sandbox.discord.payloads import interaction_create
from sandbox.discord.state import EPHEMERAL, Channel, DiscordState, Json, Message, User
from sandbox.notifier import DEFAULT_TIMEOUT, ChangeNotifier

MAX_UPLOADS = 20


class Platform:
    """`changes` is notified of every visible change, and when the bot connects.

    The app authenticates with `token` as a bot, and with `client_secret` at the OAuth endpoints.
    Its owner set the fields in `portal_settings` in the developer portal.
    """

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self.clock = clock
        self.changes = ChangeNotifier()
        self.duplicate_interactions = False
        self.state = DiscordState(clock, self.changes, seed)
        self.application_id = self.state.bot.id
        self.token = self._new_token()
        self.client_secret = self.state.random_string(32)
        self.redirect_uris: list[str] = []
        self.portal_settings: Json = {}
        self.tokens = TokenStore(clock)
        self.base_url = ""  # for attachments, without a slash at the end
        self.emoji = ApplicationEmoji(self.state)
        self.messages = MessageWriter(self.state, self.emoji, lambda: self.base_url)
        self.command_registry = CommandRegistry(self.state, self.application_id)
        self.interactions = Interactions(self.state, self.messages, self.application_id)
        self.gateway = Gateway(self.state, self.changes, self.token, self.application_id)
        self.read_positions: dict[tuple[str, str], str] = {}
        self.open_modals: dict[tuple[str, str], Interaction] = {}
        self.uploads: dict[str, bytes] = {}

    def _new_token(self) -> str:
        owner = base64.b64encode(self.application_id.encode()).decode().rstrip("=")
        return f"{owner}.{self.state.random_string(6)}.{self.state.random_string(38)}"

    def register_redirect_uri(self, redirect_uri: str) -> None:
        """Register a redirect URI of the app. Only this exact URI will match.

        Raises ValueError for a URI that is not an absolute http or https URL.
        """
        url = URL(redirect_uri)
        whole = url.scheme in ("http", "https") and url.host and url.user is None
        if not whole or "#" in redirect_uri:
            raise ValueError(f"{redirect_uri!r} is not a whole address without a fragment")
        self.redirect_uris.append(redirect_uri)

    @property
    def commands(self) -> list[Json]:
        """The global commands as last synced, with their ids."""
        return self.state.commands

    @property
    def command_write_count(self) -> int:
        """The number of command syncs."""
        return self.command_registry.write_count

    @property
    def closed_dms(self) -> set[str]:
        """Names of the users whose DMs are closed to the bot."""
        return self.state.closed_dms

    async def wait_until_ready(self, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until the bot is connected and has synced commands.

        Raises TimeoutError after `timeout` seconds, BotExited if the bot ends first.
        """
        await self.changes.wait_until(
            lambda: self.gateway.ready and bool(self.commands), "the bot to be ready", timeout
        )

    async def interact(
        self,
        kind: int,
        user: User,
        channel: Channel,
        data: Json,
        *,
        types: list[int],
        command: str = "",
        focused_type: int = 3,
        source_message: Message | None = None,
        parent: Interaction | None = None,
    ) -> Interaction:
        """Send an interaction to the bot. `types` are the command's installation types."""
        interaction_id = self.state.snowflake()
        secret = f"interaction:{interaction_id}:{self.state.random_string(96)}"
        interaction = Interaction(
            id=interaction_id,
            token=base64.b64encode(secret.encode()).decode(),
            kind=kind,
            user=user,
            channel=channel,
            data=data,
            owners=authorizing_owners(types, channel, user),
            created_at=self.clock(),
            command=command,
            focused_type=focused_type,
            source_message=source_message,
            parent=parent,
            source_edits_before=source_message.edit_count if source_message else 0,
        )
        interaction.changes.bot_task = self.changes.bot_task
        interaction.changes.timeout = self.changes.timeout
        self.interactions.add(interaction)
        payload = interaction_create(
            interaction.id,
            interaction.token,
            self.application_id,
            kind,
            user,
            channel,
            data,
            interaction.owners,
            source_message.data if source_message else None,
        )
        guild_id = channel.guild.id if channel.guild and channel.has_bot else None
        for _ in range(2 if self.duplicate_interactions else 1):
            await self.gateway.dispatch("INTERACTION_CREATE", payload, guild_id)
        return interaction

    def show_timeout(self, interaction: Interaction) -> None:
        """Show the user, and nobody else, that the app did not respond in time."""
        if interaction.kind == AUTOCOMPLETE:
            return
        text = "The application did not respond"
        data = self.messages.empty_payload(
            interaction.channel, self.state.bot, content=text, flags=EPHEMERAL
        )
        invoked = (interaction.user.name, interaction.command) if interaction.command else None
        self.state.add_message(
            Message(data, interaction.channel, interaction.user, invoked, failed=True)
        )

    def store_upload(self, attachment_id: str, content: bytes) -> None:
        """Store a file that a user uploaded in a modal; only the last ones are kept."""
        self.uploads[attachment_id] = content
        if len(self.uploads) > MAX_UPLOADS:
            self.uploads.pop(next(iter(self.uploads)))

    def application_payload(self) -> Json:
        """The application object, as the bot's owner sees it."""
        installed = {
            "oauth2_install_params": {"scopes": ["applications.commands"], "permissions": "0"}
        }
        return {
            "id": self.application_id,
            "name": "Tonearm",
            "icon": None,
            "description": "",
            "type": None,
            "bot": self.state.bot.payload(),
            "bot_public": True,
            "bot_require_code_grant": False,
            "integration_types_config": {"0": installed, "1": installed},
            "verify_key": "0" * 64,
            "flags": 0,
            "flags_new": "0",
            "redirect_uris": self.redirect_uris,
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": self.state.users["ada"].payload(),
            "approximate_guild_count": sum(guild.has_bot for guild in self.state.guilds),
            "approximate_user_install_count": len(self.state.users),
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": ["applications.commands", "bot", "identify"],
            **self.portal_settings,
        }
