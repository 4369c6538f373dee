"""From edges to people, and ids that stay."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

from services.risk.linkage.engine import Assignments, Engine, Model, Rules, resolve
from tests.risk.linkage_engine.made_up import people, table

Edges = list[tuple[str, str, float]]


def edges(rows: Edges) -> pa.Table:
    a, b, weight = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {"a": pa.array(a, pa.string()), "b": pa.array(b, pa.string()), "weight": pa.array(weight, pa.float64())}
    )


def groups(found: Assignments) -> set[str]:
    members: dict[str, list[str]] = {}
    for record, person in found.person.items():
        members.setdefault(person, []).append(record)
    return {"".join(sorted(each)) for each in members.values()}


def clique(letters: str, weight: float) -> Edges:
    return [(a, b, weight) for a, b in combinations(letters, 2)]


def test_good_edges_join_and_bad_ones_do_not() -> None:
    found = resolve(edges([("a", "b", 9.0), ("b", "c", -9.0)]), "abcd")
    assert groups(found) == {"ab", "c", "d"}
    assert found.support == {"a": 9.0, "b": 9.0}


def test_a_chain_joins_nobody_whom_others_contradict() -> None:
    """b is sparse and fits both; what a and c say of each other decides, and the rivals are left to a person."""
    found = resolve(edges([("a", "b", 5.0), ("b", "c", 4.0), ("a", "c", -14.0)]), rules=Rules(join=2.0))
    assert groups(found) in ({"ab", "c"}, {"a", "b", "c"})
    chain = resolve(edges([("a", "b", 9.0), ("b", "c", 9.0), ("a", "c", -4.0)]), rules=Rules(join=2.0))
    assert groups(chain) == {"abc"}


def test_two_who_fit_one_record_as_well_are_both_asked_about() -> None:
    both = edges([("m", "a", 3.0), ("m", "b", 3.0), ("a", "b", -12.0)])
    found = resolve(both, rules=Rules(join=2.5, review=-1.0))
    assert groups(found) == {"a", "b", "m"}
    assert {doubt.linkage for doubt in found.doubts} == {3.0}
    assert groups(resolve(edges([("m", "a", 3.0), ("a", "b", -12.0)]), rules=Rules(join=2.5))) == {"am", "b"}


def test_rivals_who_fit_better_than_they_differ_are_one() -> None:
    """Of four true records of Flynn's two had a slip each: either fits the rest far better than they contradict."""
    strong = [("m", "a", 14.0), ("m", "b", 14.0)]
    assert groups(resolve(edges([*strong, ("a", "b", -8.0)]), rules=Rules(join=2.0))) == {"abm"}
    assert groups(resolve(edges([*strong, ("a", "b", -14.0)]), rules=Rules(join=2.0))) == {"a", "b", "m"}


def test_people_decide() -> None:
    rows = edges([("a", "b", 9.0), ("c", "d", -15.0)])
    found = resolve(rows, rules=Rules(must_link=[("d", "c")], cannot_link=[("b", "a")]))
    assert groups(found) == {"a", "b", "cd"}
    # Also against what an earlier run joined, and through others.
    chain = edges(clique("abc", 9.0))
    before = resolve(chain).person
    parted = resolve(chain, previous=before, rules=Rules(cannot_link=[("a", "b")]))
    assert parted.person["a"] != parted.person["b"]
    assert groups(resolve(chain, previous=parted.person, rules=Rules(cannot_link=[("a", "b")]))) == groups(parted)


def test_hard_to_join_harder_to_break() -> None:
    weak = edges([("a", "b", 0.0)])
    assert groups(resolve(weak, rules=Rules(join=2.0))) == {"a", "b"}
    held = {"a": "p1", "b": "p1"}
    assert resolve(weak, previous=held, rules=Rules(join=2.0, reconsider=True)).person == held
    broken = resolve(edges([("a", "b", -12.0)]), previous=held, rules=Rules(reconsider=True))
    assert broken.person["a"] != broken.person["b"]
    assert broken.split == {"p1": (next(each for each in broken.person.values() if each != "p1"),)}


def test_a_join_keeps_the_id_of_the_larger_and_says_whom_it_took_in() -> None:
    previous = {"a": "p1", "b": "p1", "c": "p2"}
    found = resolve(edges(clique("abcn", 9.0)), previous=previous)
    assert set(found.person.values()) == {"p1"}
    assert found.joined == {"p1": ("p2",)}
    assert found.split == {}


def test_records_that_go_change_nothing() -> None:
    """Not even where the one that goes held two others together, or kept two apart."""
    bridge = edges([("a", "b", 9.0), ("b", "c", 9.0), ("a", "c", -4.5)])
    before = resolve(bridge, rules=Rules(join=1.0))
    assert groups(before) == {"abc"}
    left = resolve(edges([("a", "c", -14.0)]), previous=before.person, rules=Rules(join=1.0))
    assert left.person == {each: before.person[each] for each in "ac"}
    rival = edges([("m", "a", 3.0), ("m", "b", 3.0), ("a", "b", -12.0)])
    apart = resolve(rival, rules=Rules(join=2.5))
    after = resolve(edges([("m", "a", 3.0)]), previous=apart.person, rules=Rules(join=2.5))
    assert after.person == {each: apart.person[each] for each in "am"}
    assert groups(resolve(edges([("m", "a", 3.0)]), previous=apart.person, rules=Rules(join=2.5, changed=["m"]))) == {
        "am"
    }


@pytest.mark.full
def test_ids_are_their_own_and_never_used_twice() -> None:
    first = resolve(edges(clique("ab", 9.0)))
    person = first.person["a"]
    assert person not in ("a", "b")
    parted = resolve(edges([]), "ab", first.person, Rules(cannot_link=[("a", "b")]))
    assert len(set(parted.person.values())) == 2
    assert person in parted.person.values()


@pytest.fixture(scope="module")
def crowd() -> tuple[list[dict[str, str]], Engine]:
    rows, _ = people(150, seed=9)
    return rows, Engine(Model.load())


def test_the_same_records_give_the_same_people(crowd: tuple[list[dict[str, str]], Engine]) -> None:
    rows, engine = crowd
    ids = [row["record_id"] for row in rows]
    found = resolve(engine.edges(table(rows)), ids, rules=engine.rules())
    mixed = [rows[k] for k in np.random.default_rng(1).permutation(len(rows))]
    assert resolve(engine.edges(table(mixed)), ids, rules=engine.rules()).person == found.person
    again = resolve(engine.edges(table(rows)), ids, found.person, engine.rules())
    assert (again.person, again.joined, again.split) == (found.person, {}, {})


@pytest.mark.full
@pytest.mark.parametrize("seed", range(3))
def test_a_tenth_more_records_changes_ids_only_by_joins(crowd: tuple[list[dict[str, str]], Engine], seed: int) -> None:
    rows, engine = crowd
    chance = np.random.default_rng(seed)
    late = set(chance.choice(len(rows), len(rows) // 10, replace=False).tolist())
    first = [row for number, row in enumerate(rows) if number not in late]
    before = resolve(engine.edges(table(first)), [row["record_id"] for row in first], rules=engine.rules())
    after = resolve(engine.edges(table(rows)), [row["record_id"] for row in rows], before.person, engine.rules())
    taken = {former for formers in after.joined.values() for former in formers} | set(after.split)
    assert {before.person[each] for each in before.person if after.person[each] != before.person[each]} <= taken
    assert len(taken) <= len(rows) * 0.01
    gone = [row for number, row in enumerate(rows) if number % 50]
    left = resolve(engine.edges(table(gone)), [row["record_id"] for row in gone], after.person, engine.rules())
    assert left.person == {row["record_id"]: after.person[row["record_id"]] for row in gone}


@pytest.mark.full
def test_nothing_and_nobody() -> None:
    engine = Engine(Model.load())
    none = table([{"record_id": "1", "source": "x"}]).slice(0, 0)
    assert engine.edges(none).num_rows == 0
    assert engine.edges(table([{"record_id": "1", "source": "x", "given": None}])).num_rows == 0
    assert engine.blocking_keys({"record_id": "1", "source": "x"}) == []
    assert engine.score({"record_id": "1", "source": "x"}, []) == []
    blank = [{"record_id": each, "source": None, "given": "?", "address": "", "born": "soon"} for each in "ab"]
    assert engine.score(blank[0], blank[1:])[0].weight < -10
    assert resolve(engine.edges(none)).person == {}
