"""What a run over the whole borough writes: only what differs, first in the vault, then in the analytics zone."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg import sql

from services.risk.linkage import bulk
from services.risk.linkage.domain import Move, ordered
from services.risk.linkage.ledger import INHERITED, REGISTER, evidence
from services.risk.linkage.matching import probability_of
from services.risk.linkage.whole_homes import Homes
from services.risk.linkage.whole_keys import fresh_keys, put_keys
from services.risk.vault import pseudonyms

if TYPE_CHECKING:
    from services.risk.linkage.engine.engine import Engine
    from services.risk.linkage.snapshot import Outcome, Snapshot

_MANY = 0.02


def write(
    vault: bulk.Connection,
    analytics: bulk.Connection,
    engine: "Engine",
    snapshot: "Snapshot",
    outcome: "Outcome",
    homes: Homes,
    today: date,
) -> dict[str, int]:
    """Writes the differences; counts of what changed. What single records changed meanwhile is left alone."""
    keys = fresh_keys(vault, engine, snapshot)
    # From the inside out: the vault's part stands before the analytics zone's, and others wait for both.
    with bulk.alone(vault), analytics.transaction(), vault.transaction():
        touched = _touched(vault, snapshot)
        moved = [
            each
            for each in outcome.moved
            if each.record not in touched
            and each.resident not in touched
            and snapshot.previous.get(each.record) not in touched
        ]
        many = len(moved) > _MANY * snapshot.records.num_rows
        _residents(vault, outcome, moved)
        _assert(vault, moved)
        if many:
            # Without figures on what was just written, joining it takes minutes in place of a second.
            vault.execute("analyze record, resident, record_resident")
        opened = _review(vault, outcome)
        _people(vault, snapshot)
        put_keys(vault, keys, snapshot)
        bulk.stage(vault, "staged_notes", [("id", "bigint")], ((each,) for each in snapshot.waiting))
        vault.execute("delete from unlinked using staged_notes where unlinked.id = staged_notes.id")
        _homes(vault, homes, touched, today)
        _stage_adults(vault, homes)
        if many:
            vault.execute("analyze home, home_member")
        shown = _show(vault, analytics)
    return {"records_moved": len(moved), "review_opened": opened, **shown}


def _touched(vault: bulk.Connection, snapshot: "Snapshot") -> set[UUID]:
    """Records, and residents of records, that were written since the snapshot."""
    found: set[UUID] = set()
    for record, resident in vault.execute(
        "select record_id, resident_id from assertion where id > %s", [snapshot.last_assertion]
    ):
        found |= {record, *(each for each in (resident, snapshot.previous.get(record)) if each)}
    # Erased meanwhile, perhaps: nothing is said of a record that is not there.
    there = {row[0] for row in vault.execute("select record_id from record")}
    gone = {each for each in snapshot.ids if each not in there}
    return found | gone | {snapshot.previous[each] for each in gone if each in snapshot.previous}


def _residents(vault: bulk.Connection, outcome: "Outcome", moved: list[Move]) -> None:
    used = {each.resident for each in moved}
    fresh = [each for each in outcome.fresh if each in used]
    with vault.cursor() as cursor, cursor.copy("copy resident (resident_id, pseudonym) from stdin") as copy:
        for resident in fresh:
            copy.write_row((resident, pseudonyms.of_resident(resident)))
    bulk.stage(vault, "staged_joins", [("gone", "uuid"), ("into_one", "uuid")], outcome.joined.items())


def _assert(vault: bulk.Connection, moved: list[Move]) -> None:
    columns = [("record_id", "uuid"), ("resident_id", "uuid"), ("because", "text"), ("evidence", "jsonb")]
    columns += [("certainty", "text"), ("probability", "float8")]
    rows = (
        (each.record, each.resident, each.because.value, evidence(each.record, each.best), each.certainty.value,
         each.probability)
        for each in moved
    )  # fmt: skip
    bulk.stage(vault, "staged_moves", columns, rows)
    vault.execute(
        "insert into assertion (record_id, resident_id, because, evidence, certainty, probability, author)"
        " select record_id, resident_id, because, evidence, certainty, probability, 'linkage' from staged_moves"
    )
    vault.execute(
        "insert into record_resident (record_id, resident_id, certainty, probability)"
        " select record_id, resident_id, certainty, probability from staged_moves"
        " on conflict (record_id) do update set resident_id = excluded.resident_id, certainty = excluded.certainty,"
        " probability = excluded.probability, since = clock_timestamp()"
    )
    # Joined only if nothing of theirs was left behind.
    vault.execute(
        "delete from staged_joins where exists"
        " (select from record_resident rr where rr.resident_id = staged_joins.gone)"
    )
    vault.execute(
        "update resident set joined_into = into_one from staged_joins where resident_id = gone and erased_at is null"
    )
    vault.execute(
        f"update resident kept set {INHERITED}"
        " from staged_joins join resident gone on gone.resident_id = staged_joins.gone"
        " where kept.resident_id = into_one"
    )


def _review(vault: bulk.Connection, outcome: "Outcome") -> int:
    columns = [("a", "uuid"), ("b", "uuid"), ("why", "text"), ("weight", "float8"), ("probability", "float8")]
    rows = (
        (*ordered(each.a, each.b), each.why.value, each.weight, probability_of(each.weight)) for each in outcome.doubts
    )
    bulk.stage(vault, "staged_doubts", columns, rows)
    opened = vault.execute(
        "insert into review_item (record_a, record_b, why, weight, probability, opened_by)"
        " select distinct on (a, b) a, b, why, weight, probability, 'linkage' from staged_doubts"
        " where exists (select from record where record_id = a) and exists (select from record where record_id = b)"
        " order by a, b, weight desc on conflict (record_a, record_b) do nothing"
    ).rowcount
    vault.execute(
        "update review_item set state = 'overtaken', version = version + 1, decided_at = clock_timestamp()"
        " from record_resident one, record_resident other where state = 'open'"
        " and one.record_id = record_a and other.record_id = record_b and one.resident_id = other.resident_id"
    )
    return opened


def _people(vault: bulk.Connection, snapshot: "Snapshot") -> None:
    """Whom the case file knows: each resident the person that its register record names."""
    bulk.stage(vault, "staged_roots", [("record_id", "uuid"), ("person_id", "uuid")], snapshot.roots.items())
    vault.execute(
        "update resident set person_id = named.person_id from ("
        " select resident_id, min(person_id::text)::uuid as person_id"
        " from staged_roots join record_resident using (record_id) group by resident_id) named"
        " where resident.resident_id = named.resident_id and resident.person_id is distinct from named.person_id"
    )
    vault.execute(
        "update resident set person_id = null where person_id is not null"
        " and coalesce(introduction, '') not in ('introduced', 'known') and not exists"
        " (select from record_resident rr join record using (record_id)"
        "  where rr.resident_id = resident.resident_id and record.source = %s)",
        [REGISTER],
    )


def _homes(vault: bulk.Connection, homes: Homes, touched: Collection[UUID], today: date) -> None:
    """Members who came and went, households that are new, moved or ended. Those touched meanwhile stay as they are."""
    skip = {
        home
        for home, members in homes.before.items()
        if any(each in touched for each in members)
    }  # fmt: skip
    now = [each for each in homes.now if each.home_id not in skip and not any(one in touched for one in each.members)]
    was = {member: home for home, members in homes.before.items() for member in members}
    columns = [("home_id", "uuid"), ("pseudonym", "uuid"), ("place", "text"), ("uprn", "text")]
    columns += [("postcode", "text"), ("since", "date")]
    bulk.stage(
        vault,
        "staged_homes",
        columns,
        (
            (each.home_id, pseudonyms.of_household(each.home_id), each.place, each.uprn, each.postcode, each.since)
            for each in now
            if each.home_id
        ),
    )
    members = [("home_id", "uuid"), ("resident_id", "uuid"), ("since", "date"), ("basis", "text")]
    bulk.stage(
        vault,
        "staged_joiners",
        members,
        (
            (home.home_id, resident, residence.since, residence.basis)
            for home in now
            for resident, residence in home.members.items()
            if was.get(resident) != home.home_id and was.get(resident) not in skip
        ),
    )
    housed = {resident for home in homes.now for resident in home.members}
    left = [(was[each], each) for each in was if each not in housed and was[each] not in skip]
    bulk.stage(vault, "staged_leavers", [("home_id", "uuid"), ("resident_id", "uuid")], left)
    vault.execute(
        "insert into home (home_id, pseudonym, place, uprn, postcode, since)"
        " select home_id, pseudonym, place, uprn, postcode, since from staged_homes"
        " on conflict (home_id) do update set place = excluded.place, uprn = excluded.uprn,"
        " postcode = excluded.postcode, since = excluded.since, until = null"
        " where (home.place, home.uprn, home.postcode, home.since, home.until) is distinct from"
        " (excluded.place, excluded.uprn, excluded.postcode, excluded.since, null::date)"
    )
    ends = "greatest(least({day}, %(today)s), home_member.since)"
    vault.execute(
        sql.SQL(
            f"update home_member set until = {ends.format(day='staged.since')} from staged_joiners staged"
            " where home_member.resident_id = staged.resident_id and until is null"
        ),
        {"today": today},
    )
    vault.execute(
        sql.SQL(
            f"update home_member set until = {ends.format(day='%(today)s')} from staged_leavers staged"
            " where home_member.resident_id = staged.resident_id and home_member.home_id = staged.home_id"
            " and until is null"
        ),
        {"today": today},
    )
    vault.execute(
        "insert into home_member (home_id, resident_id, since, basis)"
        " select home_id, resident_id, since, basis from staged_joiners"
        " where exists (select from resident where resident.resident_id = staged_joiners.resident_id)"
        " on conflict (home_id, resident_id, since) do update set until = null, basis = excluded.basis"
    )
    vault.execute(
        "update home set until = %s where until is null and not exists"
        " (select from home_member m where m.home_id = home.home_id and m.until is null)",
        [today],
    )


def _stage_adults(vault: bulk.Connection, homes: Homes) -> None:
    rows: Iterator[tuple[Any, ...]] = iter(homes.adults.items())
    bulk.stage(vault, "staged_adults", [("resident_id", "uuid"), ("adult", "boolean")], rows)


_PLACINGS = """
select record.pseudonym, record.source, resident.pseudonym, home.pseudonym, rr.certainty, rr.probability
from record_resident rr join record using (record_id) join resident using (resident_id)
left join home_member m on m.resident_id = rr.resident_id and m.until is null
left join home on home.home_id = m.home_id
"""

_HOMES = """
select home.pseudonym, coalesce(by_uprn.ward, by_postcode.ward), count(*) filter (where coalesce(adult, true)),
       count(*) filter (where not coalesce(adult, true)),
       bool_or(r.person_id is not null and r.introduction is distinct from 'introduced'),
       min(coalesce(sure.probability, 1)), home.since
from home
join home_member m on m.home_id = home.home_id and m.until is null
join resident r using (resident_id)
left join (select resident_id, min(probability) as probability from record_resident group by 1) sure
    on sure.resident_id = m.resident_id
left join staged_adults on staged_adults.resident_id = m.resident_id
left join ward by_uprn on by_uprn.place = 'uprn:' || home.uprn
left join ward by_postcode on by_postcode.place = 'postcode:' || replace(lower(home.postcode), ' ', '')
where home.until is null
group by home.home_id, 1, 2, home.since
"""


def _show(vault: bulk.Connection, analytics: bulk.Connection) -> dict[str, int]:
    """The analytics zone as the vault now has it: rows that differ are written, rows of nothing go."""
    shown = {}
    for table, key, called, query in (
        ("placed", "record", "placings", _PLACINGS),
        ("home", "household", "homes", _HOMES),
    ):
        analytics.execute(
            sql.SQL("create temporary table {} (like {} including defaults) on commit drop").format(
                sql.Identifier(f"staged_{table}"), sql.Identifier(table)
            )
        )
        _pipe(vault, query, analytics, f"staged_{table}")
        columns = [
            row[0]
            for row in analytics.execute(
                "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
                " order by attnum",
                [f'"{table}"'],
            )
        ]
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        changes = sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(each)) for each in columns if each != key
        )
        differ = [each for each in columns if each != key]
        parts = {
            "table": sql.Identifier(table),
            "staged": sql.Identifier(f"staged_{table}"),
            "names": names,
            "changes": changes,
            "key": sql.Identifier(key),
            "held": sql.SQL(", ").join(sql.SQL("held.{}").format(sql.Identifier(each)) for each in differ),
            "new": sql.SQL(", ").join(sql.SQL("excluded.{}").format(sql.Identifier(each)) for each in differ),
        }
        written = analytics.execute(
            sql.SQL(
                "insert into {table} as held ({names}) select {names} from {staged}"
                " on conflict ({key}) do update set {changes} where ({held}) is distinct from ({new})"
            ).format(**parts)
        ).rowcount
        gone = analytics.execute(
            sql.SQL(
                "delete from {table} as held where not exists"
                " (select from {staged} staged where staged.{key} = held.{key})"
            ).format(**parts)
        ).rowcount
        shown[f"{called}_changed"] = written + gone
    analytics.execute("create temporary table staged_erased (record uuid) on commit drop")
    _pipe(vault, "select pseudonym from erasure", analytics, "staged_erased")
    analytics.execute("delete from fact using staged_erased where fact.record = staged_erased.record")
    return shown


def _pipe(vault: bulk.Connection, query: str, analytics: bulk.Connection, table: str) -> None:
    """Rows from one zone straight into a table of the other."""
    with (
        vault.cursor() as source,
        analytics.cursor() as target,
        source.copy(f"copy ({query}) to stdout".encode()) as out,
        target.copy(sql.SQL("copy {} from stdin").format(sql.Identifier(table))) as into,
    ):
        for block in out:
            into.write(block)
    analytics.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))
