"""Pictures of figures: whether they say what the figures say, to whoever looks, listens or prints."""

import itertools
import re
import xml.etree.ElementTree as Xml

import pytest

from staff import charts, rendering
from staff.charts import Bar, Chart, Group, Line, Point, Quota, Stage, Tile
from staff.charts.lines import apart
from staff.charts.scales import percent, pounds, scale

EVERY = (
    charts.bars("a", "Homes", "Most are let.", [Bar("Let <now>", 12, low=9, high=15), Bar("Empty", None, "too few")]),
    charts.bars("b", "Cash flow", "In and out.", [Bar("2026", -40), Bar("2027", 60)], written=pounds),
    charts.grouped_bars("c", "Answers", "By ward.", ["Yes", "No"], [Group("Heath", [3, 4]), Group("Quay", [None, 1])]),
    charts.lines(
        "d", "Months", "It falls.", ["Jan", "Feb", "Mar"],
        [Line("One", [Point(3, 2, 4), Point(2, 1, 3), Point(1, 0, 2)]), Line("Two", [4, None, 4])], mark_at="Feb",
    ),
    charts.stacked_areas("e", "Places", "It grows.", ["2025", "2026"], [("Hotel", [3, 1]), ("Own", [1, 5])]),
    charts.tile_map(
        "f", "Wards", "The north is worse.",
        [Tile(0, 0, "HEA", "Heath", 0.1, "10%"), Tile(1, 1, "QUA", "Quay", None)], [0.2], written=["up to 20%", "more"],
    ),
    charts.flow("g", "Cohort", "Half are followed.", [Stage("In", 80, 20), Stage("Out", 30, 10, "England alone")]),
    charts.quotas(
        "h", "Pool", "Fewer women.", [Quota("Sex", "Women", 40, 5, 7, 6), Quota("Sex", "Men", 60, 5, 7, 6)], places=12,
    ),
)  # fmt: skip


def test_charts_name_themselves_show_their_figures_and_need_no_script() -> None:
    for chart in EVERY:
        _stands(chart)


def _stands(chart: Chart) -> None:
    root = Xml.fromstring(str(chart.svg))
    assert root.attrib["role"] == "img"
    ids = {each.attrib["id"]: each.text for each in root.iter() if "id" in each.attrib}
    assert ids[root.attrib["aria-labelledby"]] == chart.title
    assert ids[root.attrib["aria-describedby"]] == chart.says
    assert all(each.startswith(f"{chart.name}-") for each in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", str(chart.svg))) <= set(ids)
    assert not re.search(r"style=|<script|\son\w+=|href", str(chart.svg))
    assert all(len(row) == len(chart.table.head) for row in chart.table.rows)
    sizes = [float(each.attrib["font-size"]) for each in root.iter() if "font-size" in each.attrib]
    assert min(sizes) >= 16


def test_what_is_longer_is_drawn_longer_and_what_is_unknown_is_not_drawn() -> None:
    chart = charts.bars("x", "T", "S", [Bar("Small", 10), Bar("Large", 20), Bar("Hidden", None, "fewer than 5")])
    wide = [float(each) for each in re.findall(r'<rect x="0%"[^>]* width="([\d.]+)%"', str(chart.svg))]
    assert wide == [50, 100]
    assert "fewer than 5" in chart.svg
    assert chart.table.rows[2] == ("Hidden", "not known", "fewer than 5")


def test_series_differ_without_colour() -> None:
    drawn = str(EVERY[3].svg)
    assert "stroke-dasharray" in drawn
    assert ">A</text>" in drawn
    assert ">B</text>" in drawn
    fills = set(re.findall(r'fill="(url[^"]+)"', str(EVERY[2].svg)))
    assert len(fills) == 2


def test_a_gap_in_a_line_stays_a_gap() -> None:
    whole = charts.lines("x", "T", "S", ["1", "2", "3"], [Line("One", [1, 2, 3])])
    broken = charts.lines("x", "T", "S", ["1", "2", "3"], [Line("One", [1, None, 3])])
    assert str(whole.svg).count('stroke-width="3"') == 2
    assert str(broken.svg).count('stroke-width="3"') == 0
    assert broken.table.rows[1] == ("2", "not known")


def test_words_of_others_cannot_become_elements() -> None:
    assert "<now>" not in EVERY[0].svg
    assert "Let &lt;now&gt;" in EVERY[0].svg


def test_figures_outside_the_scale_and_none_at_all_are_drawn() -> None:
    for empty in (
        charts.bars("x", "T", "S", []),
        charts.lines("x", "T", "S", [], []),
        charts.stacked_areas("x", "T", "S", [], []),
        charts.tile_map("x", "T", "S", [], [], written=["all"]),
        charts.flow("x", "T", "S", [Stage("None", 0)]),
        charts.quotas("x", "T", "S", [], places=0),
    ):
        Xml.fromstring(str(empty.svg))
    with pytest.raises(ValueError, match="rising"):
        charts.tile_map("x", "T", "S", [], [2, 1], written=["a", "b", "c"])


def test_scales_are_round_and_words_short() -> None:
    assert scale([0, 87]).ticks == (0, 25, 50, 75, 100)
    assert scale([-3, 9]).low == -5
    assert scale([5, 5], zero=False).at(5) == 0
    assert [percent(0.051), percent(0.5), percent(0)] == ["5.1%", "50%", "0%"]
    assert [pounds(123_456_00), pounds(-2_000_000_00), pounds(90_00)] == ["£123.5k", "-£2m", "£90"]


def test_letters_at_the_ends_of_lines_do_not_cover_each_other() -> None:
    placed = [y for y, _ in apart([(240, "A"), (250, "B"), (251, "C")], 18)]
    assert all(after - before >= 18 for before, after in itertools.pairwise(placed))
    assert placed[-1] <= 252


def test_long_words_break_because_a_phone_is_narrow() -> None:
    long = "A community garden with beds for wheelchair users and a shed"
    chart = charts.bars("x", "T", "S", [Bar(long, 3), Bar("Short", 2)])
    told = re.findall(r">([^<>]+)</text>", str(chart.svg))
    assert max(map(len, told)) <= 36
    assert " ".join(told[: told.index("3")]) == long


def test_the_figure_brings_picture_key_and_table() -> None:
    made = rendering.environment(rendering.Static())
    html = made.from_string('{% from "charts/figure.html" import figure %}{{ figure(chart) }}').render(chart=EVERY[3])
    assert "<svg" in html
    assert "&lt;svg" not in html
    assert "A: One" in html
    assert "3 (2 to 4)" in html
