"""The pack for outages: made each morning, locked, opened without us; and what is typed back in afterwards."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from kit import clock
from kit.clock import LONDON
from kit.errors import Invalid
from kit.store.timers import Timers
from services.casefile.app import SERVICE
from services.casefile.papers.downtime import commands, domain, keys
from services.casefile.papers.downtime.domain import Kind
from services.casefile.papers.downtime.keys import Keys
from tests.casefile.doors import Casefile
from tests.casefile.facts import envelope
from tests.casefile.pdf import opened, words

PASSPHRASE = "horse staple river lamp"
HOST: dict[str, Any] = {"actor": "bev", "roles": ("hub_host",), "purpose": "hub_running"}
TOM: dict[str, Any] = {"actor": "worker-1", "roles": ("universal_worker",)}
WARNED = "Two of you; meet at the hub"


@pytest.fixture
def with_keys(casefile: Casefile) -> Iterator[None]:
    """The Heath hub has a passphrase."""
    keys.use(Keys({"heath": PASSPHRASE}, {"duty team": "020 7946 0001"}))
    yield
    keys.use(Keys())


def visit(person: Any, at: datetime, *, hub: str = "heath", state: str = "booked", kind: str = "home_visit") -> Any:
    id_ = str(uuid4())
    data = {
        "appointment_id": id_, "person_id": person["id"], "kind": kind, "hub": hub, "worker": "worker-0d3f9c2a",
        "starts_at": at.isoformat(), "ends_at": at.isoformat(), "state": state, "booked_at": at.isoformat(),
        "changed_at": at.isoformat(),
    }  # fmt: skip
    return envelope("triage.appointment.booked", data, subject=id_)


def at(hour: int) -> datetime:
    return clock.business_now().replace(hour=hour, minute=30)


async def pack(casefile: Casefile) -> tuple[Any, bytes]:
    asked = await casefile.good("POST", "/downtime-packs", {"hub": "heath"}, **HOST)
    await casefile.work_off()
    (made,) = (await casefile.good("GET", "/downtime-packs?hub=heath", **HOST))["items"][:1]
    assert made["id"] == asked["job_id"]
    response = await casefile("GET", f"/downtime-packs/{made['id']}/file", **HOST)
    assert response.status_code == 200
    return made, response.content


@pytest.mark.usefixtures("with_keys")
async def test_a_pack_holds_the_day_and_opens_with_its_passphrase_alone(casefile: Casefile) -> None:
    home = {"lines": ["1 Heath Road"], "postcode": "RM10 1AA"}
    phones = [
        {"kind": "phone", "value": "07700 900123"},
        {"kind": "phone", "value": "07700 900999", "safe": False},
    ]
    kelly = await casefile.person("Kelly", "Pike", addresses=[home], contacts=phones, languages=["so"])
    closed = await casefile.person("Amina", "Yusuf", addresses=[{**home, "lines": ["7 Sealed Street"]}])
    casefile.restrict(closed["id"])
    casefile.stored.execute(
        "insert into warning (id, version, person_id, kind, incident_on, incident, guidance, state, proposed_by,"
        " changed_at, proposed_at)"
        " values (gen_random_uuid(), 2, %s, 'violence', now(), 'He hit', %s, 'standing', 'w', now(), now())",
        [kelly["id"], WARNED],
    )
    tomorrow = at(10) + timedelta(days=1)
    booked = [
        visit(kelly, at(10)),
        visit(closed, at(11)),
        visit(kelly, at(12), state="cancelled"),
        visit(kelly, tomorrow),
        visit(kelly, at(13), hub="thames"),
    ]
    await casefile.take(*booked, kinds=["projections"])
    made, file = await pack(casefile)
    assert (made["visits"], made["key_name"], len(made["forms"])) == (2, "heath", 11)
    assert file.startswith(b"%PDF-2.0")
    assert b"Kelly" not in file
    with pytest.raises(Exception, match=r"[Pp]assword|decrypt"):
        opened(file, "made up people only").pages[0].extract_text()
    said = words(opened(file, PASSPHRASE))
    for each in (
        "duty team: 020 7946 0001", "Kelly Pike", WARNED, "1 Heath Road, RM10 1AA", "+447700900123", made["forms"][0],
        "11:30", "ring the duty team before you go",
    ):  # fmt: skip
        assert each in said, each
    for each in ("Amina", "Sealed Street", "900999", "He hit", "12:30", "13:30"):
        assert each not in said, each
    reads = casefile.stored.rows(
        "select actor, person_ids from audit_entry where record = %s order by id", [f"downtime_pack/{made['id']}"]
    )
    assert [(each["actor"], [str(id_) for id_ in each["person_ids"]]) for each in reads] == [
        ("bev", [kelly["id"]]),
        ("bev", [kelly["id"]]),
    ]


@pytest.mark.usefixtures("with_keys")
async def test_each_morning_rings_once_and_sets_the_next(casefile: Casefile) -> None:
    casefile.stored.execute("delete from timer")
    async with casefile.unit() as unit:
        await commands.make_all(unit, commands.EACH_DAY)
    (job,) = casefile.stored.rows("select kind, parameters from job")
    assert (job["kind"], job["parameters"]["hub"]) == (commands.JOB, "heath")
    (alarm,) = casefile.stored.rows("select due_at from timer where fired_at is null")
    due = alarm["due_at"].astimezone(LONDON)
    assert (due.hour, due.minute) == (5, 30)
    assert timedelta() < due - clock.business_now() <= timedelta(hours=25)
    assert SERVICE.timers[commands.DAILY] is commands.make_all
    # Two weeks later the file is gone; that there was one stays.
    casefile.stored.execute(
        "insert into downtime_pack (id, hub, day, made_at, file, digest, size, key_name, visits, forms, person_ids)"
        " values (gen_random_uuid(), 'heath', now(), now() - interval '15 days', 'x', '', 1, 'heath', 0, '{}', '{}')"
    )
    casefile.stored.execute("update timer set due_at = now() - interval '1 minute'")
    assert await Timers(casefile.database, "casefile", SERVICE.timers).fire_one()
    assert casefile.stored.rows("select file from downtime_pack") == [{"file": None}]


async def test_a_hub_without_a_passphrase_has_no_pack(casefile: Casefile) -> None:
    refused = await casefile("POST", "/downtime-packs", {"hub": "heath"}, **HOST)
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "has-a-key")


def entry(person: Any, form: str, **more: Any) -> dict[str, Any]:
    return {
        "form": form, "person_id": person["id"], "kind": "contact", "words": "She came at ten.", "written_by": "Bev C.",
        "happened_at": clock.business_now().isoformat(), **more,
    }  # fmt: skip


async def test_paper_is_typed_in_once_and_stands_where_it_happened(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    three = clock.business_now() - timedelta(days=3)
    form = f"HEATH-{three:%Y%m%d}-02"
    body = entry(kelly, form, happened_at=three.isoformat())
    typed = await casefile.good("POST", "/paper-entries", body, **TOM)
    assert datetime.fromisoformat(typed["happened_at"]) == three
    again = await casefile("POST", "/paper-entries", body, **TOM)
    assert (again.status_code, again.json()["form"]) == (409, form)
    (told,) = casefile.announced("paper_entry.typed")
    assert "came" not in str(told)
    await casefile.hear_itself()
    page = await casefile.good("GET", f"/households/{kelly['household_id']}/timeline", **TOM)
    (line,) = [each for each in page["items"] if each["type"] == "casefile.paper_entry.typed"]
    assert line["title"] == "Contact written on paper during an outage"
    assert datetime.fromisoformat(line["occurred_at"]) == three
    assert page["items"][-1] == line
    (shown,) = (await casefile.good("GET", f"/paper-entries?person_id={kelly['id']}", **TOM))["items"]
    assert (shown["words"], shown["written_by"], shown["typed_by"]) == ("She came at ten.", "Bev C.", "worker-1")
    other: dict[str, Any] = {"actor": "worker-9", "roles": ("universal_worker",)}
    assert (await casefile("GET", f"/paper-entries/{typed['id']}", **other)).status_code == 404
    assert (await casefile.good("GET", f"/paper-entries?person_id={kelly['id']}", **other))["items"] == []


NOW = datetime(2026, 12, 4, 16, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "kind", "happened_at", "rule"),
    [
        ("heath 3", Kind.CONTACT, NOW, "form-number"),
        ("HEATH-20261332-01", Kind.CONTACT, NOW, "form-number"),
        ("HEATH-20261204-01", Kind.VISIT, NOW, "form-of-its-kind"),
        ("HEATH-20261204-99", Kind.CONTACT, NOW, "form-of-its-kind"),
        ("HEATH-20261204-10", Kind.NOTE, NOW, "form-of-its-kind"),  # that one is for a concern
        ("HEATH-20261204-01", Kind.CONTACT, NOW + timedelta(minutes=1), "happened"),
        ("HEATH-20261101-01", Kind.CONTACT, NOW - timedelta(days=29), "recent"),
        ("HEATH-20261204-01", Kind.CONTACT, NOW - timedelta(days=1), "after-the-form"),
        ("HEATH-20261204-01", Kind.CONTACT, NOW.replace(tzinfo=None), "zone"),
    ],
)
def test_what_cannot_be_typed_in_names_its_rule(form: str, kind: Kind, happened_at: datetime, rule: str) -> None:
    with pytest.raises(Invalid) as caught:
        domain.check_form(form, kind, happened_at, NOW)
    assert rule in {each.rule for each in caught.value.errors}


def test_every_form_of_a_pack_can_be_typed_in_but_a_concern() -> None:
    for number, kind in domain.forms_of("heath", date(2026, 12, 4)):
        if kind != "concern":
            domain.check_form(number, Kind(kind), NOW, NOW)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-12-04T05:29+00:00", "2026-12-04T05:30+00:00"),
        ("2026-12-04T05:30+00:00", "2026-12-05T05:30+00:00"),
        # The night the clocks go forward has its half past five an hour sooner.
        ("2027-03-27T12:00+00:00", "2027-03-28T04:30+00:00"),
    ],
)
def test_the_next_making_is_at_half_past_five_in_london(now: str, due: str) -> None:
    assert domain.next_making(datetime.fromisoformat(now)) == datetime.fromisoformat(due)
