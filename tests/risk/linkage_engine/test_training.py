"""Weights from records alone."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from services.risk.linkage.engine import Engine, Model, Records, resolve
from services.risk.linkage.engine.evaluation import by_group, by_source_pair, quality
from services.risk.linkage.engine.training import train
from tests.risk.linkage_engine.made_up import people, table


@pytest.fixture(scope="module")
def trained() -> Model:
    rows, _ = people(500, seed=3)
    return train(Records.from_arrow(table(rows)))


@pytest.mark.full
def test_who_is_who_is_learned_without_labels(trained: Model) -> None:
    rows, truth = people(500, seed=3)
    engine = Engine(trained)
    found = resolve(engine.edges(table(rows)), truth, rules=engine.rules())
    measured = quality(found.person, truth)
    assert measured.precision.value >= 0.97
    assert measured.recall.value >= 0.93
    assert measured.precision.low < measured.precision.value <= measured.precision.high <= 1.0


@pytest.mark.full
def test_the_learned_weights_are_what_the_records_were_made_with(trained: Model) -> None:
    rows, truth = people(500, seed=3)
    size = len(rows)
    pairs = sum(n * (n - 1) / 2 for n in _sizes(truth).values())
    assert trained.match == pytest.approx(pairs / (size * (size - 1) / 2), rel=0.15)
    given = trained.weights["given"]
    assert 0.80 <= given.m[-1] <= 0.95, "94% of names without a slip, each twice"
    assert given.h[0] >= 0.9
    assert trained.weights["family"].h[-1] >= 0.8, "people of one home share a family name here"
    assert trained.weights["place"].h[7] >= 0.5
    for weights in trained.weights.values():
        assert (weights.m > 0).all()
        assert (weights.u > 0).all()


@pytest.mark.full
def test_that_ages_differ_is_said_once(trained: Model) -> None:
    """By the birth dates; that a child is seldom in a source is said of the child, whoever the other is."""
    for pair, ratio in trained.sources.items():
        one, other = pair.split("|")
        if one.endswith(" adult") and other.endswith(" child"):
            alike = trained.sources[f"{one}|{other.removesuffix(' child')} adult"]
            assert 0.2 < ratio / alike < 5, pair


@pytest.mark.full
def test_children_named_after_a_parent_do_not_make_birth_dates_doubtful() -> None:
    """Nobody's own birth date is a generation off here; a parent and a child of one name look as if it were."""
    rows, truth = people(500, seed=3)
    names = {truth[row["record_id"]]: row["given"] for row in rows}
    for row in rows:
        home, member = truth[row["record_id"]].split(".")
        if member == "2" and int(home) % 4 == 0:
            row["given"] = names[f"{home}.0"]
    model = train(Records.from_arrow(table(rows)))
    assert model.weights["born"].m[0] < 0.0005


def _sizes(truth: dict[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for person in truth.values():
        found[person] = found.get(person, 0) + 1
    return found


@pytest.mark.full
def test_a_model_survives_its_file(trained: Model, tmp_path: Path) -> None:
    rows, _ = people(20, seed=5)
    trained.save(tmp_path / "model.json")
    again = Engine(Model.load(tmp_path / "model.json"))
    for one, two in pairwise(rows):
        assert again.score(one, [two])[0].weight == pytest.approx(Engine(trained).score(one, [two])[0].weight, abs=1e-6)


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    held = Model.load().as_json()
    (tmp_path / "old.json").write_text(json.dumps(held | {"version": 0}))
    with pytest.raises(ValueError, match="version 0"):
        Model.load(tmp_path / "old.json")
    del held["weights"]["born"]
    with pytest.raises(ValueError, match="born"):
        Model.of_json(held)


def test_the_model_that_comes_along_says_where_it_is_from_and_links_the_first_records() -> None:
    model = Model.load()
    assert "without labels" in model.origin
    rows, truth = people(60, seed=8)
    engine = Engine(model.adapted(Records.from_arrow(table(rows))))
    found = quality(resolve(engine.edges(table(rows)), truth, rules=engine.rules()).person, truth)
    assert found.precision.value >= 0.97
    assert found.recall.value >= 0.80


@pytest.mark.full
def test_few_records_do_not_make_a_name_common() -> None:
    rows = [{"record_id": str(n), "source": "x", "given": "Adaeze", "family": "Okafor"} for n in range(3)]
    model = Model.load().adapted(Records.from_rows(rows))
    assert model.frequencies["given"].shares["adaeze"] < 0.01
    assert model.records == 3


def test_quality_counts_pairs() -> None:
    person = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "2"}
    truth = {"a": "x", "b": "x", "c": "y", "d": "y", "e": "z", "f": "z"}
    found = quality(person, truth)
    assert (found.found, found.right, found.true) == (4, 1, 2)
    assert (found.precision.value, found.recall.value) == (0.25, 0.5)
    assert found.f1.value == pytest.approx(2 / 6)
    nothing = quality({"a": "1"}, {"a": "x"})
    assert (nothing.precision.value, nothing.recall.value) == (1.0, 1.0)


def test_quality_by_group_and_by_source() -> None:
    person = {"a": "1", "b": "1", "c": "2", "d": "2", "e": "3"}
    truth = {"a": "x", "b": "x", "c": "y", "d": "z", "e": "z"}
    group = {"a": "young", "b": "young", "c": "old", "d": "old", "e": "old"}
    found = by_group(person, truth, group)
    assert (found["young"].found, found["young"].right, found["young"].true) == (1, 1, 1)
    assert (found["old"].found, found["old"].right, found["old"].true) == (1, 0, 1)
    source = {"a": "rent", "b": "tax", "c": "rent", "d": "tax", "e": "tax"}
    pairs = by_source_pair(person, truth, source)
    assert pairs["rent", "tax"].precision.value == 0.5
    assert (pairs["tax", "tax"].found, pairs["tax", "tax"].true, pairs["tax", "tax"].recall.value) == (0, 1, 0.0)
