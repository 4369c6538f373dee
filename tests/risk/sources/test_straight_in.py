"""Facts of a source that had none go straight in; one that is here after all costs the short way, and nothing else."""

import pytest

from services.risk.sources import intake
from tests.risk.sources.ground import ARREARS, Loading, as_csv


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
