"""What is published of who voted: never fewer than ten alike."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.grants.ballots.publishing import NOTHING, Attributes, coarser

ATTRIBUTES = st.tuples(
    st.sampled_from(["", "E05000001", "E05000002"]),
    st.sampled_from(["", "25_34", "35_49"]),
    st.sampled_from(["online", "paper"]),
)


@given(st.dictionaries(ATTRIBUTES, st.integers(1, 30)))
def test_no_combination_of_fewer_than_ten_is_told_or_left_over(voters: dict[Attributes, int]) -> None:
    sizes: Counter[Attributes] = Counter()
    for each, shown in coarser(voters).items():
        sizes[shown] += voters[each]
        assert all(not told or told == was for told, was in zip(shown, each, strict=True))
    assert sum(sizes.values()) == sum(voters.values())
    if sum(voters.values()) >= 10:
        assert all(size >= 10 for size in sizes.values())
    else:
        assert set(sizes) <= {NOTHING}


def test_as_much_is_told_as_ten_share() -> None:
    told = coarser({("E1", "25_34", "paper"): 9, ("E1", "35_49", "paper"): 4, ("E2", "25_34", "online"): 10})
    assert set(told.values()) == {("E1", "", "paper"), ("E2", "25_34", "online")}
