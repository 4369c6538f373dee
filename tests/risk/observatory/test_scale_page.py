"""The page on scale is what the program makes of the measured figures."""

import pytest

from tests.late import Late

scale = Late("benchmarks.observatory_scale")


@pytest.mark.full
def test_the_page_is_what_the_program_makes() -> None:
    assert scale.PAGE.read_text(encoding="utf-8") == scale.page()


@pytest.mark.full
def test_twice_the_people_need_twice_as_much() -> None:
    region = scale.PLACES[1]
    double = scale.Place("twice", 2 * region.people, 2 * region.boroughs)
    one, two = scale.needs(region), scale.needs(double)
    assert two.link_hours == pytest.approx(2 * one.link_hours)
    assert two.packages_mb == pytest.approx(2 * one.packages_mb)
    assert two.cores_together >= one.cores_together
