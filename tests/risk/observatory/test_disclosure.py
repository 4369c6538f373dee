"""What is shown of a table, attacked: by linear programming, by counting every table, by asking twice."""

import random

import pytest

from services.risk.observatory import disclosure
from services.risk.observatory.circulation import room
from services.risk.observatory.disclosure import WHOLE, Place, Rules, Table
from tests.risk.observatory.attack import every_table_like, known_range

RULES = Rules()
BARE = Rules(threshold=4, rounding=1)


def table_of(*counts: tuple[int, ...]) -> Table:
    return Table(
        tuple(f"ward {row}" for row in range(len(counts))),
        tuple(f"state {column}" for column in range(len(counts[0]))),
        counts,
    )


def made_up(chance: random.Random, rows: int, columns: int) -> Table:
    """A table as boroughs have them: many middling counts, some small, some nought."""
    kinds = [lambda: 0, lambda: chance.randint(1, 9), lambda: chance.randint(10, 40), lambda: chance.randint(40, 900)]
    weights = chance.choice([(1, 2, 4, 4), (4, 4, 1, 0), (0, 1, 2, 9), (2, 1, 0, 5)])
    return table_of(*[tuple(chance.choices(kinds, weights)[0]() for _ in range(columns)) for _ in range(rows)])


def secrets(table: Table, rules: Rules) -> set[Place]:
    return {place for place in table.places() if rules.is_small(table.value(place))}


@pytest.mark.full
@pytest.mark.parametrize("seed", range(40))
def test_no_hidden_count_is_known_closer_than_the_threshold(seed: int) -> None:
    chance = random.Random(seed)
    table = made_up(chance, chance.randint(1, 9), chance.randint(1, 3))
    hidden = disclosure.hidden_places(table, RULES)
    small = secrets(table, RULES)
    assert small <= hidden
    for place in chance.sample(sorted(small, key=str), min(len(small), 8)):
        least, most = known_range(table, hidden, place)
        assert most - least >= RULES.width, (table, place, least, most)


def test_the_attack_finds_what_primary_suppression_alone_gives_away() -> None:
    """So that the test above is known to be able to fail."""
    table = table_of((3, 200, 40), (150, 300, 70), (90, 60, 30))
    assert known_range(table, {(0, 0)}, (0, 0)) == (3, 3)
    # Two in a line are not enough either when the other line has only one.
    assert known_range(table, {(0, 0), (0, 1), (1, 0)}, (0, 0)) == (3, 3)


def test_every_table_that_shows_the_same_is_counted_for_small_ones() -> None:
    """Whole numbers, every possibility: nothing that linear programming could have missed."""
    tried = 0
    for seed in range(50):
        chance = random.Random(seed)
        table = table_of(*[tuple(chance.choice((0, 1, 2, 4)) for _ in range(2)) for _ in range(2)])
        hidden = disclosure.hidden_places(table, BARE)
        if WHOLE in hidden:
            continue
        others = list(every_table_like(table, hidden))
        for place in secrets(table, BARE):
            values = {other.value(place) for other in others}
            assert max(values) - min(values) >= BARE.width, (table, place, values)
            tried += 1
    assert tried > 40


def test_the_flow_and_the_linear_program_agree() -> None:
    for seed in range(25):
        chance = random.Random(seed)
        table = made_up(chance, 4, 3)
        places = table.places()
        hidden = set(chance.sample(places, 9))
        place = chance.choice(sorted(hidden, key=str))
        least, most = known_range(table, hidden, place)
        below, above = room(disclosure.flows_of(table), hidden, place, 10_000)
        assert table.value(place) - below == pytest.approx(least)
        assert min(above, 10_000) == pytest.approx(min(most - table.value(place), 10_000))


def test_little_is_hidden_where_little_need_be() -> None:
    table = table_of((3, 400), (250, 410), (260, 300), (500, 800))
    hidden = disclosure.hidden_places(table, RULES)
    assert hidden == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert disclosure.hidden_places(table_of((300, 400), (500, 600)), RULES) == set()


def test_what_is_shown_is_rounded_and_never_small() -> None:
    for seed in range(20):
        table = made_up(random.Random(seed), 6, 2)
        shown = disclosure.protect(table, RULES)
        for place, value in shown.values.items():
            assert value is None or (value % 10 == 0 and value >= 10 and abs(value - table.value(place)) <= 5)


def test_totals_do_not_depend_on_the_breakdown() -> None:
    """The same households by ward and by children: what one hides of the totals the other may not show."""
    for seed in range(30):
        chance = random.Random(seed)
        wards = made_up(chance, 6, 2)
        known, unknown = wards.value((None, 0)), wards.value((None, 1))
        cut = (chance.randint(0, known), chance.randint(0, unknown))
        children = table_of(cut, (known - cut[0], unknown - cut[1]))
        columns: list[Place] = [WHOLE, (None, 0), (None, 1)]
        one = {place for place in disclosure.hidden_places(wards, RULES) if place in columns}
        other = {place for place in disclosure.hidden_places(children, RULES) if place in columns}
        assert one == other


@pytest.mark.parametrize("value", range(10))
def test_a_small_whole_says_nothing_at_all(value: int) -> None:
    """Neither how small it is nor in which ward: every such answer is the same."""
    shown = disclosure.protect(table_of((value, 0), (0, 0)), RULES)
    assert set(shown.values.values()) == {None}


def test_noughts_are_hidden_unless_the_setting_says_otherwise() -> None:
    table = table_of((0, 120), (60, 200), (80, 300))
    assert disclosure.protect(table, RULES).value((0, 0)) is None
    assert disclosure.protect(table, Rules(hide_noughts=False)).value((0, 0)) == 0


def test_a_place_hidden_for_another_reason_is_protected_like_a_small_one() -> None:
    table = table_of((50, 120), (60, 200), (80, 300))
    hidden = disclosure.hidden_places(table, RULES, also=[(1, 1)])
    assert (1, 1) in hidden
    least, most = known_range(table, hidden, (1, 1))
    assert most - least >= RULES.width


def test_rules_that_protect_nobody_are_refused() -> None:
    with pytest.raises(ValueError, match="threshold"):
        Rules(threshold=1)
    with pytest.raises(ValueError, match="count"):
        Table(("a",), ("b", "c"), ((1,),))
    with pytest.raises(ValueError, match="nought"):
        Table(("a",), ("b",), ((-1,),))


def people(chance: random.Random, number: int) -> list[int]:
    return [chance.getrandbits(64) for _ in range(number)]


def test_two_populations_a_few_households_apart_are_seen_to_be() -> None:
    chance = random.Random(7)
    for few in range(1, 20):
        base = people(chance, 3_000)
        other = [*base[few // 2 :], *people(chance, few - few // 2)]
        one, two = disclosure.sketch_of(base), disclosure.sketch_of(chance.sample(other, len(other)))
        assert 1 <= disclosure.differ_by_at_least(one, two) <= few
        assert disclosure.too_near(one, two, RULES)


def test_the_same_households_are_not_near_but_the_same_and_others_are_far() -> None:
    chance = random.Random(8)
    base = people(chance, 500)
    one = disclosure.sketch_of(base)
    assert not disclosure.too_near(one, disclosure.sketch_of(reversed(base)), RULES)
    assert not disclosure.too_near(one, disclosure.sketch_of([*base, *people(chance, 40)]), RULES)
    assert not disclosure.too_near(one, disclosure.sketch_of(people(chance, 500)), RULES)
