"""The simulated Spotify, called as Ada."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.simulators.spotify.api_caller import ApiCaller, api_caller


@pytest.fixture
async def ada() -> AsyncIterator[ApiCaller]:
    async with api_caller() as caller:
        yield caller
