"""The ward index of London's wards worked out anew, and a quarter's measures of a large borough, counted and protected.

The rules alone: no database, so that the figure is ours. The limit of the index is the same arithmetic in NumPy without
missing values, names or notes; that of measures one pass over the log that only counts duties.
"""

import random
import statistics
import time
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from benchmarks.rounds import Size, in_turn
from benchmarks.table import Row

_WARDS = {"tiny": 19, "full": 680}
_HOUSEHOLDS = {"tiny": 300, "full": 20_000}
_INDEX_SECONDS, _PACK_SECONDS = 1.0, 10.0


def run(size: Size) -> list[Row]:
    """The index, then the measures."""
    return [_index(size), _measures(size)]


def _index(size: Size) -> Row:
    import numpy as np

    from services.risk.wardindex import editions
    from services.risk.wardindex.domain import Tile
    from services.risk.wardindex.frameworks import framework_of, shipped
    from services.risk.wardindex.weighing import scores_by_area, weigh

    drawn = random.Random(1)
    framework = framework_of(shipped())
    areas = [
        editions.Area(f"E05{at:06}", f"Ward {at}", "ward", Tile(at % 40, at // 40)) for at in range(_WARDS[size.name])
    ]
    known: dict[str, dict[str, dict[int, float]]] = {}
    for area in areas:
        well = drawn.random()
        known[area.code] = {
            code: {2026: each.worst + (each.best - each.worst) * min(1, max(0, well + drawn.gauss(0, 0.15)))}
            for code, each in framework.indicators.items()
        }
    table = np.array([[known[area.code][code][2026] for code in framework.indicators] for area in areas])
    worst = np.array([each.worst for each in framework.indicators.values()])
    best = np.array([each.best for each in framework.indicators.values()])

    def ours() -> float:
        began = time.process_time()
        values = editions.standing(framework, known, 2026)
        bare = {area: {code: each.value for code, each in of.items()} for area, of in values.items()}
        weights = {
            part.code: {"weights": weigh(part, scores_by_area(part, bare)).weights} for part in framework.components
        }
        made = editions.made(framework, weights, areas, known, 2026, "income_deprived")
        assert all(each["index"] is not None for each in made.content["areas"])
        return time.process_time() - began

    def limit() -> float:
        began = time.process_time()
        scores = np.clip(100 * (table - worst) / (best - worst), 0, 100)
        at, parts = 0, []
        for part in framework.components:
            mine = scores[:, at : at + len(part.indicators)]
            at += len(part.indicators)
            if mine.shape[1] > 2:
                first = np.linalg.eigh(np.corrcoef(mine, rowvar=False))[1][:, -1]
                parts.append(mine @ (first / first.sum()))
            else:
                parts.append(mine.mean(axis=1))
        np.array(parts).reshape(3, 4, -1).mean(axis=1).mean(axis=0)
        return time.process_time() - began

    found = in_turn(size.rounds, {"ours": ours, "limit": limit})
    seconds = statistics.median(found["ours"])
    return Row(
        f"Ward index of {len(areas)} wards",
        1000 * seconds,
        None,
        1000 * statistics.median(found["limit"]),
        "ms",
        f"under {_INDEX_SECONDS:.0f} s",
        "23 indicators, 12 components: weights learned, all figures and notes; no database; processor time.",
        seconds < _INDEX_SECONDS,
    )


def _measures(size: Size) -> Row:
    from services.risk.measures.domain import GROUPS, By, Groups, Log, Quarter, Told
    from services.risk.measures.figures import count, figures

    drawn = random.Random(2)
    quarter = Quarter(date(2027, 1, 1))
    wards = {f"E050140{at}": f"Ward {at}" for at in range(53, 72)}
    told: list[Told] = []
    groups: dict[str, Groups] = {}

    def day(since: date, days: int) -> str:
        return (since + timedelta(days=drawn.randrange(days))).isoformat()

    for of in range(_HOUSEHOLDS[size.name]):
        household, person = UUID(int=drawn.getrandbits(128)), UUID(int=drawn.getrandbits(128))
        groups[f"household:{household}"] = groups[f"person:{person}"] = Groups(
            drawn.choice(list(wards)), *(drawn.choice(GROUPS[by]) for by in (By.AGE, By.SEX, By.ETHNICITY))
        )

        def tell(kind: str, household: UUID = household, person: UUID = person, **data: Any) -> None:
            told.append(Told(kind, UUID(int=drawn.getrandbits(128)), person, household, data))

        needs = [{"need_id": str(of), "housing": of % 4 == 0}]
        decisions: list[dict[str, Any]] = [
            {"stage": "final", "outcome": drawn.choice(("resolved", "universal")), "need_ids": []}
        ]
        occurred = f"{day(date(2026, 4, 1), 365)}T10:00:00Z"
        tell("contact", occurred_at=occurred, needs=needs, domains=1 + of % 2, decisions=decisions)
        if of % 4 == 0:
            made = day(date(2026, 4, 1), 365)
            tell("approach", case_id=str(of), made_on=made, application_id=str(of))
            tell("application", application_id=str(of), contact_id=str(of), made_on=made)
            tell("duty", case_id=str(of), duty="relief", started_on=made, ended_on=None, end_reason=None)
        if of % 9 == 0:
            tell(
                "placement", entered_on=day(date(2026, 4, 1), 365), left_on=None, end_reason=None,
                out_of_area=of % 2 == 0, family=False, bed_and_breakfast=False, breached_on=None,
            )  # fmt: skip
    log = Log(tuple(told))

    def ours() -> float:
        began = time.process_time()
        content = figures(count(log, quarter), quarter, wards, groups, {}, [], {})
        assert content["measures"]["duties_owed"]["all"]["total"]["count"]
        return time.process_time() - began

    def limit() -> float:
        began = time.process_time()
        sum(each.kind == "duty" and quarter.has(date.fromisoformat(each.data["started_on"])) for each in log.told)
        return time.process_time() - began

    found = in_turn(size.rounds, {"ours": ours, "limit": limit})
    seconds = statistics.median(found["ours"])
    return Row(
        f"A quarter's measures from {len(told):,} things told",
        1000 * seconds,
        None,
        1000 * statistics.median(found["limit"]),
        "ms",
        f"under {_PACK_SECONDS:.0f} s",
        "20 measures, each by month, ward, age, sex, ethnicity: counted, protected, rounded; processor time.",
        seconds < _PACK_SECONDS,
    )
