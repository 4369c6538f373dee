"""Levels, keys and weights of a pair: the batch and the one-record path are one."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.risk.linkage.engine import Engine, Model, Records, blocking
from services.risk.linkage.engine.comparisons import COMPARISONS, compare
from services.risk.linkage.engine.scoring import Scorer
from tests.examples import examples
from tests.risk.linkage_engine.made_up import people, table

WORDS = {comparison.name: comparison.words for comparison in COMPARISONS}
ENGINE = Engine(Model.load())
ADA: dict[str, Any] = {
    "record_id": "a", "source": "rent", "given": "Adaeze", "family": "Okafor", "born": "1984-03-17", "sex": "F",
    "address": "Flat 3, 12 Heathway, Dagenham", "postcode": "RM10 8QS",
}  # fmt: skip


def other(**changes: Any) -> dict[str, Any]:
    return ADA | {"record_id": "b", "source": "council_tax"} | changes


def words(one: dict[str, Any], two: dict[str, Any]) -> dict[str, str]:
    return {reason.comparison: reason.words for reason in ENGINE.explain(one, two).reasons}


def weight(one: dict[str, Any], two: dict[str, Any]) -> float:
    return ENGINE.score(one, [two])[0].weight


@pytest.mark.parametrize(
    ("changes", "comparison", "said"),
    [
        ({"given": "Adaese"}, "given", "given names differ by a slip"),
        ({"given": "A"}, "given", "one is the initial of the other"),
        ({"given": "Okafor", "family": "Adaeze"}, "given", "given and family name are swapped"),
        ({"given": "Grace", "family": "Adaeze"}, "given", "one's given name is the other's family name"),
        ({"given": "Ruth", "known_as": "Adaeze"}, "given", "same given name"),
        ({"family": "Smith-Okafor"}, "family", "one word of a double name is the same"),
        ({"family": "Smith", "former_family": "Okafor"}, "family", "one word of a double name is the same"),
        ({"born": "1984-17-03"}, "born", "birth dates differ by a slip"),
        ({"born": "1948-03-17"}, "born", "birth dates differ by a slip"),
        ({"born": "1984"}, "born", "birth years agree, the rest is not known of one"),
        ({"born": "2011-09-02"}, "born", "birth dates are a generation apart"),
        ({"address": "3/12 heath way"}, "place", "same home"),
        ({"address": "12 Heathway"}, "place", "nearly the same address"),
        ({"postcode": None}, "place", "same address, postcode differs or is not known"),
        ({"address": "77 Gale Street"}, "place", "same postcode"),
        ({"address": "77 Gale Street", "postcode": "RM10 7AB"}, "place", "postcodes are nearly alike"),
        ({"address": None, "postcode": "RM19 8QS"}, "place", "postcodes are nearly alike"),
        ({"address": "77 Gale Street", "postcode": "E1 4NS"}, "place", "places differ"),
    ],
)
def test_what_is_seen_of_a_pair(changes: dict[str, Any], comparison: str, said: str) -> None:
    assert words(ADA, other(**changes))[comparison] == said


def test_what_is_not_known_says_nothing() -> None:
    assert "born" not in words(ADA, other(born=None))
    assert "place" not in words(ADA, other(address=None, postcode=None))


def test_one_person_outweighs_relatives() -> None:
    assert weight(ADA, other()) > 10
    assert weight(ADA, other(born=None, given="Adaese")) > 2
    assert weight(ADA, other(given="Chidi")) < 0, "a twin shares family name, birth date and home"
    assert weight(ADA, other(born="2011-09-02")) < 0, "a mother and her daughter of one name"
    assert weight(ADA, other(given="Ruth", born="1990-11-02")) < -10


def test_a_rare_name_says_more_than_a_common_one() -> None:
    model = ENGINE.model
    common = max(model.frequencies["given"].shares, key=lambda name: model.frequencies["given"].shares[name])
    far = {"address": "77 Gale Street", "postcode": "E1 4NS", "born": None}
    rare, usual = weight(ADA, other(**far)), weight(ADA | {"given": common}, other(given=common, **far))
    assert rare > usual + 2


def test_a_value_that_one_of_them_lacks_is_as_rare_as_the_others() -> None:
    """A street whose number was left out counted as an address that everybody has."""
    records = Records.from_rows([ADA, other(address="Heathway"), other(address=None)])
    lone, both, neither = (
        Scorer(ENGINE.model, records).rarity("home", np.asarray([i]), np.asarray([j]))
        for i, j in ((0, 1), (0, 0), (1, 2))
    )
    assert lone == both
    assert neither == 0.0
    known = {"uprn": "100012345678"}
    nowhere = other(address=None, postcode=None, **known)
    assert weight(ADA | known, nowhere) == pytest.approx(weight(ADA | known, other(**known)), abs=0.01)


def test_namesakes_weigh_less_where_names_go_together() -> None:
    far = other(address="77 Gale Street", postcode="E1 4NS", born=None)
    plain, together = (Engine(replace(ENGINE.model, namesakes=often)) for often in (1.0, 8.0))
    assert plain.score(ADA, [far])[0].weight == pytest.approx(together.score(ADA, [far])[0].weight + 3.0, abs=0.01)
    other_name = far | {"family": "Smith"}
    assert plain.score(ADA, [other_name])[0].weight == together.score(ADA, [other_name])[0].weight


def test_a_name_that_is_not_known_is_nobodys_pet_form() -> None:
    """Found by the test below: a record that says only what someone is known as."""
    known, unknown = ({"record_id": each, "source": "x", "known_as": name} for each, name in (("1", "a"), ("2", "Jo")))
    assert weight(known, unknown) == weight(unknown, known)
    assert words(known, unknown)["given"] == "given names differ"


def test_ethnicity_is_never_evidence() -> None:
    assert weight(ADA | {"ethnicity": "BAFR"}, other(ethnicity="WBRI")) == weight(ADA, other())


def test_two_on_one_form_are_two() -> None:
    form = {"source": "council_tax", "household_reference": "CT-1"}
    one, two = ADA | form | {"reference": "CT-1#1"}, other(**form, reference="CT-1#2")
    assert weight(one, two) < weight(one, other(source="council_tax")) - 4


def test_reasons_add_up_to_the_weight() -> None:
    rows, _ = people(12, seed=4)
    for one, two in pairwise(rows):
        found = ENGINE.explain(one, two)
        assert sum(reason.bits for reason in found.reasons) == pytest.approx(found.edge.weight, abs=1e-9)
        assert found.edge.weight == pytest.approx(weight(one, two), abs=1e-9)
        assert found.edge.probability == pytest.approx(1 / (1 + 2**-found.edge.weight), abs=1e-9)


_NAME = st.none() | st.sampled_from(
    ["", "a", "Jo", "Anne-Marie", "o'neil", "Łukasz", "mohammed", "Muhammad", "smith", "Smyth", "de la cruz"]
)
_ROW = st.fixed_dictionaries(
    dict.fromkeys(("given", "family", "middle", "known_as", "former_family"), _NAME)
    | {
        "sex": st.sampled_from([None, "F", "male", "?"]),
        "born": st.none() | st.dates().map(str) | st.sampled_from(["1980-02-03", "1980-03-02", "2012-02-03"]),
        "address": st.sampled_from([None, "1 High Road", "flat 1, 2 high rd", "2 Hihg Road", "Rose Court"]),
        "postcode": st.sampled_from([None, "RM8 1AA", "rm81ab", "E1 4NS"]),
        "nino": st.sampled_from([None, "QQ123456C", "QQ123457C"]),
        "uprn": st.sampled_from([None, "100", "200"]),
        "source": st.sampled_from(["rent", "school"]),
    }
)


@settings(max_examples=examples(15, 100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_ROW, min_size=2, max_size=7))
def test_one_record_scores_as_the_batch_does(rows: list[dict[str, Any]]) -> None:
    """Whatever else is in the batch, and whichever of the two comes first."""
    rows = [row | {"record_id": str(number)} for number, row in enumerate(rows)]
    records = Records.from_arrow(table(rows))
    others = np.arange(1, len(rows))
    batch = Scorer(ENGINE.model, records).weights(np.zeros(len(others), np.int64), others)
    alone = [edge.weight for edge in ENGINE.score(rows[0], rows[1:])]
    back = [weight(row, rows[0]) for row in rows[1:]]
    assert alone == pytest.approx(batch.tolist(), abs=1e-9)
    assert back == pytest.approx(batch.tolist(), abs=1e-9)


@settings(max_examples=examples(6, 30), deadline=None)
@given(st.lists(_ROW, min_size=1, max_size=5))
def test_a_record_has_the_same_keys_alone_and_in_a_load(rows: list[dict[str, Any]]) -> None:
    rows = [row | {"record_id": str(number)} for number, row in enumerate(rows)]
    keys = ENGINE.key_table(table(rows)).to_pydict()
    for row in rows:
        load = {key for record, key in zip(keys["record_id"], keys["key"], strict=True) if record == row["record_id"]}
        alone = ENGINE.blocking_keys(row)
        assert set(alone) == load
        assert all(0 < key < 2**63 for key in alone)


def test_keys_are_the_same_for_ever() -> None:
    """They are stored: a key that changes loses every link it stood for."""
    assert ENGINE.blocking_keys({"record_id": "1", "source": "x", "nino": "QQ123456C"}) == KEYS_OF_A_NINO


KEYS_OF_A_NINO = [2442004230067938495]


@pytest.mark.parametrize(
    "changes",
    [
        {"given": "Okafor", "family": "Adaeze"},
        {"given": "Adeze", "address": None},
        {"family": "Smith", "postcode": "E1 4NS", "address": "7 Gale Street"},
        {"born": None, "address": "12 Heathwy", "family": "Okafr"},
        {"given": None, "born": None},
        {"born": "1984-03-71", "postcode": None, "address": None},
    ],
)
def test_records_of_one_person_meet(changes: dict[str, Any]) -> None:
    assert set(ENGINE.blocking_keys(ADA)) & set(ENGINE.blocking_keys(other(**changes)))


def test_a_key_that_everybody_shares_makes_no_pairs() -> None:
    rows = [
        {"record_id": str(n), "source": "x", "family": "ali", "given": "ali"} for n in range(blocking.LARGEST_GROUP + 1)
    ]
    assert len(blocking.pairs(Records.from_rows(rows))[0]) == 0
    assert len(blocking.pairs(Records.from_rows(rows[:-1]))[0]) == 60 * 59 // 2


def test_every_level_has_words_and_weights() -> None:
    rows, _ = people(40, seed=2)
    records = Records.from_rows(rows)
    i, j = np.triu_indices(len(rows), 1)
    for name, levels in compare(records, i.astype(np.int64), j.astype(np.int64)).items():
        assert levels.max() < len(WORDS[name])
        assert len(ENGINE.model.weights[name].m) == len(WORDS[name])
