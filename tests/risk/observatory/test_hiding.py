"""Tables of several dimensions, attacked: nobody recovers a secret, whatever was asked before; and he could, if."""

import random

import numpy as np
import pytest

from services.risk.observatory import hiding
from services.risk.observatory.hiding import Care
from services.risk.observatory.lattice import COVERED, SECRET, SHOWN, Ledger, Universe
from tests.late import Late
from tests.risk.observatory.asker import THRESHOLD, WIDTH, Asker, made_up

telling = Late("services.risk.observatory.telling")

DIMS = {"age": 3, "sex": 2, "tenure": 4, "debt": 2, "ward": 4}


def care_for(universe: Universe) -> Care:
    return Care(
        lambda dims: universe.counts(dims) < THRESHOLD,
        lambda dims: np.full(universe.size(dims), WIDTH, np.int64),
    )


def one_table(seed: int, most: int = 5, *, pounds: bool = False) -> tuple[Universe, Ledger]:
    """A random table of one to three dimensions, as it was let out: of households, or of what they owe."""
    chance = random.Random(seed)
    sizes = {name: chance.randint(2, most) for name in chance.sample(["a", "b", "c"], chance.choice((1, 2, 2, 3, 3)))}
    universe = made_up(chance, sizes, chance.choice((60, 150, 400, 1_000, 2_500)), pounds=pounds)
    ledger = Ledger()
    care = telling.care_for(universe, {}) if pounds else care_for(universe)
    hiding.release(universe, ledger, tuple(sorted(sizes)), care)
    return universe, ledger


def a_sequence(seed: int, questions: int = 20) -> tuple[Universe, Ledger, int]:
    """So many questions about one borough, each of one to three dimensions at random; how many were answered."""
    chance = random.Random(seed)
    universe = made_up(chance, DIMS, chance.choice((200, 600, 2_000, 6_000)))
    ledger, answered = Ledger(), 0
    for _ in range(questions):
        dims = tuple(sorted(chance.sample(sorted(DIMS), chance.choice((1, 2, 2, 3)))))
        answered += hiding.release(universe, ledger, dims, care_for(universe))
    return universe, ledger, answered


def test_nobody_recovers_a_secret_of_thirty_random_tables() -> None:
    """Small ones, a secret or two of each; the thousand are below."""
    tried = 0
    for seed in range(30):
        universe, ledger = one_table(seed, most=3)
        assert Asker(universe, ledger).recovered(2, random.Random(seed)) == [], seed
        tried += any((states == SECRET).any() for states in ledger.states.values())
    assert tried >= 15


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("pounds", [False, True], ids=["households", "amounts"])
def test_nobody_recovers_a_secret_of_a_thousand_random_tables(pounds: bool) -> None:
    """Least and most in whole numbers, of every secret of every table; of amounts also by who owes the second most."""
    secrets = shown = guarded = 0
    for seed in range(1_000, 2_000):
        universe, ledger = one_table(seed, pounds=pounds)
        asker = Asker(universe, ledger)
        assert asker.recovered() == [], seed
        found = len(list(asker.secrets()))
        secrets, guarded = secrets + found, guarded + bool(found)
        shown += sum(int((states == SHOWN).sum()) for states in ledger.states.values())
    print(f"1,000 tables, {guarded} with secrets: {secrets:,} of them attacked, none recovered; {shown:,} shown")
    assert guarded > 500
    assert secrets > 5_000
    assert shown > 5_000


def test_nobody_recovers_an_amount_of_twenty_random_tables() -> None:
    tried = 0
    for seed in range(20):
        universe, ledger = one_table(seed, most=3, pounds=True)
        assert Asker(universe, ledger).recovered(3, random.Random(seed)) == [], seed
        tried += any((states == SECRET).any() for states in ledger.states.values())
    assert tried >= 6


def test_one_who_owes_the_second_most_finds_out_the_most_where_only_small_counts_are_hidden() -> None:
    """So that the attack on amounts is known to be able to fail: twelve households, of which two owe nearly all."""
    universe = Universe(
        {"a": ("one", "two", "three")},
        {"a": np.repeat(np.arange(3), 12).astype(np.int16)},
        np.array([50_000, 9_000, *[10] * 10, *[700] * 24]),
    )
    bare, safe = Ledger(), Ledger()
    hiding.release(universe, bare, ("a",), care_for(universe))
    assert (bare.states["a",] == SHOWN).all()
    bare.states["a",] = np.array([SECRET, SHOWN, SHOWN], np.int8)
    bare.states[()] = np.array([SHOWN], np.int8)
    assert [place for _, place, *_ in Asker(universe, bare).recovered()] == [0]
    hiding.release(universe, safe, ("a",), telling.care_for(universe, {}))
    assert safe.states["a",][0] == SECRET
    assert Asker(universe, safe).recovered() == []


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(30))
def test_nobody_recovers_a_secret_from_twenty_questions(seed: int) -> None:
    """All answers together, in one programme over the finest places of all five dimensions."""
    universe, ledger, answered = a_sequence(seed)
    assert answered >= 1
    assert Asker(universe, ledger).recovered() == []


def test_a_few_questions_in_a_row() -> None:
    universe, ledger, answered = a_sequence(4, 4)
    assert answered >= 2
    assert Asker(universe, ledger).recovered(2, random.Random(1)) == []


def test_without_the_covering_places_the_asker_wins() -> None:
    """So that the tests above are known to be able to fail: hide only what is small, and he has it."""
    found = 0
    for seed in range(30):
        universe, ledger = one_table(seed, most=3)
        if not any((states == COVERED).any() for states in ledger.states.values()):
            continue
        for states in ledger.states.values():
            states[states == COVERED] = SHOWN
        found += bool(Asker(universe, ledger).recovered(3, random.Random(seed)))
        if found == 2:
            return
    pytest.fail("without secondary suppression nothing was recovered: the asker is no good")


def test_what_was_shown_once_stays_so_in_every_table() -> None:
    universe, ledger, _ = a_sequence(7, 6)
    before = {dims: states.copy() for dims, states in ledger.states.items()}
    for dims in (("age", "sex", "ward"), ("debt", "tenure"), ("age", "tenure")):
        hiding.release(universe, ledger, dims, care_for(universe))
    for dims, states in before.items():
        assert (ledger.states[dims] == states).all()


def test_the_ledger_keeps_as_text() -> None:
    _, ledger, _ = a_sequence(9, 6)
    again = Ledger.of_data(ledger.as_data())
    assert again.rooms == ledger.rooms
    assert again.states.keys() == ledger.states.keys()
    assert all((again.states[dims] == ledger.states[dims]).all() for dims in ledger.states)


def test_a_room_that_is_too_large_shows_nothing() -> None:
    universe = made_up(random.Random(1), {"a": 20, "b": 20, "c": 20}, 5_000)
    ledger = Ledger()
    assert not hiding.release(universe, ledger, ("a", "b", "c"), care_for(universe))
    assert ledger == Ledger()


def test_a_solver_that_finds_nothing_makes_more_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing rests on its word: without it, only what needs no proof is shown."""
    universe, ledger = one_table(3)
    monkeypatch.setattr(hiding, "solve", lambda *args, **options: None)
    for search in ("least", "whole"):
        monkeypatch.setattr(hiding.Programme, search, lambda *args, **options: None)
    bare = Ledger()
    hiding.release(universe, bare, tuple(sorted(universe.categories)), care_for(universe))
    assert Asker(universe, bare).recovered() == []
    shown = [sum(int((states == SHOWN).sum()) for states in each.states.values()) for each in (ledger, bare)]
    assert shown[1] <= shown[0]
