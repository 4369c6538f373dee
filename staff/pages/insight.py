"""Leaders' pages: the ward index on a map and through time, measures with their companions, the board's pack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff import words
from staff.charts import Bar, Chart, Line, Point, Tile, bars, lines, tile_map
from staff.client import Refused
from staff.page import SignedIn

router = APIRouter()

_R: Final = "/v1/risk"
_CLASSES: Final = 5
_BY: Final = {
    "all": "All together",
    "month": "By month",
    "ward": "By ward",
    "age": "By age",
    "sex": "By sex",
    "ethnicity": "By ethnic group",
    "disability": "By disability",
    "hub": "By hub",
}
_FEWEST_DRAWN: Final = 3
_FEW: Final = "too few to show"


@router.get("/wards")
async def wards(page: SignedIn) -> Response:
    """Every ward's index, or one part of it, on tiles, in a table and through the years."""
    of = page.asked("of") or "index"
    found = await page.parts(
        index=page.get(f"{_R}/index/wards"),
        history=page.get(f"{_R}/index/history", {"of": of}),
    )
    body = found["index"].body
    charts = _of_wards(body, of) if found["index"].ok else []
    if found["history"].ok and len(found["history"].body["years"]) > 1:
        charts.append(_through_time(found["history"].body, body))
    return page.render("insight/wards.html", of=of, charts=charts, **found)


@router.get("/wards/{area}")
async def ward(page: SignedIn, area: str) -> Response:
    """One ward in full: each indicator with its source, beside the areas most like it."""
    found = await page.get(f"{_R}/index/wards/{area[:9]}")
    return page.render("insight/ward.html", ward=found.body, charts=[_parts_of(found.body)])


@router.get("/measures")
async def measures(page: SignedIn) -> Response:
    """What came of the work in a closed quarter; nothing stands without its companions."""
    by = page.asked("by") if page.asked("by") in _BY else "all"
    found = await page.parts(
        measures=page.get(f"{_R}/measures", {"by": by, "quarter": page.asked("quarter")}),
        packs=page.get(f"{_R}/packs", {"limit": 20}),
    )
    spreads = _spreads(found["measures"].body) if found["measures"].ok and by != "all" else {}
    return page.render("insight/measures.html", by=by, ways=_BY, spreads=spreads, few=_FEW, **found)


@router.get("/measures/{code}/by/{by}")
async def measure_apart(page: SignedIn, code: str, by: str) -> Response:
    """One measure told apart, in pictures with their figures, and beside it what it never stands without."""
    if by not in _BY or by == "all":
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    asked = {"by": by, "measure": code[:64], "quarter": page.asked("quarter")}
    found = await page.get(f"{_R}/measures", asked)
    return page.render(
        "insight/apart.html",
        by=by,
        way=_BY[by],
        few=_FEW,
        measures=found.body,
        charts=_of_measures(found.body),
        first=next(each for each in found["measures"] if each["measure"]["code"] == code[:64]),
    )


@router.get("/measures/{code}")
async def measure(page: SignedIn, code: str) -> Response:
    """One measure through the closed quarters, with what it never stands without."""
    found = await page.get(f"{_R}/measures/{code[:64]}")
    return page.render("insight/measure.html", series=found.body, charts=_series(found.body))


@router.post("/packs/{quarter}/print")
async def pack(page: SignedIn, quarter: str) -> Response:
    """The board's pack as an accessible PDF."""
    form = await page.form()
    found = await page.post(f"{_R}/packs/{quarter[:10]}/print", {"large": form.has("large")})
    named = {"Content-Disposition": f'attachment; filename="pack-{quarter[:10]}.pdf"'}
    return Response(found.body, media_type="application/pdf", headers=named)


def _figure(area: Mapping[str, Any], of: str) -> float | None:
    if of == "index":
        value: float | None = area["index"]
        return value
    part: float | None = area["dimensions"].get(of, area["components"].get(of))
    return part


def _of_wards(body: Mapping[str, Any], of: str) -> list[Chart]:
    title = "The ward index" if of == "index" else body["titles"].get(of, of)
    here = [each for each in body["areas"] if each["kind"] == "ward"]
    names = [each["name"] for each in here]
    tiles = [
        Tile(
            each["column"],
            each["row"],
            _short(each["name"], names),
            each["name"],
            _figure(each, of),
            _told(_figure(each, of)),
        )
        for each in here
    ]
    best = sorted((each for each in here if _figure(each, of) is not None), key=lambda each: -(_figure(each, of) or 0))
    says = f"From 0, the worst case, to 100, the best. {best[0]['name']} stands highest, {best[-1]['name']} lowest."
    bounds = _bounds([each.value for each in tiles if each.value is not None])
    written = [f"up to {bounds[0]:.0f}", *(f"to {each:.0f}" for each in bounds[1:]), f"more than {bounds[-1]:.0f}"]
    told = says if best else "No ward has a figure."
    return [tile_map("ward-map", f"{title}, {body['year']}", told, tiles, bounds, written=written, what="Score")]


def _bounds(values: Sequence[float]) -> list[float]:
    """The upper ends of all classes but the last: as many wards in each as can be, at whole numbers."""
    ranked = sorted(values) or [50.0]
    ends = {float(round(ranked[len(ranked) * each // _CLASSES])) for each in range(1, _CLASSES)}
    return sorted(ends)


def _through_time(history: Mapping[str, Any], index: Mapping[str, Any] | None) -> Chart:
    years = history["years"]
    wards_ = {each["area"] for each in index["areas"] if each["kind"] == "ward"} if index else set(history["areas"])
    ranked = sorted(
        (area for area in history["areas"] if area in wards_),
        key=lambda area: history["areas"][area].get(str(years[-1])) or 0,
    )
    shown = [*ranked[:3], *ranked[-2:]] if len(ranked) > 5 else ranked
    given = [Line(history["names"][area], [history["areas"][area].get(str(year)) for year in years]) for area in shown]
    says = "The three lowest wards and the two highest, on the same scales." if len(ranked) > 5 else "All wards."
    return lines(
        "through-time", f"{history['title']} through time", says, [str(each) for each in years], given, label="Year"
    )


def _parts_of(body: Mapping[str, Any]) -> Chart:
    given = [
        Bar(each["title"], each["score"], "" if each["score"] is not None else "missing") for each in body["components"]
    ]
    says = "From 0, the worst case, to 100, the best."
    return bars(
        "components", f"What {body['figures']['name']} is made of", says, given, what="Score", label="Part", most=100
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """How far apart the rows of a measure are: the lowest and the highest, and how many are too few to show."""

    low: tuple[str, Mapping[str, Any]] | None
    high: tuple[str, Mapping[str, Any]] | None
    hidden: int
    rows: int


def _spreads(body: Mapping[str, Any]) -> Mapping[str, Spread]:
    """Of each measure that is told apart; the pictures are on a page of each, thirty of them at once help nobody."""
    found = {}
    for each in body["measures"]:
        shown = [(_called(name, body), row) for name, row in each["rows"].items() if _value(row) is not None]
        shown.sort(key=lambda named: _value(named[1]) or 0)
        low, high = (shown[0], shown[-1]) if len(shown) >= _FEWEST_DRAWN else (None, None)
        rows = len(each["rows"])
        if rows:
            found[each["measure"]["code"]] = Spread(low, high, rows - len(shown), rows)
    return found


def _value(row: Mapping[str, Any]) -> float | None:
    value: float | None = row["percent"] if row["percent"] is not None else row["count"]
    return value


def _of_measures(body: Mapping[str, Any]) -> Mapping[str, Chart]:
    """A chart for each measure that is told apart into more than one row."""
    made = {}
    for each in body["measures"]:
        rows = each["rows"]
        # A picture of what may not be shown tells nothing: the total stands beside it.
        if sum(row["count"] is not None or row["percent"] is not None for row in rows.values()) < _FEWEST_DRAWN:
            continue
        code, title = each["measure"]["code"], each["measure"]["title"]
        given = [_bar(_called(name, body), row) for name, row in rows.items()]
        says = "With 95% intervals. Few are never shown, nor what would tell them."
        made[code] = bars(
            f"m-{code}", title, says, given, what=each["measure"]["unit"], label=_BY[body["by"]][3:].capitalize()
        )
    return made


def _bar(label: str, row: Mapping[str, Any]) -> Bar:
    value = _value(row)
    low, high = row["interval"] or (None, None)
    return Bar(label, value, "" if value is not None else _FEW, low, high)


def _called(name: str, body: Mapping[str, Any]) -> str:
    return str(body["wards"].get(name, name.replace("_", " ").capitalize()))


def _series(body: Mapping[str, Any]) -> Sequence[Chart]:
    return [_line(each["measure"], each["points"]) for each in [body, *body["beside"]] if len(each["points"]) > 1]


def _line(measure_: Mapping[str, Any], points: Sequence[Mapping[str, Any]]) -> Chart:
    steps = [words.short_day(each["quarter"]) + " " + each["quarter"][:4] for each in points]
    given = []
    for each in points:
        total = each["total"]
        value = total["percent"] if total["percent"] is not None else total["count"]
        low, high = total["interval"] or (None, None)
        given.append(Point(value, low, high))
    return lines(f"s-{measure_['code']}", measure_["title"], measure_["words"], steps, [Line(measure_["title"], given)])


def _short(name: str, all_names: Sequence[str]) -> str:
    """Three letters for a tile; where two wards begin alike, the third is the first in which they differ."""
    mine = _letters(name)
    alike = [other for other in map(_letters, all_names) if other != mine and other[:3] == mine[:3]]
    apart = next((at for at, _ in enumerate(mine) if all(mine[at] != other[at : at + 1] for other in alike)), 2)
    return mine[:2] + mine[apart] if alike else mine[:3]


def _letters(name: str) -> str:
    return "".join(each for each in name if each.isalpha()).upper()


def _told(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
