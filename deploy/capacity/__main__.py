"""`python -m deploy.capacity [--check]`: writes docs/capacity.md, or says whether it is what the figures give."""

import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from deploy.capacity import asked, needs
from deploy.capacity.costs import KIB, Costs, Council, measured

PAGE = Path(__file__).resolve().parents[2] / "docs/capacity.md"
_TEMPLATE = Path(__file__).with_name("page.md")
_BUSY_HOURS = 10
_VOLUME_GIB = 100
"""Of each PostgreSQL in components/postgres, at first; the class behind it must be able to grow."""

_CALLED = {
    "contacts_a_day": "contacts a working day",
    "contacts_a_minute": "contacts in the busiest minute",
    "requests_a_second": "requests a second, busiest minute",
    "events_a_second": "events a second, busiest minute",
    "events_a_day": "events a day",
    "cores_at_work": "cores at work, busiest minute",
    "cores": "cores, two fifths of them idle then",
    "linking_core_minutes": "core-minutes to load and link the whole borough anew",
    "database_gib_a_year": "PostgreSQL grows by, GiB a year",
    "database_gib": "PostgreSQL after seven years, GiB",
    "stream_gib": "streams, 90 days, one copy, GiB",
    "backups_gib": "backups, GiB",
    "logs_gib_a_year": "logs a year, GiB",
    "network_mbit": "answers to browsers, Mbit/s",
}


def number(value: float) -> str:
    """Two figures or so: no false precision."""
    if value >= 1000:
        return f"{round(value, -2):,.0f}"
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def table(rows: Iterable[Iterable[str]], head: Iterable[str] = ("", "")) -> str:
    """A Markdown table."""
    cells = [list(head), ["---" for _ in head], *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


def page() -> str:
    """The whole page."""
    council, costs, found = Council(), Costs(), measured()
    one = needs.of_one(council, costs, found)
    clusters = {name: asked.by(name) for name in ("pilot", "council", "observatory-regional")}
    columns = [needs.many(count, one, clusters["council"], clusters["observatory-regional"]) for count in (1, 33, 330)]
    per_contact = {name.removesuffix("_bytes_per_contact"): value for name, value in found.items() if "bytes" in name}
    at_first = one.database_gib - one.database_gib_a_year * council.kept_years
    years = (_VOLUME_GIB * 0.8 - at_first) / one.database_gib_a_year
    day_events = one.events_a_second * 10 * 3600 * _BUSY_HOURS
    return _TEMPLATE.read_text().format(
        requests=found["requests_per_contact"],
        contacts=found["contacts"],
        seconds=f"{found['seconds']:.0f}",
        at=found["at"],
        machine=found["machine"],
        processor=f"{found['processor_ms_per_contact']:.0f}",
        events=found["events_per_contact"],
        rows=f"{found['rows_per_contact']:.0f}",
        database=f"{per_contact['database'] / KIB:.0f}",
        outbox=f"{per_contact['outbox'] / KIB:.0f}",
        audit=f"{per_contact['audit'] / KIB:.0f}",
        streams=f"{per_contact['stream'] / KIB:.1f}",
        idle=f"{found['idle_processor_share']:.2f}",
        read=f"{costs.read_ms:.1f}",
        event=f"{costs.event_ms:.2f}",
        row=f"{costs.source_row_ms * 1000:.0f}",
        linking=costs.linking_gib,
        followed=f"{council.followed_by:g}",
        assumptions=table(
            (each.name.replace("_", " "), f"{getattr(council, each.name):,}") for each in fields(council)
        ),
        one=table((_CALLED[each.name], number(getattr(one, each.name))) for each in fields(one)),
        reserved=table(
            (
                (f"`{name}`", str(each.pods), f"{each.cores:.1f}", f"{each.gib:.0f}", f"{each.disk_gib:,.0f}")
                for name, each in clusters.items()
            ),
            ("overlay", "pods", "cores", "memory, GiB", "disk, GiB"),
        ),
        at_work=number(one.cores_at_work),
        years=f"{years:.0f}",
        database_gib=number(one.database_gib),
        many=table(
            (
                [name, *(number(column[name]) if column[name] else "-" for column in columns)]
                for name in columns[0]
                if name != "councils"
            ),
            ("", "one council", "London: 33", "England: 330"),
        ),
        ten_requests=number(one.requests_a_second * 10),
        ten_events=number(one.events_a_second * 10),
        ten_writes=number(one.events_a_second * 10),
        day_events=number(day_events),
        day_minutes=number(day_events / 6067 / 60),
    )


def main(arguments: list[str]) -> int:
    """Writes the page, or with `--check` compares it. Returns 1 when it was out of date."""
    text = page()
    if "--check" in arguments:
        same = PAGE.exists() and PAGE.read_text() == text
        print("docs/capacity.md is " + ("what the figures give" if same else "out of date: make capacity"))
        return 0 if same else 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text)
    print(f"written: {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
