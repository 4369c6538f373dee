"""A loader at risk's door, with a spool of its own, and what its children need."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kit import clock
from kit.errors import DomainError
from kit.store.jobs import Step
from kit.testing.databases import ServiceDatabase
from services.risk import work
from services.risk.sources import commands
from services.risk.working import Ended, WorkRefused
from tests.risk.ground import TODAY, open_risk
from tests.risk.sources.ground import Loading


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The borough's calendar says Monday 7 December 2026."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
async def loading(
    database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Loading]:
    """A program that loads extracts."""
    stored = database("risk")
    assert stored.vault is not None
    environment = {
        "ENVIRONMENT": "test",
        "SPOOL": str(tmp_path / "spool"),
        "DATABASE_URL": stored.url,
        "VAULT_DATABASE_URL": stored.vault.url,
        "PSEUDONYM_KEY": "a key of the tests that has thirty-two bytes",
        "SECRET_KEY": "a secret of the tests, long enough to be taken",
        "INTERNAL_PUBLIC_KEYS": '{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}]}',
    }
    for name, value in environment.items():
        monkeypatch.setenv(f"NEWSTART_{name}", value)
    async with open_risk(database) as risk:
        yield Loading(risk)


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The children's work is done in this process: starting Python again and again takes longer than the tests."""

    async def looked_after(step: Step, verb: str, arguments: Mapping[str, Any]) -> Ended:
        return Ended(await asyncio.to_thread(work.verb(verb), arguments, lambda *told, **more: None))

    async def at_once(verb: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return await asyncio.to_thread(work.verb(verb), arguments, lambda *told, **more: None)
        except DomainError as refusal:
            raise WorkRefused(refusal.detail) from None

    monkeypatch.setattr(commands, "look_after", looked_after)
    monkeypatch.setattr(commands, "done_at_once", at_once)
