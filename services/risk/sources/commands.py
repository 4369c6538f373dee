"""Writes of sources: the register, and files on their way in."""

import asyncio
import codecs
import hashlib
import io
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, cast
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.errors import Conflict, DomainError, Invalid, NotFound, invalid
from kit.ids import new_id
from kit.store import jobs
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.risk.sources import spool, standing
from services.risk.sources.domain import Extract, Product
from services.risk.sources.header import complete, header_of, map_for
from services.risk.sources.loads import JOB
from services.risk.sources.models import DataProduct, Load, Upload
from services.risk.sources.register import GATEWAYS, check_gateways
from services.risk.sources.shapes import Form, NewProduct, NewUpload, ProductChanges, ProductFields
from services.risk.working import WorkRefused, done_at_once

_ENCODINGS: Final = {
    "": "utf-8-sig",
    "utf-8": "utf-8-sig",
    "utf8": "utf-8-sig",
    "us-ascii": "utf-8-sig",
    "windows-1252": "windows-1252",
    "cp1252": "windows-1252",
    "iso-8859-1": "windows-1252",
}
"""Encodings of CSV files. What calls itself ISO 8859-1 is read as Windows-1252, which holds it (WHATWG Encoding)."""


class BrokeOff(Invalid):
    """The body ended before its end."""

    slug = "bad-request"
    title = "The request could not be read"
    status = 400


class OffsetMismatch(DomainError):
    """A piece of a file begins elsewhere than where the last one ended."""

    slug = "offset-mismatch"
    title = "This piece does not begin where the file ends"
    status = 409


# The register ---------------------------------------------------------------------------------------------


async def add(unit: UnitOfWork, sent: NewProduct) -> DataProduct:
    """Put a source into the register."""
    await standing.rows(unit.session)
    if await unit.session.get(DataProduct, sent.code) is not None:
        raise Conflict("The register has a source with this code already")
    row = DataProduct(version=1, **standing.columns(Product(**sent.model_dump())))
    unit.session.add(row)
    await unit.session.flush()
    await unit.session.refresh(row)
    unit.accessed(f"source/{row.code}")
    return row


async def change(unit: UnitOfWork, code: str, expected: int, sent: ProductChanges) -> DataProduct:
    """Change what the register says of a source, pause it or let it go on."""
    row = await standing.row(unit.session, code, lock=True)
    check_version(row.version, expected)
    changes = sent.model_dump(exclude_unset=True)
    if changes.get("paused") and not changes.get("pause_reason"):
        raise invalid("/pause_reason", "A pause needs its reason: residents may read it", "required")
    if changes.get("paused") is False:
        changes["pause_reason"] = None
    try:
        product = Product.model_validate({**standing.product_of(row).model_dump(), **changes})
        ProductFields.model_validate(product.model_dump(include=set(ProductFields.model_fields)))
        check_gateways(product, GATEWAYS)
    except ValueError:
        raise Invalid("With these changes the source would not make sense: a field that must stand is empty") from None
    for name, value in standing.columns(product).items():
        setattr(row, name, value)
    row.version += 1
    await unit.session.execute(
        update(DataProduct).where(DataProduct.code == code).values(changed_at=func.clock_timestamp())
    )
    await unit.session.flush()
    await unit.session.refresh(row)
    unit.accessed(f"source/{code}")
    return row


# Files ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sending:
    """How a file is sent: as what, in which encoding, of which day it speaks (None: today), and whether it is whole.

    `extract` None: as the register says of the source.
    """

    form: Form
    encoding: str = ""
    extracted_on: date | None = None
    extract: Extract | None = None

    def extract_of(self, product: Product) -> Extract:
        """What the file holds. A source that sends full extracts may send changes between them, never the reverse."""
        if self.extract is Extract.FULL and product.extract is not Extract.FULL:
            raise Invalid(f"By the register {product.title} sends only what is new or changed")
        return self.extract or product.extract


async def receive(unit: UnitOfWork, code: str, sending: Sending, chunks: AsyncIterator[bytes]) -> UUID:
    """Take a file as it streams in and queue its load; all of it, or nothing. Returns the load's id (and the job's)."""
    product = await _running(unit, code)
    _check_day(sending.extracted_on)
    sending.extract_of(product)
    load_id = new_id()
    digest = hashlib.sha256()
    try:
        await _keep(load_id, product, sending, _digested(chunks, digest.update))
        return await _queue(unit, load_id, product, sending, digest.digest())
    except BaseException:
        spool.clear(load_id)
        raise


async def begin_upload(unit: UnitOfWork, code: str, sent: NewUpload) -> Upload:
    """Announce a file that comes in pieces."""
    await _running(unit, code)
    row = Upload(
        id=new_id(),
        source=code,
        form=sent.form,
        size=sent.size,
        sha256=bytes.fromhex(sent.sha256) if sent.sha256 else None,
        asked_by=unit.cause.actor,
    )
    unit.session.add(row)
    await unit.session.flush()
    return row


async def append(unit: UnitOfWork, code: str, upload_id: UUID, offset: int, chunks: AsyncIterator[bytes]) -> int:
    """Write a piece where the file ends; the bytes that are here afterwards. What came before a break is kept."""
    await _running(unit, code)
    async with unit.database.sessions() as session:
        row = await _upload(session, unit.cause.actor, code, upload_id)
    size = row.size
    if row.load_id is not None:
        raise Conflict("This file is complete and being loaded")
    here = spool.length(upload_id)
    if offset != here:
        raise OffsetMismatch(f"The next piece begins at byte {here}", received=here)
    descriptor = spool.open_more(spool.file_of(upload_id))
    try:
        async for chunk in chunks:
            # Two pieces at once would interleave: whoever finds the file longer than it wrote gives way.
            if os.fstat(descriptor).st_size != here:
                raise OffsetMismatch("Somebody else is sending this file too", received=spool.length(upload_id))
            if here + len(chunk) > size:
                raise Invalid(f"The file was announced with {size} bytes, and this is more")
            await asyncio.to_thread(os.write, descriptor, chunk)
            here += len(chunk)
        await asyncio.to_thread(os.fsync, descriptor)
    finally:
        os.close(descriptor)
    return here


async def load_upload(unit: UnitOfWork, code: str, upload_id: UUID, sending: Sending) -> UUID:
    """Queue the load of a file that has come in whole."""
    product = await _running(unit, code)
    _check_day(sending.extracted_on)
    sending.extract_of(product)
    # Reading it through takes longer than a transaction may otherwise stand idle.
    await unit.session.execute(text("set local idle_in_transaction_session_timeout = 0"))
    row = await _upload(unit.session, unit.cause.actor, code, upload_id, lock=True)
    if row.load_id is not None:
        return row.load_id
    here = spool.length(upload_id)
    if here != row.size:
        raise Conflict(f"The file is not whole yet: {here} of {row.size} bytes are here")
    digest = await asyncio.to_thread(spool.digest, upload_id)
    if row.sha256 is not None and digest != row.sha256:
        raise Conflict("The file is not the one announced: its digest differs. Send it again as a new upload")
    load_id = new_id()
    whole = replace(sending, form=cast(Form, row.form))
    try:
        with spool.file_of(upload_id).open("rb") as file:
            await _keep(load_id, product, whole, _pieces(file.fileno()))
        row.load_id = await _queue(unit, load_id, product, whole, digest)
    except BaseException:
        spool.clear(load_id)
        raise
    spool.clear(upload_id)
    return load_id


async def _digested(chunks: AsyncIterator[bytes], update: Callable[[bytes], None]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        update(chunk)
        yield chunk


async def _pieces(descriptor: int) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(os.read, descriptor, 1 << 20):
        yield piece


async def _running(unit: UnitOfWork, code: str) -> Product:
    """The source, if it may supply data today. In a transaction of its own: no other is held while a file comes in."""
    async with unit.database.sessions.begin() as session:
        product = await standing.product(session, code)
    product.must_run(clock.today())
    return product


def _check_day(extracted_on: date | None) -> None:
    if extracted_on is not None and extracted_on > clock.today():
        raise Invalid("An extract does not show a day that is still to come")


async def _upload(session: AsyncSession, actor: str, code: str, upload_id: UUID, *, lock: bool = False) -> Upload:
    row = await session.get(Upload, upload_id, with_for_update=lock)
    if row is None or row.source != code or row.asked_by != actor:
        raise NotFound("There is no such upload of yours")
    return row


async def _keep(load_id: UUID, product: Product, sending: Sending, chunks: AsyncIterator[bytes]) -> None:
    """The file into the spool, once its columns are right. Raises `WrongColumns`, `Invalid` or `BrokeOff`."""
    written = 0
    parquet = sending.form == "parquet"
    pieces = chunks if parquet else _checked(product, sending, chunks)
    descriptor: int | None = None
    try:
        async for piece in pieces:
            if parquet and not written and not piece.startswith(b"PAR1"):
                raise Invalid("The file is not Parquet")
            if descriptor is None:
                descriptor = spool.open_new(spool.file_of(load_id))
            written += await asyncio.to_thread(_write_all, descriptor, piece)
        if not written:
            raise Invalid("The file is empty")
        if descriptor is not None:
            await asyncio.to_thread(os.fsync, descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)
    if parquet:
        try:
            found = await done_at_once("columns", {"file": str(spool.file_of(load_id))})
        except WorkRefused as refusal:
            raise Invalid(refusal.detail) from None
        map_for(product, sending.form, found["columns"])


async def _checked(product: Product, sending: Sending, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The text as UTF-8 with one kind of line ends, piece by piece, after its columns were found right."""
    name = _ENCODINGS.get(sending.encoding.strip().lower().strip('"'))
    if name is None:
        raise Invalid("Send UTF-8, or say charset=windows-1252")
    decoder = codecs.getincrementaldecoder(name)()
    lines = io.IncrementalNewlineDecoder(None, translate=True)
    start, begun, filled = b"", False, False
    try:
        async for chunk in chunks:
            piece = _text(lines.decode(decoder.decode(chunk)))
            if begun:
                filled = filled or bool(piece.strip())
                yield piece
                continue
            start += piece
            if complete(start):
                map_for(product, sending.form, header_of(start).columns)
                filled = sum(1 for line in start.splitlines() if line.strip()) > 1
                yield start
                begun = True
        rest = _text(lines.decode(decoder.decode(b"", True), True))
    except UnicodeDecodeError:
        raise Invalid("The file is not text in the encoding that it is sent as (UTF-8 unless said)") from None
    if not begun:
        map_for(product, sending.form, header_of(start + rest).columns)
    if not begun or not (filled or rest.strip()):
        raise Invalid("The file holds no rows")
    if rest:
        yield rest


def _text(text: str) -> bytes:
    if "\x00" in text:
        raise Invalid("The file holds NUL characters: it is not text")
    return text.encode("utf-8", "surrogatepass")


def _write_all(descriptor: int, piece: bytes) -> int:
    view = memoryview(piece)
    while view:
        view = view[os.write(descriptor, view) :]
    return len(piece)


async def _queue(unit: UnitOfWork, load_id: UUID, product: Product, sending: Sending, digest: bytes) -> UUID:
    # The agreement may have been ended while the file came in.
    product = await standing.product(unit.session, product.code)
    product.must_run(clock.today())
    unit.session.add(
        Load(
            id=load_id,
            source=product.code,
            form=sending.form,
            state="queued",
            sha256=digest,
            size=spool.length(load_id),
            extracted_on=sending.extracted_on or clock.today(),
            extract=sending.extract_of(product).value,
            asked_by=unit.cause.actor,
        )
    )
    await unit.session.flush()
    await jobs.start(unit, JOB, {"load_id": str(load_id)}, id_=load_id)
    unit.accessed(f"load/{load_id}")
    return load_id
