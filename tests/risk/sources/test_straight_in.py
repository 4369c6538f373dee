"""Facts of a source that had none go straight in; one that is here after all costs the short way, and nothing else."""

from pathlib import Path

import pytest

from services.risk.sources import intake
from services.risk.vault import pseudonyms
from tests.risk.sources.ground import ACCOUNT, ARREARS, Loading, as_csv


async def test_a_fact_that_is_here_after_all_is_compared(
    loading: Loading, inside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await loading.load("council_tax_arrears", as_csv("council_tax_arrears", [ARREARS]))
    assert first["rows_new"] == 1
    before = loading.facts()
    monkeypatch.setattr(intake._Work, "_is_fresh", lambda work: True)
    more = [ARREARS, ARREARS | {"account_ref": "CT-2", "balance": "12.00"}]
    again = await loading.load("council_tax_arrears", as_csv("council_tax_arrears", more))
    assert (again["rows_new"], again["rows_known"]) == (1, 1)
    after = loading.facts()
    assert [each for each in after if each in before] == before
    assert len(after) > len(before)
    assert again["covers_to"] == first["covers_to"]


async def test_a_record_that_is_here_after_all_is_compared(
    loading: Loading, inside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await loading.load("council_tax_accounts", as_csv("council_tax_accounts", [ACCOUNT]))
    monkeypatch.setattr(intake._Work, "_are_strangers", lambda work: True)
    more = [ACCOUNT | {"phone": "020 7946 0999"}, ACCOUNT | {"account_ref": "CT-2"}]
    await loading.load("council_tax_accounts", as_csv("council_tax_accounts", more))
    assert [(each["reference"], each["phone"]) for each in loading.records()] == [
        ("CT-1#1", "+442079460999"),
        ("CT-2#1", "+442079460123"),
    ]


@pytest.mark.parametrize("known_at_the_start", [True, False])
async def test_whoever_was_erased_stays_away_even_while_a_first_load_runs(
    loading: Loading, inside: None, monkeypatch: pytest.MonkeyPatch, known_at_the_start: bool
) -> None:
    vault = loading.risk.stored.vault
    assert vault is not None
    vault.execute(
        "insert into erasure (pseudonym, author, reason) values (%s, 'somebody', 'request')",
        [pseudonyms.of_record("council_tax_accounts", "CT-1#1")],
    )
    if not known_at_the_start:
        erased_later = intake._Work._erased

        def nobody_yet(work: intake._Work) -> Path:
            file = erased_later(work)
            file.write_bytes(b"")
            return file

        monkeypatch.setattr(intake._Work, "_erased", nobody_yet)
    load = await loading.load(
        "council_tax_accounts", as_csv("council_tax_accounts", [ACCOUNT, ACCOUNT | {"account_ref": "CT-2"}])
    )
    assert [each["reference"] for each in loading.records()] == ["CT-2#1"]
    assert load["rows_quarantined"] == 0


async def test_stretches_come_to_what_one_would(
    loading: Loading, inside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "ROWS_A_STRETCH", 2)
    months = [ARREARS | {"account_ref": f"CT-{n}", "balance": f"{n}00"} for n in range(1, 8)]
    first = await loading.load("council_tax_arrears", as_csv("council_tax_arrears", [*months, months[0]]))
    assert (first["rows_new"], first["rows_quarantined"]) == (7, 1)
    facts = loading.facts()
    assert {each["amount"] for each in facts if each["kind"] == "council_tax.arrears"} == {100 * n for n in range(1, 8)}
    again = await loading.load("council_tax_arrears", as_csv("council_tax_arrears", [*months, months[1]]))
    assert (again["rows_new"], again["rows_known"]) == (0, 7)
    assert loading.facts() == facts
