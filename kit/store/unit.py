"""The unit of work: one request, message or batch = one transaction, committed before anyone hears of it.

Application code never commits. It changes rows through `session`, announces what happened with `emit`, and says whose
record it touched with `accessed`. On leaving, events, audit rows, rows that may wait until then (`write_last`) and the
answer kept under an Idempotency-Key go out in ONE statement beside the effect, then the transaction commits: all of it
stands, or none.
"""

import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from opentelemetry import trace
from opentelemetry.trace import SpanContext, TraceFlags
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event, EventData, envelope_json
from kit.ids import new_id
from kit.store.closing import Change, change_of
from kit.store.db import Database, is_lost
from kit.store.line import PATIENCE_SECONDS, Line

SYSTEM_PURPOSE = "system_operations"
# The bus takes messages of up to 1 MiB; our envelopes are ASCII but for the data, of which few are near this.
LARGEST_ENVELOPE = 500_000
_ROWS_A_STATEMENT = 500
# W3C Trace Context, section 3.2.2.
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\Z")


@dataclass(frozen=True, slots=True)
class Cause:
    """Who acts, for which purpose, and what set it off. Travels from the request into every event it causes."""

    actor: str
    purpose: str
    action: str = ""
    organisation: str | None = None
    roles: tuple[str, ...] = ()
    request_id: str = ""
    correlation_id: UUID = field(default_factory=new_id)
    causation_id: UUID | None = None
    hidden: frozenset[UUID] = field(default_factory=frozenset)

    @classmethod
    def system(cls, service: str, action: str) -> "Cause":
        """The platform itself, e.g. a timer or a seal; never used to act for a person."""
        correlation = new_id()
        return cls(
            f"system:{service}",
            SYSTEM_PURPOSE,
            action,
            request_id=str(correlation),
            correlation_id=correlation,
        )

    @classmethod
    def of_event(cls, event: Event[Any], action: str) -> "Cause":
        """An effect keeps the actor and purpose of the act that caused it."""
        return cls(
            actor=event.actor,
            purpose=event.purpose,
            action=action,
            request_id=str(event.correlationid),
            correlation_id=event.correlationid,
            causation_id=event.id,
        )

    def as_json(self) -> dict[str, Any]:
        """For rows that act later (timers, jobs)."""
        return {
            "actor": self.actor,
            "purpose": self.purpose,
            "organisation": self.organisation,
            "roles": list(self.roles),
            "correlation_id": str(self.correlation_id),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any], action: str) -> "Cause":
        return cls(
            actor=stored["actor"],
            purpose=stored["purpose"],
            action=action,
            organisation=stored.get("organisation"),
            roles=tuple(stored.get("roles", ())),
            request_id=stored["correlation_id"],
            correlation_id=UUID(stored["correlation_id"]),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The response kept under an Idempotency-Key, in the transaction of its effect."""

    principal: str
    key: str
    fingerprint: bytes
    status: int
    headers: dict[str, str]
    body: bytes


class KeyAlreadyUsed(Exception):
    """The Idempotency-Key already has an answer: this transaction was rolled back, give that answer instead."""


class CommitUnknown(ConnectionError):
    """The connection broke while committing: the database may have done it or not."""


class UnitOfWork:
    """One transaction and everything that must stand or fall with it."""

    def __init__(self, database: Database, service: str, session: AsyncSession, cause: Cause) -> None:
        self.database = database
        self.service = service
        self.session = session
        self.cause = cause
        self.answer: Answer | None = None
        self.event_ids: list[UUID] = []
        self.told_as: dict[UUID, UUID] = {}
        """Ids that the events of this transaction do not say, each with the one they say instead."""
        self._outbox: list[tuple[Any, ...]] = []
        self._audit: list[tuple[Any, ...]] = []
        self._last: list[object] = []
        self._line: Line | None = None

    def emit(self, type_: str, data: EventData, *, aggregate_id: UUID, sequence: int) -> UUID:
        """Announce what happened. Goes out by the outbox once, and only if, this transaction commits.

        `data` is the aggregate's whole published state at version `sequence`. Returns the event's id.
        """
        declared = CATALOGUE[type_]
        if declared.owner != self.service:
            raise ValueError(f"{self.service} may not announce {type_}: it belongs to {declared.owner}")
        if declared.model is not type(data):
            raise ValueError(f"{type_} is not live with {type(data).__name__} in the catalogue")
        if declared.sealed:
            raise ValueError(f"{type_} holds what only one service may read: use kit.events.sealed")
        event_id = new_id()
        data_json = data.model_dump_json()
        for id_, other in self.told_as.items():
            data_json = data_json.replace(str(id_), str(other))
        envelope = envelope_json(
            id=event_id,
            type=type_,
            subject=aggregate_id,
            time=clock.now(),
            actor=self.cause.actor,
            purpose=self.cause.purpose,
            sequence=sequence,
            correlationid=self.cause.correlation_id,
            causationid=self.cause.causation_id,
            traceparent=traceparent(),
            data_json=data_json,
        )
        self.stage(event_id, type_, declared.nats_subject, aggregate_id, sequence, envelope.decode())
        return event_id

    def stage(self, event_id: UUID, type_: str, subject: str, aggregate_id: UUID, sequence: int, envelope: str) -> None:
        """Put a ready envelope into the outbox (`emit` and `kit.events.sealed` do)."""
        if len(envelope) > LARGEST_ENVELOPE:
            # The bus would refuse it for ever, and with it everything that follows on this aggregate.
            raise ValueError(f"{type_} is larger than the {LARGEST_ENVELOPE:,} characters that the bus carries")
        self._outbox.append((event_id, type_, subject, aggregate_id, sequence, envelope))
        self.event_ids.append(event_id)

    def accessed(
        self,
        record: str,
        person_ids: Iterable[UUID | str] = (),
        *,
        outcome: str = "done",
        action: str | None = None,
    ) -> None:
        """Put on record that this act read or wrote `record` ("contact/<id>") about these people."""
        cause = self.cause
        self._audit.append(
            (
                cause.actor,
                cause.organisation,
                list(cause.roles),
                cause.purpose,
                action or cause.action,
                record,
                # As PostgreSQL writes a list: the driver takes three times as long over the people of a long one.
                "{" + ",".join(map(str, person_ids)) + "}",
                outcome,
                cause.request_id,
            )
        )

    @contextmanager
    def caused_by(self, event: Event[Any], action: str) -> Iterator[None]:
        """While inside, act for whoever caused the event: same actor, same purpose, same correlation."""
        before = self.cause
        self.cause = Cause.of_event(event, action)
        try:
            yield
        finally:
            self.cause = before

    def write_last(self, row: object) -> None:
        """Write a row, new or changed, in the closing statement: it saves a statement of its own.

        For a row of which nothing in this transaction asks the database again; a new one is not added to the session.
        """
        self._last.append(row)

    async def driver(self) -> Line:
        """The connection of this transaction as psycopg has it: for COPY, and for many rows at once."""
        raw = await (await self.session.connection()).get_raw_connection()
        line = raw.driver_connection
        if not isinstance(line, Line):
            raise TypeError("A unit of work speaks to PostgreSQL over a line of ours")
        return line

    async def take_time(self, seconds: int | None) -> None:
        """Let each statement of this transaction take so long, not fifteen seconds; None: as long as it needs."""
        self._line = await self.driver()
        self._line.patience = None if seconds is None else seconds + PATIENCE_SECONDS
        connection = await self.session.connection()
        await connection.exec_driver_sql(f"set local statement_timeout = '{seconds or 0}s'")

    def hurry_again(self) -> None:
        """Who has the connection next is as impatient as everybody."""
        if self._line is not None:
            self._line.patience = PATIENCE_SECONDS
            self._line = None

    def keep(self, answer: Answer) -> None:
        """Keep the answer under its Idempotency-Key, in this very transaction."""
        self.answer = answer

    async def finish(self) -> None:
        """Write everything staged and commit; `KeyAlreadyUsed` if another request took the key first."""
        session, outbox, audit = self.session, self._outbox, self._audit
        if not (session.in_transaction() or outbox or audit or self.answer or self._last):
            # The database was never asked.
            return
        last = [change for row in self._last if (change := change_of(row))]
        if session.new or session.dirty or session.deleted:
            await session.flush()
        while len(outbox) > _ROWS_A_STATEMENT or len(audit) > _ROWS_A_STATEMENT:
            await self._write(outbox[:_ROWS_A_STATEMENT], audit[:_ROWS_A_STATEMENT])
            outbox, audit = outbox[_ROWS_A_STATEMENT:], audit[_ROWS_A_STATEMENT:]
        if not await self._write(outbox, audit, last, self.answer):
            await self.session.rollback()
            raise KeyAlreadyUsed
        try:
            await self.session.commit()
        except Exception as error:
            if is_lost(error):
                raise CommitUnknown from error
            raise
        if self._outbox:
            self.database.waker.wake()

    async def _write(
        self,
        outbox: Sequence[tuple[Any, ...]],
        audit: Sequence[tuple[Any, ...]],
        last: Sequence[Change] = (),
        answer: Answer | None = None,
    ) -> bool:
        statement = _combined(len(outbox), len(audit), tuple(change for change, _ in last), answer is not None)
        if statement is None:
            return True
        values = [value for row in outbox for value in row] + [value for row in audit for value in row]
        values += [value for _, written in last for value in written]
        if answer is not None:
            values += [
                answer.principal,
                answer.key,
                answer.fingerprint,
                answer.status,
                json.dumps(answer.headers),
                answer.body,
            ]
        connection = await self.session.connection()
        result = await connection.exec_driver_sql(statement, tuple(values))
        return answer is None or result.first() is not None


_OUTBOX = ("insert into outbox (event_id, type, subject, aggregate_id, sequence, envelope) values ", 6)
_AUDIT = (
    "insert into audit_entry"
    " (actor, organisation, roles, purpose, action, record, person_ids, outcome, request_id) values ",
    9,
)
_AUDIT_TYPES = ("%s", "%s", "%s::text[]", "%s", "%s", "%s", "%s::uuid[]", "%s", "%s")
_ANSWER = (
    "insert into idempotency (principal, key, fingerprint, status, headers, body)"
    " values (%s, %s, %s, %s, %s::jsonb, %s) on conflict do nothing returning 1"
)


@lru_cache(maxsize=256)
def _combined(outbox: int, audit: int, last: tuple[str, ...], answer: bool) -> str | None:
    """One statement for all of it: separate ones cost a third of a write's throughput (measured)."""
    parts = []
    if outbox:
        row = "(" + ", ".join(["%s"] * _OUTBOX[1]) + ")"
        parts.append(_OUTBOX[0] + ", ".join([row] * outbox))
    if audit:
        row = "(" + ", ".join(_AUDIT_TYPES) + ")"
        parts.append(_AUDIT[0] + ", ".join([row] * audit))
    parts += last
    if answer:
        parts.append(_ANSWER)
    if not parts:
        return None
    *before, final = parts
    if not before:
        return final
    return "with " + ", ".join(f"part{i} as ({part})" for i, part in enumerate(before)) + " " + final


def traceparent() -> str | None:
    """The current span as W3C trace context: written at emit, or every trace would begin in the relay."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def span_of(traceparent: str | None) -> SpanContext | None:
    """The span that a `traceparent` names; None when it names none. A sixth of the propagators' own time."""
    found = _TRACEPARENT.match(traceparent) if traceparent else None
    if found is None:
        return None
    context = SpanContext(int(found[1], 16), int(found[2], 16), True, TraceFlags(int(found[3], 16)))
    return context if context.is_valid else None


@asynccontextmanager
async def unit_of_work(database: Database, service: str, cause: Cause) -> AsyncIterator[UnitOfWork]:
    """Open a unit; commit it on leaving without an error, roll everything back otherwise."""
    async with database.sessions() as session:
        unit = UnitOfWork(database, service, session, cause)
        try:
            yield unit
            await unit.finish()
        finally:
            unit.hurry_again()


async def record_refusal(database: Database, service: str, cause: Cause, record: str) -> None:
    """Put a refusal on record in a second short transaction: the first was rolled back."""
    async with unit_of_work(database, service, replace(cause)) as unit:
        unit.accessed(record, outcome="refused")
