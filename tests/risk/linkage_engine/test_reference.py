"""The figures the platform promises on labelled data, learned without their labels as a whole run learns and joins."""

import pytest

from benchmarks.linkage import churn, link, one_by_one
from benchmarks.linkage_data import labelled, there

pytestmark = [pytest.mark.reference_data, pytest.mark.full, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def _pinned() -> None:
    if not there():
        pytest.skip("the labelled linkage data are not here")


@pytest.mark.parametrize(
    ("name", "least", "precise"),
    [
        ("council 45k", 0.95, 0.985),
        ("pseudopeople", 0.975, 0.985),
        ("historical half a", 0.90, 0.99),
        ("FEBRL1", 0.996, 0.999),
        ("FEBRL3", 0.996, 0.999),
        ("FEBRL4", 0.993, 0.999),
        ("synthetic UK 200k", 0.98, 0.99),
    ],
)
def test_links_are_as_good_as_promised(name: str, least: float, precise: float) -> None:
    found = link(labelled(name))
    assert found["f1"] >= least
    assert found["precision"] >= precise


def test_ids_stay() -> None:
    found = churn(labelled("council 45k"))
    assert found["added"] <= 0.002
    assert found["added_wrongly"] <= 0.0005
    assert found["removed"] == 0.0


def test_one_record_is_linked_in_milliseconds() -> None:
    """Of processor time, so that a busy machine does not decide."""
    assert one_by_one(labelled("council 45k"), queries=100)["busy_p95"] < 20
