"""What risk holds about somebody under lock and by pseudonym: given, certain records alone; erased in both zones."""

from datetime import date
from uuid import UUID, uuid4

from kit.store.holdings import Lived, Whose
from services.risk.holdings import RIGHTS
from services.risk.vault import pseudonyms
from tests.risk.linkage.ground import Risk, person

PERSON, HOME = uuid4(), uuid4()
WHOSE = Whose(frozenset({PERSON}), frozenset({HOME}), (Lived(HOME, date(2020, 1, 1), None),))
SAME = {"nino": "AB123456C", "postcode": "RM10 1XX", "address": "1 Example Street", "phone": "+442079460123"}


async def known(risk: Risk) -> UUID:
    """Somebody of the register, whom the rent knows too, with a fact of each and one of a stranger's."""
    await risk.place(
        person(str(PERSON), "Amina", "Okafor", "1990-05-02", source="casefile", **SAME),
        person("R-1", "Amina", "Okafor", "1990-05-02", **SAME),
        person("R-2", "Brendan", "Quill", "1951-01-30", postcode="RM9 9ZZ", nino="CE654321A"),
    )
    for reference, kind in (("R-1", "rent.arrears"), ("R-2", "rent.arrears")):
        risk.stored.execute(
            "insert into fact (id, record, source, kind, occurred_on, amount)"
            " values (gen_random_uuid(), %s, 'rent_accounts', %s, '2026-11-01', 312.50)",
            [pseudonyms.of_record("rent_accounts", reference), kind],
        )
    return PERSON


async def test_given_what_is_certainly_theirs_and_nobody_elses(risk: Risk) -> None:
    await known(risk)
    async with risk.unit() as unit:
        items = await RIGHTS.collect(unit, WHOSE)
    told = [each for each in items if each.table == "record"]
    assert {each.fields["source"] for each in told} == {"casefile", "rent_accounts"}
    facts = [each for each in items if each.table == "fact"]
    assert [(each.fields["source"], each.fields["amount"]) for each in facts] == [("rent_accounts", "312.50")]
    assert "Quill" not in str(items)
    async with risk.unit() as unit:
        nobody = await RIGHTS.collect(unit, Whose(frozenset({uuid4()})))
    assert [each for each in nobody if each.table != "audit_entry"] == []


async def test_erased_in_both_zones_and_stays_so_when_sent_again(risk: Risk) -> None:
    await known(risk)
    async with risk.unit() as unit:
        proofs = await RIGHTS.erase(unit, WHOSE, [])
    went = {each.table: each.deleted for each in proofs}
    assert went["record"] == 2
    assert {row["reference"] for row in risk.vault.rows("select reference from record")} == {"R-2"}
    left = risk.stored.rows("select record from fact")
    assert [row["record"] for row in left] == [pseudonyms.of_record("rent_accounts", "R-2")]
    # Its sources send them again.
    await risk.place(
        person(str(PERSON), "Amina", "Okafor", "1990-05-02", source="casefile", **SAME),
        person("R-1", "Amina", "Okafor", "1990-05-02", **SAME),
    )
    assert {row["reference"] for row in risk.vault.rows("select reference from record")} == {"R-2"}
    async with risk.unit() as unit:
        assert not [each for each in await RIGHTS.erase(unit, WHOSE, []) if each.deleted]
