"""The board's pack on paper and as data, from the closed quarter's content alone: the same content, the same bytes."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from kit.paper.sheet import Sheet, Stamp, day
from services.risk.measures.definitions import Definition, definitions
from services.risk.measures.domain import NOT_KNOWN, By
from services.risk.measures.models import BoardPack
from services.risk.measures.queries import method_of
from services.risk.measures.shapes import SAVINGS

MARKING: Final = "Figures in which nobody can be found: the board's, and the public's once the board has had them"
HIDDEN: Final = "not shown"
_BYS: Final = {
    By.MONTH: "By month", By.WARD: "By ward", By.HUB: "By hub", By.AGE: "By age", By.SEX: "By sex",
    By.ETHNICITY: "By ethnic group", By.DISABILITY: "By disability",
}  # fmt: skip


def paper(row: BoardPack, *, large: bool = False) -> Sheet:
    """The pack as a sheet: what is at a glance, then each measure beside its companions, then savings."""
    content = row.content
    stamp = Stamp(row.closed_as, f"worker {row.closed_by[-8:]}", row.closed_at)
    first, last = row.first_day, date.fromisoformat(content["until"])
    sheet = Sheet(
        f"Board pack: {first:%B} to {last:%B %Y}",
        stamp,
        reference=f"{first:%Y} Q{(first.month + 2) // 3} {row.sha256[:12]}",
        marking=MARKING,
        large=large,
    )
    sheet.heading("How to read this")
    sheet.text(method_of(content))
    sheet.facts(
        [
            ("Quarter", f"{day(first)} to {day(last)}"),
            ("Closed", f"{day(row.closed_at.date())} by {row.closed_as}"),
            ("Fingerprint (SHA-256 of the data)", row.sha256),
        ]
    )
    sheet.heading("At a glance")
    known = {code: each for code, each in definitions().items() if code in content["measures"]}
    sheet.table(
        ["Measure", "Figure", "95 % interval"],
        [[each.title, *_said(each, _total(content, code))] for code, each in known.items()],
        [5, 4, 3],
    )
    for code, each in known.items():
        _measure(sheet, content, code, each)
    _savings(sheet, content["savings"])
    return sheet


def _total(content: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = content["measures"][code][By.ALL.value]["total"]
    return found


def _measure(sheet: Sheet, content: Mapping[str, Any], code: str, each: Definition) -> None:
    sheet.heading(each.title)
    sheet.text(each.words)
    beside = [other for other in (code, *each.beside) if other in content["measures"]]
    sheet.table(
        ["Beside one another", "Figure", "95 % interval"],
        [[definitions()[other].title, *_said(definitions()[other], _total(content, other))] for other in beside],
        [5, 4, 3],
    )
    for by, title in _BYS.items():
        table = content["measures"][code].get(by.value)
        if table is None or not table["rows"]:
            continue
        sheet.heading(title, level=2)
        if all(figure["count"] is None and figure.get("of") is None for figure in table["rows"].values()):
            sheet.text("Not shown: too few.")
            continue
        rows = [[_name(name, content), *_said(each, figure)] for name, figure in table["rows"].items()]
        sheet.table(["Who", "Figure", "95 % interval"], rows, [5, 4, 3])
    sheet.points([f"Owner: {each.owner}", *each.caveats])


def _said(each: Definition, figure: Mapping[str, Any]) -> tuple[str, str]:
    if each.share:
        if figure["of"] is None:
            return HIDDEN, ""
        if figure["percent"] is None:
            return f"{HIDDEN}, of {figure['of']:,}", ""
        low, high = figure["interval"]
        return f"{figure['count']:,} of {figure['of']:,} ({figure['percent']:.1f} %)", f"{low:.1f} to {high:.1f} %"
    if figure["count"] is None:
        return HIDDEN, ""
    what = " hours" if each.unit == "hours" else ""
    interval = figure.get("interval")
    return f"{figure['count']:,}{what}", f"{interval[0]:,.0f} to {interval[1]:,.0f}" if interval else ""


def _name(row: str, content: Mapping[str, Any]) -> str:
    if row == NOT_KNOWN:
        return "Not known"
    ward: str = content["wards"].get(row, row.replace("_", " "))
    return ward[:1].upper() + ward[1:]


def _savings(sheet: Sheet, savings: list[dict[str, Any]]) -> None:
    sheet.heading("Savings")
    sheet.text(SAVINGS)
    if not savings:
        sheet.text("No unit cost is stated, so no saving is reckoned.")
    for cash, title in (("cashable", "Cashable"), ("avoided", "Cost avoided")):
        rows = [
            [
                f"{each['title']} ({definitions()[each['measure']].title})",
                each["why_not"] or f"{_pounds(each['pence']['central'])} ({each['falls_on']})",
                "" if each["pence"] is None else f"{_pounds(each['pence']['low'])} to {_pounds(each['pence']['high'])}",
                _how(each),
            ]
            for each in savings
            if each["cash"] == cash
        ]
        if rows:
            sheet.heading(title, level=2)
            sheet.table(["Of what", "Saving", "Range", "How"], rows, [4, 3, 3, 5])


def _how(each: Mapping[str, Any]) -> str:
    baseline = each["baseline"]
    against = f"against {baseline['count']:,} ({baseline['source']})" if baseline else "no baseline"
    count = HIDDEN if each["count"] is None else f"{each['count']:,}"
    cost = _pounds(each["unit_cost_pence"]["central"])
    return f"{count} {against}, at {cost} each ({each['source']}, {day(date.fromisoformat(each['dated']))})"


def _pounds(pence: int) -> str:
    sign = "minus " if pence < 0 else ""
    return f"{sign}£{abs(pence) / 100:,.2f}"


COLUMNS: Final = ("quarter", "measure", "title", "unit", "by", "group", "count", "of", "percent", "low", "high")


def as_csv(row: BoardPack) -> bytes:
    """Every figure a line, hidden ones empty; UTF-8, lines end as RFC 4180 has it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_lines(row))
    return text.getvalue().encode()


def _lines(row: BoardPack) -> Iterator[list[Any]]:
    for code, each in definitions().items():
        for by, table in row.content["measures"].get(code, {}).items():
            figures = {"": table["total"], **table["rows"]} if by == By.ALL.value else table["rows"]
            for name, figure in figures.items():
                if by == By.ALL.value and name:
                    continue
                low, high = figure["interval"] or (None, None)
                yield [
                    row.first_day.isoformat(), code, each.title, each.unit, by, name,
                    figure["count"], figure.get("of"), figure.get("percent"), low, high,
                ]  # fmt: skip
