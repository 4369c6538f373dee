"""DuckDB SQL that a load runs, from the raw file to checked rows, identities and facts. Text only."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from services.risk.sources.header import Header
from services.risk.sources.kinds import KINDS
from services.risk.sources.maps.cleaning import RULES, cleaned, literal, partial, quoted, text_of
from services.risk.sources.maps.shape import Fact, Map
from services.risk.vault.records import COLUMNS as VAULT_COLUMNS
from services.risk.vault.records import IDENTITY

LONGEST_ROW: Final = 1_000_000
"""Bytes. A longer row goes to quarantine."""

FACT_COLUMNS: Final = ("n", "id", "record", "source", "kind", "occurred_on", "until", "amount", "value", "blank")
PRESENT: Final = "present"
REPEATED: Final = "said again further down"
_NO_DATE: Final = "a day"
_APART: Final = "chr(31)"


def read_csv(file: Path, header: Header) -> str:
    """The raw rows of a CSV file, all of it text; rows that are none go to `reject_errors`."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header.columns)
    return (
        f"select row_number() over () as n, * from read_csv({literal(str(file))}, auto_detect = false, header = true,"
        f" delim = {literal(header.separator)}, quote = '\"', escape = '\"', columns = {{{columns}}},"
        f" store_rejects = true, max_line_size = {LONGEST_ROW}, nullstr = '', strict_mode = true)"
    )


def read_parquet(file: Path, columns: Sequence[str]) -> str:
    """The raw rows of a Parquet file, as text."""
    named = ", ".join(f"cast({quoted(name)} as varchar) as {quoted(name.strip().lower())}" for name in columns)
    return f"select row_number() over () as n, {named} from read_parquet({literal(str(file))})"


def trimmed(mapped: Map, raw: str, present: Iterable[str]) -> str:
    """Every column of the map as trimmed text, out of the raw rows; one that the file lacks is empty."""
    there = set(present)
    columns = (
        f"{text_of(name)} as {quoted(name)}" if name in there else f"cast(null as varchar) as {quoted(name)}"
        for name in mapped.columns
    )
    return f"create or replace temp table trimmed as select n, {', '.join(columns)} from ({raw})"


def typed(mapped: Map) -> str:
    """Every column typed, with what the row broke: `hard` costs the row, `soft` the field."""
    values = [f"{cleaned(name, column)} as {quoted(name)}" for name, column in mapped.columns.items()]
    values += [f"{partial(name)} as {quoted(name + '_partial')}" for name in _births(mapped)]
    texts = [quoted("t " + name) for name in mapped.columns]
    values += [f"{quoted(name)} as {text}" for name, text in zip(mapped.columns, texts, strict=True)]
    return (
        f"create or replace temp table typed as select * exclude ({', '.join(texts)}),"
        f" {_faults(mapped, soft=False)} as hard, {_faults(mapped, soft=True)} as soft"
        f" from (select n, {', '.join(values)} from trimmed)"
    )


def _births(mapped: Map) -> list[str]:
    return [name for name, column in mapped.columns.items() if column.type == "born"]


def _faults(mapped: Map, *, soft: bool) -> str:
    """The faults of a row as a list of `field: rule`."""
    found = []
    for name, column in mapped.columns.items():
        told, value = quoted("t " + name), quoted(name)
        if column.required and not soft:
            found.append((name, PRESENT, f"{told} is null"))
        if column.soft == soft or (column.required and not soft):
            unread = f"{told} is not null and {value} is null"
            if column.type == "born":
                unread += f" and {quoted(name + '_partial')} is null"
            found.append((name, RULES[column.type], unread))
    if not soft:
        found += mapped.checks
    if not found:
        return "cast([] as varchar[])"
    each = (f"case when {broken} then {literal(f'{name}: {rule}')} end" for name, rule, broken in found)
    # Nearly every row is sound: a list is made for the others only.
    return (
        f"case when {' or '.join(f'({broken})' for _, _, broken in found)}"
        f" then list_filter([{', '.join(each)}], lambda fault: fault is not null) else cast([] as varchar[]) end"
    )


def staged(mapped: Map, extracted_on: str) -> str:
    """The good rows in the file's order, with what the map adds.

    `again`: a later row is about the same thing; `speaks`: this row is the last about its reference: it says who it is.
    """
    key = ", ".join(map(quoted, mapped.key))
    extra = "".join(f", {expression} as {quoted(name)}" for name, expression in mapped.extra.items())
    columns = [*mapped.columns, *(name + "_partial" for name in _births(mapped))]
    return (
        f"create or replace table staged as with good as (select *{extra}"
        f" from (select n, {', '.join(map(quoted, columns))}, date {literal(extracted_on)} as extracted_on"
        " from typed where len(hard) = 0))"
        f" select *, n not in (select max(n) from good group by {key}) as again,"
        f" n in (select max(n) from good group by {mapped.reference}) as speaks from good order by n"
    )


# Rows that could not be split are not among the others: each of these is that many rows further down in the file.
NUMBERING: Final = """
create or replace table numbering as
select row - j as before, max(j) as j
from (select line - 1 as row, row_number() over (order by line) as j from (select distinct line from reject_errors))
group by before
"""

REJECTED: Final = """
create or replace table rejected as
select distinct on (row) line - 1 as row, coalesce(nullif(column_name, ''), '(row)') as field,
    case error_type when 'MISSING COLUMNS' then 'as many values as columns'
        when 'TOO MANY COLUMNS' then 'as many values as columns'
        when 'INVALID ENCODING' then 'UTF-8 text'
        when 'LINE SIZE OVER MAXIMUM' then 'at most a million bytes'
        else 'quotes in pairs' end as rule
from reject_errors order by row
"""


def aside(mapped: Map) -> str:
    """Everything that was put aside, by the row's number in the file."""
    return (
        "create or replace table aside as"
        " select distinct told.n + coalesce(numbering.j, 0) as row, field, rule, whole_row"
        f" from ({_told('hard', whole=True)} union all {_told('soft', whole=False)}"
        f" union all select n, {literal(mapped.key[0])}, {literal(REPEATED)}, true from staged where again) told"
        " asof left join numbering on told.n > numbering.before"
        " union all select row, field, rule, true from rejected"
    )


def _told(column: str, *, whole: bool) -> str:
    where = "" if whole else "where len(hard) = 0"
    return (
        f"select n, split_part(fault, ': ', 1) as field, split_part(fault, ': ', 2) as rule, {whole} as whole_row"
        f" from (select n, unnest({column}) as fault from typed {where})"
    )


def unsure(mapped: Map) -> str:
    """References of rows that were put aside whole: they are in the file, whatever is wrong with them."""
    aside = f"select distinct {mapped.reference} as reference from typed where len(hard) > 0"
    return f"create or replace table unsure as {aside}"


def told(mapped: Map) -> str:
    """Every reference that the file has, as the vault names records; of rows put aside, whoever they may name."""
    sure = [
        f"select {mapped.reference_of(person.number)} as reference from staged where speaks and ({person.when})"
        for person in mapped.people
    ]
    numbers = [f" || '#{person.number}'" if mapped.numbered else "" for person in mapped.people]
    unsure = [f"select reference{number} from unsure where reference is not null" for number in numbers]
    return " union ".join([*sure, *unsure])


def unsure_records(mapped: Map) -> str:
    """The pseudonyms of the records that rows put aside may be about."""
    numbers = [f" || '#{person.number}'" if mapped.numbered else "" for person in mapped.people]
    parts = (f"select reference{number} as reference from unsure where reference is not null" for number in numbers)
    return f"select record_pseudonym({literal(mapped.records)}, reference) from ({' union '.join(parts)})"


UNREADABLE: Final = "select (select count(*) from rejected) + (select count(*) from unsure where reference is null)"
"""Rows of which nobody can say whose they are."""


def stretch(mapped: Map, first: int, last: int) -> str:
    """The rows that count between two places of the file, with the pseudonym of each person's record."""
    numbers = sorted({1, *(person.number for person in mapped.people)})
    records = ", ".join(
        f"record_pseudonym({literal(mapped.records)}, {mapped.reference_of(number)}) as record_{number}"
        for number in numbers
    )
    return (
        f"create or replace temp table stretch as select *, {records} from staged"
        f" where n > {first} and n <= {last} and not again"
    )


def identities(mapped: Map, load_id: str) -> str | None:
    """The vault's rows of a stretch, in the order of its COPY; None for an extract that names nobody."""
    if not mapped.people:
        return None
    parts = []
    for person in mapped.people:
        given = {"seen_on": "extracted_on", **person.columns}
        if "born" in given:
            given["born_partial"] = quoted(given["born"].strip('"') + "_partial")
        columns = ", ".join(f"{given.get(name, 'null')} as {quoted(name)}" for name in IDENTITY)
        parts.append(
            f"select n, {literal(mapped.records)} as source, {mapped.reference_of(person.number)} as reference,"
            f" {columns}, record_{person.number} as pseudonym from stretch where speaks and ({person.when})"
            f" and record_{person.number} not in (select pseudonym from erased)"
        )
    told = f" || {_APART} || ".join(
        "''" if name == "seen_on" else f"coalesce(cast({quoted(name)} as varchar), '')" for name in IDENTITY
    )
    columns = ", ".join(quoted(name) for name in VAULT_COLUMNS)
    return (
        f"create or replace temp table people as select n, {columns} from (select *,"
        f" cast(md5({told}) as uuid) as digest, uuid {literal(load_id)} as load_id"
        f" from ({' union all by name '.join(parts)}))"
    )


def facts(mapped: Map) -> str:
    """The facts of a stretch, each once, in the order of its COPY."""
    if not mapped.facts:
        return NOTHING
    parts = [_fact(mapped, fact) for fact in mapped.facts]
    return (
        f"create or replace temp table facts as select {', '.join(FACT_COLUMNS)} from ({' union all '.join(parts)})"
        " where occurred_on is not null and record not in (select pseudonym from erased)"
        " qualify row_number() over (partition by id order by n desc) = 1 order by id"
    )


NOTHING: Final = (
    "create or replace temp table facts as select cast(null as bigint) as n, uuid() as id, uuid() as record,"
    " '' as source, '' as kind, current_date as occurred_on, current_date as until,"
    " cast(null as decimal(14, 2)) as amount, '' as value, false as blank limit 0"
)


def places(mapped: Map) -> str | None:
    """The wards of a stretch's addresses, by UPRN and by postcode (the ward most of its homes lie in); or None."""
    if mapped.place is None:
        return None
    place = mapped.place
    return (
        f"select 'uprn:' || {place.uprn} as place, any_value({place.ward}) as ward from stretch group by 1"
        f" union all select 'postcode:' || lower(replace({place.postcode}, ' ', '')), mode({place.ward}) from stretch"
        f" where {place.postcode} is not null group by 1 order by 1"
    )


def _fact(mapped: Map, fact: Fact) -> str:
    same = "coalesce(value, '')" if KINDS[fact.kind].several else "''"
    when = f" where coalesce({fact.when}, false)" if fact.when else ""
    return (
        f"select n, fact_id(record, source, kind, occurred_on, {same}) as id, record, source, kind, occurred_on,"
        " case when until >= occurred_on then until end as until, amount, value, blank"
        f" from (select n, record_{fact.number} as record, {literal(mapped.source)} as source,"
        f" {literal(fact.kind)} as kind, {fact.on} as occurred_on, cast({fact.until or 'null'} as date) as until,"
        f" cast({fact.amount or 'null'} as decimal(14, 2)) as amount, cast({fact.value or 'null'} as varchar) as value,"
        f" coalesce({fact.blank or 'false'}, false) as blank from stretch{when})"
    )


def news(every_fact: bool, everybody: bool) -> str:
    """Rows of a stretch that told something new: of facts (all of them, or by their ids), or of people (all, or by
    their pseudonyms)."""
    facts = "not blank" if every_fact else "id in (select unnest(cast($facts as uuid[])))"
    people = "true" if everybody else "pseudonym in (select unnest(cast($people as uuid[])))"
    return (
        f"select count(distinct n) from (select n from facts where {facts} union all select n from people"
        f" where {people})"
    )


NOBODY: Final = "create or replace temp table people as select cast(null as bigint) as n, uuid() as pseudonym limit 0"

FACT_ID: Final = (
    "create or replace temp macro fact_id(record, source, kind, occurred_on, same) as cast(substr(sha256("
    f"cast(record as varchar) || {_APART} || source || {_APART} || kind || {_APART}"
    f" || cast(occurred_on as varchar) || {_APART} || same), 1, 32) as uuid)"
)
"""A fact's id: a digest of whose it is, where from, what, since when, and what else makes it this one."""
