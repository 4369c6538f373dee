"""A missed payment arrives, as one record by API or as a file: the signal stands when that is worked off."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.risk.vault import pseudonyms
from tests.risk.signals.conftest import Casefile
from tests.risk.sources.conftest import inside, loading  # noqa: F401  # fixtures
from tests.risk.sources.ground import ARREARS, Loading, as_csv

MISSED = {"kind": "council_tax.missed", "occurred_on": "2026-12-01", "amount": 143.25}


@pytest.fixture
def resident(casefile: Casefile, loading: Loading) -> UUID:  # noqa: F811  # the fixture
    """Somebody whom casefile knows, whose council tax account linkage has placed."""
    id_ = uuid4()
    casefile.knows(id_)
    loading.risk.ground.connection.execute(
        "insert into placed (record, source, resident, household, certainty, probability)"
        " values (%s, 'council_tax_accounts', %s, %s, 'confirmed', 0.99)",
        [pseudonyms.of_record("council_tax_accounts", "CT-1#1"), id_, uuid4()],
    )
    return id_


def raised(loading: Loading, resident: UUID, casefile: Casefile) -> list[Any]:  # noqa: F811  # the fixture
    events = loading.risk.events("signal.raised")
    assert all(each["data"]["person_id"] == str(casefile.people[resident].person_id) for each in events)
    return events


async def test_one_record_by_api_is_a_signal_in_the_same_act(
    loading: Loading,  # noqa: F811  # the fixture
    casefile: Casefile,
    resident: UUID,
) -> None:
    for _ in range(2):
        answer = await loading.send(
            "POST", "/v1/risk/sources/council_tax_arrears/records", {"reference": "CT-1", "facts": [MISSED]}
        )
        assert answer.status_code == 201, answer.text
    assert len(raised(loading, resident, casefile)) == 1


async def test_a_file_is_a_signal_when_its_load_ends(
    loading: Loading,  # noqa: F811  # the fixture
    inside: None,  # noqa: F811  # the fixture
    casefile: Casefile,
    resident: UUID,
) -> None:
    row = ARREARS | {"month": "2026-12"}
    for balance in ("1240.50", "1240.51"):
        await loading.load("council_tax_arrears", as_csv("council_tax_arrears", [row | {"balance": balance}]))
    (event,) = raised(loading, resident, casefile)
    assert (event["data"]["kind"], event["data"]["observed_on"]) == ("first_missed_council_tax", "2026-12-01")
