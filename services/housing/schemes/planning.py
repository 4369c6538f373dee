"""A stored scheme brought to the rules: its plan, its scenarios, its figures and their digest."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from services.housing.schemes.appraisal import Appraisal, by_year
from services.housing.schemes.domain import check
from services.housing.schemes.models import Scheme
from services.housing.schemes.scenarios import Plan, Summary, delayed, summarise
from services.housing.schemes.shapes import AppraisalView, Assumed, Change, MixPlan, SummaryView


def plan_of(row: Scheme) -> Plan:
    """The scheme as it is planned."""
    units = tuple(MixPlan.model_validate(each).as_unit() for each in row.mix)
    return Plan(tuple(row.phase_list), units, Assumed.model_validate(row.assumptions).as_assumptions())


def changed(plan: Plan, change: Change) -> Plan:
    """The plan with a scenario's changes. `Invalid` for a mix that does not fit its phases."""
    phases = delayed(plan.phases, change.delay_months)
    units = tuple(each.as_unit() for each in change.mix) if change.mix is not None else plan.units
    check(phases, [each.line for each in units])
    assumed = change.assumptions.as_assumptions() if change.assumptions is not None else plan.assumed
    return Plan(phases, units, assumed)


def digest(plan: Plan, summary: Summary) -> str:
    """SHA-256 of the plan and what it came to: who decides binds what was seen. The register's counts are not in it."""
    told = [plan.phases, plan.units, plan.assumed, summary.npv_pence, summary.irr_percent, summary.yield_percent]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def appraisal(plan: Plan, waiting: Mapping[int, int]) -> AppraisalView:
    """The whole appraisal as it is shown."""
    summary, found = summarise(plan, waiting)
    return AppraisalView(
        summary=SummaryView.model_validate(summary),
        digest=digest(plan, summary),
        lines=totals(found),
        years=by_year(found),
    )


def totals(found: Appraisal) -> dict[str, int]:
    """Each line over all years, and the flow that is their sum."""
    return {**{name: sum(line) for name, line in found.lines.items()}, "flow": sum(found.flow)}


def figures(plan: Plan) -> tuple[dict[str, Any], str]:
    """The summary as it is kept with a decision, and its digest."""
    summary, _ = summarise(plan, {})
    kept: dict[str, Any] = json.loads(SummaryView.model_validate(summary).model_dump_json())
    return kept, digest(plan, summary)
