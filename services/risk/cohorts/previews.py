"""Counting a definition that is not saved, under disclosure control."""

from collections.abc import Mapping
from typing import Any

from kit.store.unit import UnitOfWork
from services.risk.cohorts import domain, words
from services.risk.cohorts.covering import for_counting
from services.risk.cohorts.looking import look
from services.risk.cohorts.shapes import CountsRow, Preview, PreviewView
from services.risk.cohorts.sizes import populations
from services.risk.observatory import commands as observatory
from services.risk.observatory.disclosure import WHOLE, Shown
from services.risk.observatory.nearness import RULES


async def preview(unit: UnitOfWork, asked: Preview) -> PreviewView:
    """How many households a definition finds, under disclosure control."""
    may = await for_counting(unit, asked.definition)
    today = await look(unit, may.sources)
    question = {"definition": asked.definition.as_data(), "by": asked.by, "sources": dict(may.sources)}
    found = await populations(unit, asked.definition, today, asked.by)

    def build(shown: Mapping[str, Shown]) -> dict[str, Any]:
        counts, links = shown["size"], shown["links"]
        known, unknown = counts.value((None, 0)), counts.value((None, 1))
        rows = [
            CountsRow(
                code=code,
                households=counts.value((row, None)),
                known=counts.value((row, 0)),
                unknown=counts.value((row, 1)),
            ).model_dump()
            for row, code in enumerate(counts.rows)
        ]
        return {
            "households": counts.whole,
            "known": known,
            "unknown": unknown,
            "uncertain": links.value((None, 1)),
            # Which lines there are would say in which wards somebody is.
            "rows": rows if asked.by and counts.whole is not None else [],
            "sentence": words.of_count(counts.value(WHOLE), known, unknown),
            "suppressed": bool(counts.hidden),
        }

    told = await observatory.answer(unit, "cohort", domain.digest("cohort", question), question, found, build)
    return PreviewView(
        **told.answer,
        hidden_sources=may.hidden,
        threshold=RULES.threshold,
        rounding=RULES.rounding,
        as_of=told.as_of,
    )
