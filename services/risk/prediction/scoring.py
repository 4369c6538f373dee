"""The verb `score`: every household (or every recent discharge) told its chance by the published model, with reasons.

What is written stays in the analytics zone under pseudonyms, and nobody is told of it: a score waits until somebody
who may see it opens the page it belongs to.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import psycopg

from kit import clock
from kit.errors import Conflict
from kit.settings import VaultSettings, load
from services.risk.prediction.domain import Definition
from services.risk.prediction.engine import additive, learning
from services.risk.prediction.engine.measuring import Spread
from services.risk.prediction.history import History, Rows
from services.risk.prediction.training import moved
from services.risk.profiles.borough import follow_the_clock, opened
from services.risk.profiles.columns import Columns, Connection
from services.risk.sources import spool
from services.risk.vault import door

if TYPE_CHECKING:
    from services.risk.work import Say

AGREED: Final = 0.75
"""So large a share of the model's bags must be on one side of the line, or a person is asked without a word from it."""
_EVENTS_MONTHS: Final = 3
"""How long a discharge is looked after: scores of older ones go."""


def work(arguments: Mapping[str, Any], say: Say) -> Mapping[str, Any]:
    """The verb."""
    settings = door.of_risk(load(VaultSettings))
    address = settings.database_url.get_secret_value().replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, application_name="risk-models", autocommit=True) as store:
        follow_the_clock(store)
        return score(store, Columns.under(spool.folder()), arguments, say)


def score(store: Connection, columns: Columns, arguments: Mapping[str, Any], say: Say) -> Mapping[str, Any]:
    """Scores everybody; the model's scores of before go in the same transaction."""
    began, cpu = time.monotonic(), time.process_time()
    definition = Definition.model_validate(arguments["definition"])
    row = store.execute("select document from prediction_training where id = %s", [arguments["training_id"]]).fetchone()
    if row is None or row[0] is None:
        raise Conflict("This training left no model to score by")
    document: dict[str, Any] = row[0]  # type: ignore[assignment]  # jsonb
    model = additive.read(document)
    store.execute("set statement_timeout = 0")
    engine = opened(columns.folder)
    try:
        say(0, None, "Reading the facts")
        with store.transaction():
            store.execute("set transaction isolation level repeatable read, read only")
            files = columns.refresh(store, engine)
            history = History(store, engine, files, columns.folder, definition, arguments["covered"])
        today = clock.today()
        _, last = history.months(today)
        day = today if definition.of_person else last
        say(0, None, "Looking at everybody")
        rows = history.today(day, moved(today, -_EVENTS_MONTHS))
    except ValueError as error:
        raise Conflict(str(error)) from error
    finally:
        engine.close()
    told = Told.of(model, rows, float(document["threshold"]), definition)
    before = {name: Spread(tuple(s["edges"]), tuple(s["shares"])) for name, s in document["spreads"].items()}
    drift = learning.drift(before, rows.table.columns, told.score) if rows.subjects else []
    written = _put_in(store, arguments, rows, told, model, say)
    abstained = {word: int((told.abstains == word).sum()) for word in ABSTAINS}
    return {
        "run_id": arguments["run_id"],
        "scored": written,
        "abstained": abstained,
        "as_of": day.isoformat(),
        "drift": drift,
        "cost": {
            "seconds": round(time.monotonic() - began, 1),
            "cpu_seconds": round(time.process_time() - cpu, 1),
        },
    }


ABSTAINS: Final = ("missing", "links", "unsure")
"""Why it leaves the question to a person: too little is known, whose facts they are is uncertain, its bags disagree."""


class Told:
    """What the model tells of each row."""

    def __init__(self, score: additive.Floats, chance: additive.Floats, above: Any, abstains: Any) -> None:
        self.score, self.chance, self.above, self.abstains = score, chance, above, abstains

    @classmethod
    def of(cls, model: additive.Additive, rows: Rows, threshold: float, definition: Definition) -> Told:
        """Scores, chances, who is above the line, and where a person is asked without a word from the model."""
        columns = rows.table.columns
        if not rows.subjects:
            empty = np.zeros(0)
            return cls(empty, empty, empty.astype(bool), empty.astype(str))
        score = model.score(columns)
        above = score >= threshold
        agree = model.agree(columns, threshold)
        with_it = np.where(above, agree, 1 - agree)
        gone = learning.missing_share(columns) > definition.training.missing_at_most
        abstains = np.select([gone, ~rows.certain, with_it < AGREED], list(ABSTAINS), "")
        return cls(score, model.calibration.chance(score), above, abstains)


_COPY: Final = (
    "copy prediction_score (model_id, subject, run_id, training_id, scored_on, score, chance, above, abstains, values,"
    " terms) from stdin"
)


def _put_in(
    store: Connection, arguments: Mapping[str, Any], rows: Rows, told: Told, model: additive.Additive, say: Say
) -> int:
    """Replaces the model's scores. Of somebody who was discharged twice the latest discharge counts."""
    latest: dict[str, int] = {}
    for place, subject in enumerate(rows.subjects):
        if subject not in latest or rows.days[place] >= rows.days[latest[subject]]:
            latest[subject] = place
    parts = model.parts(rows.table.columns) if rows.subjects else np.zeros((0, 0))
    names = sorted(rows.table.columns)
    values = np.stack([rows.table.columns[name] for name in names], axis=1) if rows.subjects else parts
    model_id, run_id, training_id = arguments["model_id"], arguments["run_id"], arguments["training_id"]
    scored_on: date = clock.today()
    with store.transaction():
        store.execute("delete from prediction_score where model_id = %s", [model_id])
        with store.cursor() as cursor, cursor.copy(_COPY) as copy:
            for count, (subject, place) in enumerate(sorted(latest.items())):
                copy.write_row(
                    (
                        model_id,
                        subject,
                        run_id,
                        training_id,
                        scored_on,
                        float(told.score[place]),
                        float(told.chance[place]),
                        bool(told.above[place]),
                        str(told.abstains[place]) or None,
                        json.dumps([None if v != v else float(v) for v in values[place]]),
                        json.dumps([float(v) for v in parts[place]]),
                    )
                )
                if count % 10_000 == 0:
                    say(count, len(latest), "Putting in what was told")
    return len(latest)
