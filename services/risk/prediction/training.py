"""The verb `train`: learns from earlier months, calibrates on one between, judges on later ones."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg

from kit import clock
from kit.errors import Conflict
from kit.settings import VaultSettings, load
from services.risk.prediction.attributes import groups_of
from services.risk.prediction.domain import Definition, Direction
from services.risk.prediction.engine import additive, learning, measuring
from services.risk.prediction.engine.fitting import Recipe
from services.risk.prediction.engine.learning import Parts, TooFew, Trained
from services.risk.prediction.history import History, Rows
from services.risk.profiles.borough import follow_the_clock, opened
from services.risk.profiles.columns import Columns, Connection
from services.risk.profiles.domain import month_index
from services.risk.sources import spool
from services.risk.vault import door

if TYPE_CHECKING:
    import duckdb

    from services.risk.work import Say

_LIBRARIES = ("interpret-core", "scikit-learn", "scipy", "numpy", "duckdb")
_EARLIEST_LOOK = 6
"""Months of history before the first day that is looked from: most features look so far back."""


def work(arguments: Mapping[str, Any], say: Say) -> Mapping[str, Any]:
    """The verb. Refuses with words when there is too little to learn from."""
    settings = door.of_risk(load(VaultSettings))
    address = settings.database_url.get_secret_value().replace("postgresql+psycopg://", "postgresql://", 1)
    vault = settings.vault_database_url.get_secret_value().replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, application_name="risk-models", autocommit=True) as store:
        follow_the_clock(store)
        return train(store, vault, Columns.under(spool.folder()), arguments, say)


def train(
    store: Connection, vault_dsn: str, columns: Columns, arguments: Mapping[str, Any], say: Say
) -> Mapping[str, Any]:
    """Trains and stores what came of it in its row of `prediction_training`."""
    began, cpu = time.monotonic(), time.process_time()
    definition = Definition.model_validate(arguments["definition"])
    store.execute("set statement_timeout = 0")
    engine = opened(columns.folder)
    try:
        say(0, 5, "Reading the facts")
        with store.transaction():
            store.execute("set transaction isolation level repeatable read, read only")
            history = History(
                store, engine, columns.refresh(store, engine), columns.folder, definition, arguments["covered"]
            )
        say(1, 5, "Looking from each month")
        plan = planned(definition, *history.months(clock.today()))
        rows = history.learning(plan.days, definition.training.most_rows, definition.training.seed, plan.teach_to)
        say(2, 5, f"{len(rows.subjects):,} rows")
        told = _learned(rows, definition, plan, _champion(store, arguments.get("champion")), say)
        say(4, 5, "Checking by group")
        figures = {**told.figures, **_described(rows, definition, plan)}
        figures["later_months"] |= {"from": figures["judged_from"], "to": figures["judged_to"]}
        figures["groups"] = _by_group(rows, told, plan, definition, vault_dsn, engine)
    except (TooFew, ValueError) as error:
        raise Conflict(str(error)) from error
    finally:
        engine.close()
    later = plan.parts(rows).later
    taught = rows.table.rows(plan.parts(rows).teach)
    spreads = learning.spreads(taught, told.model.score(taught.columns))
    document = {
        **told.model.as_data(),
        "threshold": told.threshold,
        "spreads": {name: {"edges": list(s.edges), "shares": list(s.shares)} for name, s in spreads.items()},
    }
    figures["cost"] = {
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "judged_rows": int(later.sum()),
    }
    versions = {
        "data": rows.digest(),
        "definition": definition.digest,
        "model": told.model.digest,
        "seed": definition.training.seed,
        **{name: version(name) for name in _LIBRARIES},
    }
    store.execute(
        "update prediction_training set document = %s, figures = %s, versions = %s, trained_at = clock_timestamp()"
        " where id = %s",
        [json.dumps(document), json.dumps(figures), json.dumps(versions), arguments["training_id"]],
    )
    return {"training_id": arguments["training_id"], "model": told.model.digest, "data": versions["data"]}


@dataclass(frozen=True, slots=True)
class Plan:
    """The days that are looked from, and which of them teach, calibrate and judge."""

    days: tuple[date, ...]
    teach_to: date
    between_from: date
    between_to: date
    later_from: date

    def parts(self, rows: Rows) -> Parts:
        """Which rows do what. What lies between the parts does nothing: its outcome was not over by then."""
        days = np.asarray(rows.days, "datetime64[D]")
        between = (days >= np.datetime64(self.between_from)) & (days <= np.datetime64(self.between_to))
        return Parts(days <= np.datetime64(self.teach_to), between, days >= np.datetime64(self.later_from))


def planned(definition: Definition, first: date, last: date) -> Plan:
    """Which days to look from, `first` and `last` being the first month of facts and the first that is not over.

    Every outcome that teaches or calibrates is known before the first day that judges. Raises ValueError when the
    history is too short for that.
    """
    months, step = definition.target.months, definition.training.step_months
    end = moved(last, -months)
    start = max(moved(first, _EARLIEST_LOOK), moved(last, -definition.training.history_months))
    if definition.of_person:
        later = moved(end, -months)
        between = moved(later, -months - 3)
        days: tuple[date, ...] = (start, end)
        teach_to = _day_before(between)
    else:
        later = moved(end, -step) if step < months else end
        between = moved(later, -months)
        teach = [day for day in _every(between, -step, start) if day < between]
        days = (*sorted(teach), between, *sorted({later, end}))
        teach_to = _day_before(between)
    if start >= between or (not definition.of_person and len(days) < 3):
        raise ValueError(f"The facts cover {month_index(last) - month_index(first)} months: too few to learn from, "
                         "calibrate and judge by later ones")  # fmt: skip
    return Plan(days, teach_to, between, moved(later, -months), later)


def _every(from_: date, step: int, until: date) -> Sequence[date]:
    found, day = [], moved(from_, step)
    while day >= until:
        found.append(day)
        day = moved(day, step)
    return found


def moved(day: date, months: int) -> date:
    """The first day of the month that lies so many after (or before) a day's."""
    index = month_index(day) - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def recipe_of(definition: Definition) -> Recipe:
    """How the definition asks to be trained."""
    return Recipe(
        rises=frozenset(each.code for each in definition.features if each.direction is Direction.RAISES),
        falls=frozenset(each.code for each in definition.features if each.direction is Direction.LOWERS),
        logs=frozenset(each.code for each in definition.features if each.unit in ("GBP", "days")),
        bags=definition.training.bags,
        interactions=definition.training.interactions,
        seed=definition.training.seed,
    )


def _learned(rows: Rows, definition: Definition, plan: Plan, champion: additive.Additive | None, say: Say) -> Trained:
    return learning.train(
        rows.table,
        recipe_of(definition),
        algorithms=definition.training.algorithms,
        capacity=definition.training.capacity,
        parts=plan.parts(rows),
        champion=champion,
        say=lambda done, total, words: say(3, 5, words),
    )


def _champion(store: Connection, training_id: str | None) -> additive.Additive | None:
    if training_id is None:
        return None
    row = store.execute("select document from prediction_training where id = %s", [training_id]).fetchone()
    return None if row is None or row[0] is None else additive.read(dict(row[0]))  # type: ignore[call-overload]  # jsonb


def _described(rows: Rows, definition: Definition, plan: Plan) -> dict[str, Any]:
    parts = plan.parts(rows)
    days = np.asarray(rows.days, "datetime64[D]")

    def span(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[str, str]:
        return str(days[mask].min()), str(days[mask].max())

    return {
        "trained_from": span(parts.teach)[0],
        "trained_to": span(parts.teach)[1],
        "calibrated_from": span(parts.between)[0],
        "judged_from": span(parts.later)[0],
        "judged_to": span(parts.later)[1],
        "horizon_months": definition.target.months,
        "missing_share": {
            name: round(float(np.mean(np.isnan(column))), 4) for name, column in sorted(rows.table.columns.items())
        },
    }


def _by_group(
    rows: Rows,
    told: Trained,
    plan: Plan,
    definition: Definition,
    vault_dsn: str,
    engine: duckdb.DuckDBPyConnection,
) -> list[dict[str, Any]]:
    at = np.flatnonzero(plan.parts(rows).later)
    groups = groups_of(
        vault_dsn,
        engine,
        [rows.subjects[place] for place in at],
        [rows.days[place] for place in at],
        [rows.wards[place] for place in at],
        of_person=definition.of_person,
    )
    return measuring.by_group(told.judged, groups)
