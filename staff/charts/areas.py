"""Areas on top of each other: how a whole is made up through time. Letters in the areas, names in the key."""

from collections.abc import Sequence

from markupsafe import Markup

from staff.charts.lines import FOOT, PLOT, TOP, across, down, foot, grid
from staff.charts.paper import INK, Chart, Key, Table, element, fill, letters, picture, sample, share, text, view
from staff.charts.scales import Written, plain, scale


def stacked_areas(
    name: str,
    title: str,
    says: str,
    steps: Sequence[str],
    series: Sequence[tuple[str, Sequence[float]]],
    *,
    written: Written = plain,
    label: str = "When",
    whole: str = "Together",
) -> Chart:
    """Series (name, one figure for each step), the first at the bottom. No figure may be negative."""
    sums = [sum(values[at] for _, values in series) for at in range(len(steps))]
    over = scale(sums)
    called = letters(len(series))
    height = TOP + PLOT
    shapes, words = [], []
    floor = [0.0] * len(steps)
    for index, (_, values) in enumerate(series):
        roof = [below + value for below, value in zip(floor, values, strict=True)]
        places = [(across(at, len(steps)) * 100, down(over, y)) for at, y in enumerate(roof)]
        places += [(across(at, len(steps)) * 100, down(over, floor[at])) for at in reversed(range(len(steps)))]
        shapes.append(
            element(
                "polygon",
                points=" ".join(f"{x:.2f},{y:.1f}" for x, y in places),
                fill=fill(name, index),
                stroke=INK,
                vector_effect="non-scaling-stroke",
                class_="ns-chart__shape",
            )
        )
        words.append(_letter(called[index], floor, roof, over.high))
        floor = roof
    drawn = view(f"0 0 100 {height}", *shapes, x=0, y=0, width="100%", height=height)
    # The areas first and the grid above them: its figures must stay readable.
    inside = [drawn, grid(over, written), *words, foot(steps)]
    rows = tuple(
        (step, *(written(values[at]) for _, values in series), written(sums[at])) for at, step in enumerate(steps)
    )
    key = tuple(
        Key(sample(name, index), f"{called[index]}: {each}") for index, (each, _) in reversed(list(enumerate(series)))
    )
    svg = picture(name, title, says, TOP + PLOT + FOOT, *inside, series=len(series))
    return Chart(name, title, says, svg, Table((label, *(each for each, _ in series), whole), rows), key)


def _letter(letter: str, floor: Sequence[float], roof: Sequence[float], most: float) -> Markup:
    """Where the area is thickest, if it is thick enough for a letter."""
    if not roof:
        return Markup("")
    at = max(range(len(roof)), key=lambda step: roof[step] - floor[step])
    thick = (roof[at] - floor[at]) / most * PLOT if most else 0.0
    if thick < 20:
        return Markup("")
    y = TOP + PLOT * (1 - (roof[at] + floor[at]) / 2 / most)
    # Not at the very edge, where the grid's figures stand.
    x = min(0.9, max(0.14, across(at, len(roof))))
    return text(letter, share(x), y + 6, anchor="middle", bold=True, halo=True)
