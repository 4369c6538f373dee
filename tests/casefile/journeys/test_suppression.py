"""What an outsider who puts all that is shown together can work out: never a small number."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.casefile.outcomes.suppression import THRESHOLD, is_small, line, rounded, table
from tests.examples import examples

counts = st.dictionaries(st.sampled_from("abcdef"), st.one_of(st.integers(0, 14), st.integers(0, 300)), min_size=1)


def known_of_hidden(truth: dict[str, int], shown: dict[str, int | None]) -> list[tuple[int, int, int]]:
    """What an outsider knows of each hidden part who has the total and the shown parts exactly: truth, least, most."""
    hidden = [name for name, value in shown.items() if value is None]
    rest = sum(truth[name] for name in hidden)
    return [(truth[name], 0 if len(hidden) > 1 else rest, rest) for name in hidden]


@settings(max_examples=examples(60, 400))
@given(counts)
@example({"a": 40, "b": 7})
@example({"a": 40, "b": 7, "c": 0})
@example({"a": 7, "b": 0, "c": 0})
@example({"a": 3, "b": 4, "c": 40})
@example({"a": 9, "b": 9})
@example({"a": 1, "b": 1, "c": 10})
def test_no_small_part_is_shown_nor_pinned_by_the_total(truth: dict[str, int]) -> None:
    found = line(truth)
    for name, value in found.parts.items():
        if value is not None:
            assert not is_small(truth[name])
            assert value == rounded(truth[name])
    if found.total is None:
        assert is_small(sum(truth.values()))
        assert set(found.parts.values()) == {None}
    else:
        for value, least, most in known_of_hidden(truth, found.parts):
            assert most - least >= THRESHOLD, (value, least, most)


def test_what_need_not_be_hidden_is_shown() -> None:
    assert line({"a": 40, "b": 30, "c": 0}).parts == {"a": 40, "b": 30, "c": 0}
    assert line({"a": 0}).total == 0
    # One small group takes one other with it, the smallest that is enough, and no more.
    assert line({"a": 7, "b": 23, "c": 48}).parts == {"a": None, "b": None, "c": 50}


@settings(max_examples=examples(40, 300))
@given(
    st.lists(
        st.lists(st.one_of(st.integers(0, 14), st.integers(0, 90)), min_size=3, max_size=3), min_size=1, max_size=4
    )
)
def test_cells_are_shown_all_or_not_at_all(cells: list[list[int]]) -> None:
    truth = {f"row{number}": dict(zip("xyz", row, strict=True)) for number, row in enumerate(cells)}
    found = table(truth)
    small = any(is_small(value) for row in truth.values() for value in row.values())
    if found.cells is not None:
        assert not small
        assert found.rows.whole
        assert found.columns.whole
    for margin, sums in (
        (found.rows, {name: sum(row.values()) for name, row in truth.items()}),
        (found.columns, {each: sum(row[each] for row in truth.values()) for each in "xyz"}),
    ):
        assert margin == line(sums)
