"""A partner, the ground to send from, and the door."""

import json
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from joserfc.jwk import OKPKey

from gateway.app import api
from kit.events import sealed
from kit.testing.databases import ServiceDatabase
from tests.gateway.doors import listening
from tests.gateway.test_workers import Client, settings
from tests.gateway.webhooks.ground import Ground, partner

_KEY = OKPKey.generate_key("X25519", {"kid": "gateway"})


@pytest.fixture
async def ground(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Ground]:
    async with partner() as one:
        opened = Ground(database("gateway"), one)
        yield opened
        await opened.close()


@pytest.fixture
async def client(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Client]:
    keys = {
        "sealing_private_keys": json.dumps({"keys": [_KEY.as_dict(private=True)]}),
        "sealing_public_keys": json.dumps({"gateway": _KEY.as_dict(private=False)}),
    }
    sealed.use_keys("gateway", json.loads(keys["sealing_private_keys"]), json.loads(keys["sealing_public_keys"]))
    async with (
        aiohttp.ClientSession() as http,
        listening(api(settings(database("gateway").url, **keys)), lifespan=True) as address,
    ):
        yield Client(http, address)
