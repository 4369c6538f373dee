"""Reading a file as it streams in: bytes to numbered rows, never more than a piece of it in hand."""

import codecs
from collections.abc import AsyncIterator, Mapping
from typing import Any

from kit.errors import Invalid
from services.casefile.imports import domain

Row = Mapping[str, Any]


async def rows_of(chunks: AsyncIterator[bytes], *, as_csv: bool) -> AsyncIterator[tuple[int, Row]]:
    """The file's rows, each with its line. Raises `Invalid` or `NotAnExtract` where it stops being one."""
    reader = _csv_rows if as_csv else _json_rows
    async for numbered in reader(_texts(chunks)):
        yield numbered


async def _texts(chunks: AsyncIterator[bytes]) -> AsyncIterator[tuple[str, bool]]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        async for chunk in chunks:
            yield decoder.decode(chunk), False
        yield decoder.decode(b"", True), True
    except UnicodeDecodeError:
        raise Invalid("The file is not UTF-8 text") from None


async def _csv_rows(texts: AsyncIterator[tuple[str, bool]]) -> AsyncIterator[tuple[int, Row]]:
    records, header = domain.Records(), list[str]()
    async for text, last in texts:
        for number, values in records.feed(text, last=last):
            if not header:
                header = [value.strip().lower() for value in values]
                domain.check_columns(header)
            elif len(values) != len(header):
                raise domain.NotReadable(f"Line {number} has {len(values)} values for {len(header)} columns")
            else:
                yield number, dict(zip(header, values, strict=True))


async def _json_rows(texts: AsyncIterator[tuple[str, bool]]) -> AsyncIterator[tuple[int, Row]]:
    lines = domain.Lines()
    async for text, last in texts:
        for number, line in lines.feed(text, last=last):
            if line and not line.isspace():
                yield number, domain.json_row(line, number)
