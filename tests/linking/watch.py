"""What must hold after every step, whatever the order of steps was."""

from __future__ import annotations

import pytest

from bot.errors import LinkEnded
from bot.vault import Vault
from sandbox.spotify import Spotify
from tests.linking.ledger import Ledger, everything
from tests.linking.model import Going, Model, UnderWay
from tests.linking.place import House, World


class Watch:
    """Reads the files past the bot and holds them against the model, and against Spotify's book."""

    def __init__(self, world: World, house: House, model: Model, under_way: list[UnderWay]) -> None:
        self._world = world
        self._house = house
        self._model = model
        self._under_way = under_way
        self._seen: dict[int, set[bytes]] = {}

    def look(self) -> None:
        """Raises AssertionError where something does not hold."""
        ledger = Ledger.read(self._house.settings.database)
        for number, _, blob in ledger.sealed():
            self._seen.setdefault(number, set()).add(blob)
        self._one_owner(ledger)
        self._all_opens_in_its_place_alone(ledger, self._house.vault)
        self._tokens_are_good(ledger, self._world.spotify)
        for user in self._world.discord.world.users:
            self._login_is_where_it_must_be(ledger, user)
        self._the_unlinked_have_nothing(ledger)

    def is_dead(self, user: str) -> bool:
        """Whether Spotify would refuse the stored refresh token; True where there is none."""
        number = self._world.user_id(user)
        row = Ledger.read(self._house.settings.database).links.get(number)
        if row is None:
            return True
        return _is_dead(self._world, self._opened(number, row["refresh_token"]))

    def nothing_is_left(self, user: str) -> None:
        """Not even bytes in a part of the files that no table uses any more."""
        number = self._world.user_id(user)
        files = everything(self._house.settings.database)
        left = [blob for blob in self._seen.pop(number, ()) if blob in files]
        assert not left, f"{len(left)} sealed secrets of {user} are still in the files"

    def how_much_is_sealed(self) -> int:
        return len(list(Ledger.read(self._house.settings.database).sealed()))

    def only_who_is_here_is_known(self) -> None:
        """After a round: of people without a link or a login there is no row, and no secret."""
        ledger = Ledger.read(self._house.settings.database)
        users = self._world.discord.world.users
        here = {user for user in users if user in self._model.links or user in self._model.goings}
        assert ledger.people == set(map(self._world.user_id, here))
        for user in users.keys() - here:
            self.nothing_is_left(user)

    def _opened(self, number: int, blob: bytes) -> str:
        return self._house.vault.open(blob, "refresh_token", number)

    def _one_owner(self, ledger: Ledger) -> None:
        accounts = [row["account_id"] for row in ledger.links.values()]
        assert len(set(accounts)) == len(accounts), "one owner a Spotify account"
        stored = {user: (row["name"], bool(row["ended"])) for user, row in ledger.links.items()}
        assert stored == {
            self._world.user_id(user): (link.account.title(), link.ended)
            for user, link in self._model.links.items()
        }

    def _all_opens_in_its_place_alone(self, ledger: Ledger, vault: Vault) -> None:
        everybody = set(map(self._world.user_id, self._world.discord.world.users))
        for user, column, blob in ledger.sealed():
            assert vault.open(blob, column, user)
            for other in everybody - {user}:
                with pytest.raises(LinkEnded):
                    vault.open(blob, column, other)

    def _tokens_are_good(self, ledger: Ledger, spotify: Spotify) -> None:
        """Each is of the login that made its link, and Spotify goes by it, unless it ended it."""
        renewing = [one.about for one in self._under_way]
        for user, link in self._model.links.items():
            number = self._world.user_id(user)
            token = self._opened(number, ledger.links[number]["refresh_token"])
            consent = spotify.world.tokens.consented(token)
            if consent is None:
                assert link.lost or link in renewing, f"{user}'s token is an old one"
            else:
                link.consent = link.consent or consent
                assert consent is link.consent, f"{user}'s token is of another login"
                assert consent.account == link.account
            if link.ended:
                assert _is_dead(self._world, token), f"{user}'s link was ended for nothing"

    def _login_is_where_it_must_be(self, ledger: Ledger, user: str) -> None:
        row, going = ledger.logins.get(self._world.user_id(user)), self._model.goings.get(user)
        if going is None:
            assert row is None, f"{user}'s login is over, and still there"
            return
        assert row is not None, f"{user}'s login is gone"
        assert row["expires_at"] == int(going.ends_at)
        assert _stations(row) == _must_stand(going)

    def _the_unlinked_have_nothing(self, ledger: Ledger) -> None:
        for user in self._world.discord.world.users:
            if user not in self._model.links:
                number = self._world.user_id(user)
                assert number not in ledger.links
                assert number not in self._house.accounts._held, f"{user}'s access token is kept"
                assert user in self._model.goings or number not in ledger.logins


def _is_dead(world: World, token: str) -> bool:
    consent = world.spotify.world.tokens.consented(token)
    return consent is None or consent.ended or consent.expires_at <= world.clock()


def _stations(row: dict[str, object]) -> set[str]:
    """Which of the login's secrets and results there are."""
    names = ("nonce", "state", "code", "account_id", "refresh_token", "outcome")
    return {name for name in names if row[name] is not None}


def _must_stand(going: Going) -> set[str]:
    match going.at:
        case "page":
            return {"nonce"}
        case "discord" | "spotify":
            return {"state"}
        case "code":
            return {"code", "account_id", "refresh_token"}
        case "over":
            return {"outcome"}
    return set()
