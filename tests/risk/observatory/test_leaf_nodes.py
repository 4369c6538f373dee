"""Three boroughs and a region as real processes, their NATS servers joined as leaf nodes: cut, healed, lied to."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from kit.events import leaf_nodes
from kit.events.bus import Bus
from kit.run.embedded.nats import NatsServer
from kit.run.embedded.ports import HOST, free
from kit.testing.databases import Databases, ServiceDatabase
from kit.testing.faults import FaultProxy
from services.risk.observatory.federation import packages
from services.risk.observatory.federation.packages import FIRST, Package, digest, sign

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]

REGION = "E12000007"
BOROUGHS = ("E09000002", "E09000025", "E09000031")
WORD = "a-word-of-the-test"
ROOT = Path(__file__).parents[3]


@dataclass
class Station:
    """One observatory: its database, its server's address, its process."""

    area: str
    stored: ServiceDatabase
    url: str
    key: dict[str, Any] = field(default_factory=lambda: OKPKey.generate_key("Ed25519").as_dict(private=True))
    signed: list[str] = field(default_factory=list)

    def package(self, key: dict[str, Any] | None = None, **changes: Any) -> str:
        """The next one, signed."""
        told: dict[str, Any] = {
            "format": "newstart-observatory/1",
            "area": self.area,
            "above": REGION,
            "sequence": len(self.signed) + 1,
            "previous": digest(self.signed[-1]) if self.signed else FIRST,
            "month": "2026-12",
            "disclosure": {"threshold": 10, "rounding": 10},
            "tables": [
                {"count": "households", "dimensions": ["known"], "counts": [1000 + 10 * len(self.signed), None]}
            ],
        }
        return sign(Package.model_validate(told | changes), key or self.key)

    def makes(self, number: int = 1) -> None:
        """So many packages more, which wait to be sent."""
        for _ in range(number):
            signed = self.package()
            self.signed.append(signed)
            self.stored.execute(
                "insert into observatory_package (area, sequence, direction, digest, signed, month)"
                " values (%s, %s, 'sent', %s, %s, '2026-12-01')",
                [self.area, len(self.signed), digest(signed), signed],
            )

    def waiting(self) -> int:
        """How many are not acknowledged yet."""
        rows = self.stored.rows("select count(*) as n from observatory_package where settled_at is null")
        return int(rows[0]["n"])

    @asynccontextmanager
    async def running(self, above: str | None) -> AsyncIterator[Process]:
        assert self.stored.vault is not None
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            "NEWSTART_ENVIRONMENT": "test",
            "NEWSTART_DATABASE_URL": self.stored.url,
            "NEWSTART_VAULT_DATABASE_URL": self.stored.vault.url,
            "NEWSTART_PSEUDONYM_KEY": "a key of the tests that has thirty-two bytes",
            "NEWSTART_SECRET_KEY": "a secret of the tests, long enough to be taken",
            "NEWSTART_INTERNAL_PUBLIC_KEYS": json.dumps({"keys": [OKPKey.import_key(self.key).as_dict(private=False)]}),
            "NEWSTART_OBSERVATORY_URL": self.url,
            "NEWSTART_OBSERVATORY_AREA": self.area,
            "NEWSTART_OBSERVATORY_KEY": json.dumps(self.key),
            "NEWSTART_OBSERVATORY_SECONDS": "0.5",
            **({"NEWSTART_OBSERVATORY_ABOVE": above} if above else {}),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.risk.observatory.federation.station", env=environment, cwd=ROOT
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                await asyncio.wait_for(process.wait(), 60)


@dataclass
class Field:
    """The four of them, and the lines between."""

    region: Station
    boroughs: dict[str, Station]
    lines: dict[str, FaultProxy]

    def here(self, area: str) -> list[int]:
        """Which packages of an area the region has."""
        rows = self.region.stored.rows(
            "select sequence from observatory_package where area = %s and direction = 'received' order by 1", [area]
        )
        return [int(row["sequence"]) for row in rows]

    def refusals(self) -> dict[str, int]:
        """How often each rule refused something."""
        rows = self.region.stored.rows("select rule, sum(times) as n from observatory_refusal group by rule")
        return {row["rule"]: int(row["n"]) for row in rows}


async def until(true: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Waits for something that other processes bring about."""
    for _ in range(int(seconds / 0.1)):
        if true():
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"within {seconds:.0f} s: {what}")


@pytest.fixture
def databases(postgres: str) -> Iterator[list[ServiceDatabase]]:
    made = [Databases(postgres, f"leaf{number}") for number in range(4)]
    yield [each.get("risk") for each in made]
    for each in made:
        each.close()


def server(folder: Path, besides: dict[str, Any]) -> tuple[NatsServer, int]:
    port, monitor = free(2)
    users = [{"user": "admin"}]
    return NatsServer(folder, port, monitor, users, {"admin": WORD}, durable=False, besides=besides), port


@pytest.fixture
async def joined(databases: list[ServiceDatabase], tmp_path: Path) -> AsyncIterator[Field]:
    async with AsyncExitStack() as stack:

        def starts(each: NatsServer) -> None:
            process = each.start()
            stack.callback(each.stop, process)
            each.wait_ready(process)

        (listen,) = free(1)
        besides = leaf_nodes.hub(REGION, WORD, dict.fromkeys(BOROUGHS, WORD), f"{HOST}:{listen}")
        hub, port = server(tmp_path / "hub", besides)
        starts(hub)
        found = Field(Station(REGION, databases[0], address(REGION, port)), {}, {})
        for area, stored in zip(BOROUGHS, databases[1:], strict=True):
            proxy = found.lines[area] = await stack.enter_async_context(FaultProxy(listen))
            remote = f"nats-leaf://{leaf_nodes.user(area)}:{WORD}@{HOST}:{proxy.port}"
            own, port = server(tmp_path / area, leaf_nodes.borough(area, REGION, WORD, remote))
            starts(own)
            station = found.boroughs[area] = Station(area, stored, address(area, port))
            found.region.stored.execute(
                "insert into observatory_member (area, version, title, above, key, suspended, kept_by)"
                " values (%s, 1, %s, %s, %s, false, 'grace')",
                [area, area, REGION, json.dumps({name: station.key[name] for name in ("kty", "crv", "x")})],
            )
        await stack.enter_async_context(found.region.running(None))
        for each in found.boroughs.values():
            await stack.enter_async_context(each.running(REGION))
        yield found


def address(area: str, port: int) -> str:
    return f"nats://{leaf_nodes.user(area)}:{WORD}@{HOST}:{port}"


async def test_the_region_has_all_of_it_whatever_happens_to_the_line(joined: Field) -> None:
    one, two, three = BOROUGHS
    for each in joined.boroughs.values():
        each.makes(2)
    await until(lambda: all(joined.here(area) == [1, 2] for area in BOROUGHS), "three boroughs' packages arrive")
    await until(lambda: not any(each.waiting() for each in joined.boroughs.values()), "and are acknowledged")

    # The line to one is cut: it waits, the others go on.
    joined.lines[one].cut()
    await asyncio.sleep(1)
    # Also what was on its way to be connected.
    joined.lines[one].cut()
    await asyncio.sleep(0.5)
    joined.boroughs[one].makes(3)
    joined.boroughs[two].makes()
    await until(lambda: joined.here(two) == [1, 2, 3], "another borough goes on")
    await asyncio.sleep(2)
    assert joined.here(one) == [1, 2]
    assert joined.boroughs[one].waiting() == 3
    joined.lines[one].heal()
    await until(lambda: joined.here(one) == [1, 2, 3, 4, 5], "what waited arrives when the line is healed")
    await until(lambda: joined.boroughs[one].waiting() == 0, "and is acknowledged")

    # The region lost one it had acknowledged: with the next package it says what it wants.
    joined.region.stored.execute("delete from observatory_package where area = %s and sequence = 2", [three])
    joined.boroughs[three].makes()
    await until(lambda: joined.here(three) == [1, 2, 3], "the gap is noticed and filled")

    # Sent again, out of order, five times over: nothing comes of it.
    bus = await Bus.connect(joined.boroughs[one].url, leaf_nodes.user(one))
    try:
        for number in (3, 1, 5, 2, 4) * 5:
            told = await send(bus, one, joined.boroughs[one].signed[number - 1])
            assert told == {"outcome": "known", "have": 5, "wants": []}
    finally:
        await bus.close()
    assert joined.here(one) == [1, 2, 3, 4, 5]
    assert joined.refusals() == {}

    # A liar: with another's key, with changed counts, under another number, for another's area.
    liar, honest = joined.boroughs[two], joined.boroughs[three]
    bus = await Bus.connect(liar.url, leaf_nodes.user(two))
    try:
        forged = liar.package(key=honest.key)
        assert (await send(bus, two, forged))["rule"] == "signature"
        header, _, signature = liar.signed[0].split(".")
        changed = liar.package().split(".")[1]
        assert (await send(bus, two, f"{header}.{changed}.{signature}"))["rule"] == "signature"
        again = liar.package(
            sequence=3, tables=[{"count": "households", "dimensions": ["known"], "counts": [9000, 90]}]
        )
        assert (await send(bus, two, again))["rule"] in ("replayed", "chain")
        # Its own package for the neighbour, on the line that is its own.
        assert (await send(bus, two, honest.package(key=liar.key)))["rule"] == "signature"
        # On the neighbour's subject nobody hears it: its server has no right to bring it there.
        assert await bus.request(leaf_nodes.subject(REGION, three), honest.package().encode(), 1.0) is None
    finally:
        await bus.close()
    # Each of them is on record, once or oftener.
    assert joined.refusals().keys() <= {"signature", "replayed", "chain"}
    assert sum(joined.refusals().values()) >= 4
    assert (joined.here(two), joined.here(three)) == ([1, 2, 3], [1, 2, 3])
    rows = joined.region.stored.rows("select signed from observatory_package where direction = 'received'")
    assert all(packages.claimed_area(row["signed"]) in BOROUGHS for row in rows)


async def send(bus: Bus, area: str, signed: str) -> dict[str, Any]:
    """As an observatory sends: again until somebody answers, for NATS may lose either."""
    for _ in range(12):
        answer = await bus.request(leaf_nodes.subject(REGION, area), signed.encode(), 5.0)
        if answer is not None:
            told: dict[str, Any] = json.loads(answer)
            return told
    pytest.fail("nobody answers")
