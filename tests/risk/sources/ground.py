"""Sources at work: extracts as a council would send them, sent through the door, and their jobs worked off."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from kit.errors import DomainError
from kit.store.jobs import Jobs, Progress, Step
from kit.testing.databases import ServiceDatabase
from kit.web.identity import mint
from services.risk import work
from services.risk.app import SERVICE
from services.risk.sources.maps import NATIVE
from services.risk.working import Ended, WorkRefused
from tests.risk.ground import KEY, ROUTES, Risk, open_risk

Rows = Sequence[Mapping[str, str]]

ACCOUNT = {
    "account_ref": "CT-1",
    "liable_1_title": "Ms",
    "liable_1_forename": "AMINA",
    "liable_1_surname": "OKAFOR",
    "uprn": "999000000001",
    "address_1": "1 Example Street",
    "postcode": "rm10 1xx",
    "liability_from": "01/04/2024",
    "phone": "020 7946 0123",
    "email": "Amina@Example.org",
}
ARREARS = {
    "account_ref": "CT-1",
    "month": "2026-11",
    "charge": "120.00",
    "paid": "0",
    "balance": "£1,240.50",
    "instalment_missed": "Y",
    "stage": "",
}


def as_csv(source: str, rows: Iterable[Mapping[str, str]], *, columns: Sequence[str] | None = None) -> bytes:
    """An extract of that source with these rows; what a row lacks is empty."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns or list(NATIVE[source].columns), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@dataclass
class Loading:
    """A program of the council's own that loads extracts, at risk's door."""

    risk: Risk
    purpose: str = "data_linkage"
    role: str = "service"

    async def send(
        self, method: str, path: str, content: Any = None, *, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """One request, its body as it is."""
        action = ROUTES.find(method, path.partition("?")[0]).action
        token = mint(
            KEY,
            audience="risk",
            subject="loader",
            organisation=None,
            roles=[self.role],
            purpose=self.purpose,
            action=action,
        )
        told = {"authorization": f"Bearer {token}"} | {name.replace("_", "-"): each for name, each in headers.items()}
        if method == "POST":
            told["idempotency-key"] = key or str(uuid4())
        body = {"json": content} if isinstance(content, dict) else {"content": content}
        return await self.risk.client.request(method, path, headers=told, **body)

    async def get(self, path: str) -> Any:
        answer = await self.send("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post_file(
        self, source: str, content: Any, form: str = "text/csv", *, query: str = "", **more: Any
    ) -> httpx.Response:
        """Send a file."""
        path = f"/v1/risk/sources/{source}/loads{query}"
        return await self.send("POST", path, content, content_type=form, **more)

    async def load(self, source: str, content: Any, form: str = "text/csv", *, query: str = "") -> dict[str, Any]:
        """Send a file, work it off, and give the load at its end; it must succeed."""
        accepted = await self.post_file(source, content, form, query=query)
        assert accepted.status_code == 202, accepted.text
        await self.work_off("load")
        load: dict[str, Any] = await self.get(accepted.headers["location"])
        assert load["state"] == "succeeded", load
        assert load["rows"] == load["rows_new"] + load["rows_known"] + load["rows_quarantined"], load
        return load

    async def work_off(self, *kinds: str) -> None:
        """Do the queued jobs (of these kinds) to their end."""
        handlers = {kind: handler for kind, handler in SERVICE.jobs.items() if not kinds or kind in kinds}
        jobs = Jobs(self.risk.database, "risk", handlers)
        while (job_id := await jobs._claim()) is not None:
            outcome = "more"
            while outcome == "more":
                outcome = await jobs._step(job_id)

    async def aside(self, load: Mapping[str, Any]) -> list[tuple[int, str, str, bool]]:
        """What a load put aside."""
        page = await self.get(f"/v1/risk/loads/{load['id']}/quarantine?limit=200")
        return [(each["row"], each["field"], each["rule"], each["whole_row"]) for each in page["items"]]

    def facts(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What stands in the analytics zone."""
        rows = self.risk.stored.rows(
            "select record, source, kind, occurred_on, until, amount, value from fact"
            " order by kind, occurred_on, record"
        )
        return [row for row in rows if kind is None or row["kind"] == kind]

    def records(self) -> list[dict[str, Any]]:
        """What stands in the vault."""
        assert self.risk.stored.vault is not None
        return self.risk.stored.vault.rows("select * from record order by source, reference")


@asynccontextmanager
async def opened(
    database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch, folder: Path
) -> AsyncIterator[Loading]:
    """A program that loads extracts, and what its children need; the spool is in `folder`."""
    stored = database("risk")
    assert stored.vault is not None
    environment = {
        "ENVIRONMENT": "test",
        "SPOOL": str(folder / "spool"),
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


def work_here(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
    """What these modules have children do is done in this process."""

    running: dict[tuple[UUID, str], asyncio.Task[Mapping[str, Any]]] = {}

    async def looked_after(step: Step, verb: str, arguments: Mapping[str, Any]) -> Progress | Ended:
        # As with a child, no step of the job holds its transaction open for long.
        key = (step.job_id, verb)
        if key not in running:
            doing = asyncio.to_thread(work.verb(verb), arguments, lambda *told, **more: None)
            running[key] = asyncio.ensure_future(doing)
        try:
            result = await asyncio.wait_for(asyncio.shield(running[key]), 10)
        except TimeoutError:
            return Progress(step.done, None, verb, {"at": 0, **(step.cursor or {})}, step.result)
        del running[key]
        return Ended(result)

    async def at_once(verb: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return await asyncio.to_thread(work.verb(verb), arguments, lambda *told, **more: None)
        except DomainError as refusal:
            raise WorkRefused(refusal.detail) from None

    for module in modules:
        if hasattr(module, "look_after"):
            monkeypatch.setattr(module, "look_after", looked_after)
        if hasattr(module, "done_at_once"):
            monkeypatch.setattr(module, "done_at_once", at_once)
