"""Services that answer on this machine, for tests that speak HTTP to them from outside."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from gateway.app import own_app
from kit.contracts.catalogue import OWNERS
from kit.contracts.roles import ROLES
from kit.run.embedded.ports import HOST
from kit.settings import GatewaySettings, kind_for
from kit.store.migrate import service_named
from kit.testing.databases import ServiceDatabase
from kit.web.app import build_app
from tests.kit.ground import KEY, PUBLIC_KEYS, SECRET, token

# What is sealed here is opened by nobody.
SEALING = OKPKey.generate_key("X25519", {"kid": "laws"})


def app_on(owner: str, stored: ServiceDatabase) -> FastAPI:
    """A service's own application, or the gateway's own part, on that database."""
    values: dict[str, Any] = {
        "environment": "test",
        "database_url": stored.url,
        "secret_key": SECRET,
        "internal_public_keys": json.dumps(PUBLIC_KEYS),
        "sealing_public_keys": json.dumps({each: SEALING.as_dict(private=False) for each in OWNERS}),
    }
    if owner == "gateway":
        signing = json.dumps(KEY.as_dict(private=True))
        return own_app(GatewaySettings(**values, internal_signing_key=signing, upstreams="{}", demo_issuer=True))
    if stored.vault:
        values |= {"vault_database_url": stored.vault.url, "pseudonym_key": SECRET}
    return build_app(service_named(owner), kind_for(owner)(**values))


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Its address; a real server in a thread of this process."""
    listening = socket.create_server((HOST, 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the server ended while starting"
        assert time.monotonic() < end
        time.sleep(0.01)
    try:
        yield f"http://{HOST}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


def let_in(owner: str, action: str) -> dict[str, str]:
    """The header with which the gateway would pass on a request for that action, of someone in every role."""
    return {"Authorization": f"Bearer {token(action, audience=owner, roles=sorted(ROLES), subject='fuzz')}"}
