"""One record at a time: it finds its person, or begins one; what people say outweighs every score."""

from typing import Any

import pytest

from kit.errors import Conflict, Invalid, NotFound
from services.risk.linkage import commands
from services.risk.linkage.domain import ErasureReason, RuleKind
from tests.risk.linkage.ground import Risk, person

ADA = {"address": "12 Longbridge Road, Barking", "postcode": "IG11 8TF", "uprn": "100012"}


def ada(reference: str, **more: Any) -> dict[str, Any]:
    return person(reference, "Adaeze", "Okonkwo", "1984-03-07", **{**ADA, **more})


async def test_a_record_joins_who_it_is_like_and_begins_a_resident_otherwise(risk: Risk) -> None:
    await risk.place(ada("R-1"))
    await risk.place(ada("C-1", source="council_tax_accounts"))
    await risk.place(person("R-2", "Tomasz", "Wiśniewski", "1979-11-30", postcode="RM9 4AA"))
    assert risk.groups() == [["C-1", "R-1"], ["R-2"]]
    rows = risk.vault.rows("select because, certainty from assertion order by id")
    assert [tuple(row.values()) for row in rows][:1] == [("first", "unlinked")]
    assert ("likeness", "confirmed") in [tuple(row.values()) for row in rows]


async def test_the_same_again_changes_nothing(risk: Risk) -> None:
    await risk.place(ada("R-1"), ada("C-1", source="council_tax_accounts"))
    before = risk.residents(), risk.vault.rows("select * from assertion order by id")
    await risk.place(ada("C-1", source="council_tax_accounts"), ada("R-1"))
    assert (risk.residents(), risk.vault.rows("select * from assertion order by id")) == before


async def test_what_is_shown_to_the_analytics_zone(risk: Risk) -> None:
    await risk.place(ada("R-1", household_reference="R-1"), ada("C-1", source="council_tax_accounts"))
    await risk.place(person("R-1#2", "Chidi", "Okonkwo", "1982-01-02", household_reference="R-1", **ADA))
    placed = risk.stored.rows("select source, resident, household, certainty from placed order by source")
    assert [row["source"] for row in placed] == ["council_tax_accounts", "rent_accounts", "rent_accounts"]
    assert len({row["resident"] for row in placed}) == 2
    (household,) = {row["household"] for row in placed}
    (home,) = risk.stored.rows("select household, adults, children, registered from home")
    assert home == {"household": household, "adults": 2, "children": 0, "registered": False}
    vault = risk.vault.rows("select pseudonym from resident")
    assert {row["pseudonym"] for row in vault} == {row["resident"] for row in placed}


@pytest.mark.full
async def test_a_cannot_link_parts_and_a_must_link_joins_for_ever(risk: Risk) -> None:
    first, second = await risk.place(ada("R-1"), ada("C-1", source="council_tax_accounts"))
    async with risk.unit() as unit:
        rule = await commands.make_rule(unit, RuleKind.CANNOT, first, second, "Mother and daughter of one name")
    assert risk.groups() == [["C-1"], ["R-1"]]
    # However like them a third record is, it can't bring them together again.
    await risk.place(ada("B-1", source="benefit_claims"), ada("R-1"), ada("C-1", source="council_tax_accounts"))
    held = risk.residents()
    assert held["R-1"] != held["C-1"]
    async with risk.unit() as unit:
        with pytest.raises(Conflict) as refused:
            await commands.make_rule(unit, RuleKind.MUST, second, first, "No, one woman")
        assert refused.value.errors[0].rule == "standing_cannot_link"
    async with risk.unit() as unit:
        await commands.make_rule(unit, RuleKind.MUST, second, first, "The tenancy file shows one woman", rule)
    held = risk.residents()
    assert held["R-1"] == held["C-1"]
    (ended,) = risk.vault.rows("select replaced_by, ended_at is not null as ended from pair_rule where id = %s", [rule])
    assert ended["ended"] is True
    assert ended["replaced_by"] is not None


@pytest.mark.full
async def test_an_unmerge_is_never_undone_by_a_score(risk: Risk) -> None:
    await risk.place(ada("R-1"), ada("C-1", source="council_tax_accounts"), ada("B-1", source="benefit_claims"))
    resident = risk.residents()["R-1"]
    async with risk.unit() as unit:
        await commands.unmerge(unit, resident, [risk.record("B-1")], "Her sister's claim")
    held = risk.residents()
    assert held["R-1"] == held["C-1"] == resident
    assert held["B-1"] != resident
    await risk.place(ada("B-1", source="benefit_claims", phone="+442079460000"), ada("S-1", source="adult_care"))
    again = risk.residents()
    assert again["B-1"] != again["R-1"] == resident
    # Told twice, it is as if told once.
    async with risk.unit() as unit:
        now = await commands.unmerge(unit, resident, [risk.record("B-1")], "Her sister's claim")
    assert resident in now.values()
    stranger = (await risk.place(person("X-1", "Tomasz", "Nowak", "1979-11-30")))[0]
    for wrong, rule in (([], "some_records"), ([stranger], "records_of_resident")):
        async with risk.unit() as unit:
            with pytest.raises(Invalid) as refused:
                await commands.unmerge(unit, resident, wrong, "x")
            assert refused.value.errors[0].rule == rule


@pytest.mark.full
async def test_erasure_leaves_a_tombstone_and_no_other_id_changes(risk: Risk) -> None:
    await risk.place(
        ada("R-1", household_reference="R-1"),
        ada("C-1", source="council_tax_accounts"),
        person("R-1#2", "Chidi", "Okonkwo", "1982-01-02", household_reference="R-1", **ADA),
    )
    before = risk.residents()
    async with risk.unit() as unit:
        assert await commands.erase(unit, before["R-1"], ErasureReason.REQUEST) == 2
    assert risk.residents() == {"R-1#2": before["R-1#2"]}
    (tomb,) = risk.vault.rows(
        "select resident_id, pseudonym, person_id, erased_at is not null as erased from resident"
        " where resident_id = %s",
        [before["R-1"]],
    )
    assert tomb == {"resident_id": before["R-1"], "pseudonym": None, "person_id": None, "erased": True}
    assert risk.vault.rows("select 1 from record where family = 'Okonkwo' and given = 'Adaeze'") == []
    assert risk.vault.rows("select 1 from assertion where resident_id = %s", [before["R-1"]]) == []
    assert risk.stored.rows("select adults from home") == [{"adults": 1}]
    assert len(risk.stored.rows("select 1 from placed")) == 1
    # Its source sends it again.
    assert await risk.place(ada("R-1")) == []
    assert "R-1" not in risk.residents()
    async with risk.unit() as unit:
        assert await commands.erase(unit, before["R-1"], ErasureReason.REQUEST) == 0
    async with risk.unit() as unit:
        with pytest.raises(NotFound):
            await commands.unmerge(unit, before["R-1"], [risk.record("R-1#2")], "x")


async def test_assertions_only_grow(risk: Risk) -> None:
    import psycopg

    await risk.place(ada("R-1"))
    for statement in ("update assertion set author = 'me'", "delete from assertion"):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="only grow"):
            risk.vault.execute(statement)
