"""A model's card and its Algorithmic Transparency Record, made from the definition and the measured figures. Pure.

The record follows the GOV.UK Algorithmic Transparency Recording Standard: tier 1 in short, tier 2 in five sections.
What nobody measured or decided is not written in: a field that has no answer says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kit.contracts.purposes import PURPOSES
from services.risk.prediction.domain import Definition, Direction, Happens
from services.risk.sources.kinds import KINDS

STANDARD: Final = "Algorithmic Transparency Recording Standard v3.0"
ORGANISATION: Final = "New Start (demonstration borough)"
TEAM: Final = "Insight"
CONTACT: Final = "insight@council.example"


@dataclass(frozen=True, slots=True)
class Source:
    """One source that a model's facts come from."""

    code: str
    title: str
    owner: str
    gateway: str
    keep_months: int


@dataclass(frozen=True, slots=True)
class Told:
    """Everything a card is made of."""

    model_id: UUID
    code: str
    standing: str
    owner: str | None
    review_on: date | None
    panel_reference: str | None
    panel_told_on: date | None
    pause_reason: str | None
    published_at: datetime | None
    number: int
    trained_at: datetime | None
    definition: Definition
    figures: Mapping[str, Any]
    versions: Mapping[str, Any]
    sources: Sequence[Source]


def card(told: Told) -> dict[str, Any]:
    """The card as data."""
    definition, figures = told.definition, told.figures
    return {
        "name": definition.title,
        "code": told.code,
        "version": {"training": told.number, **told.versions},
        "standing": told.standing,
        "owner": told.owner,
        "review_on": told.review_on.isoformat() if told.review_on else None,
        "heard_by_residents_panel": {
            "reference": told.panel_reference,
            "on": told.panel_told_on.isoformat() if told.panel_told_on else None,
        },
        "paused_because": told.pause_reason,
        "purpose": definition.purpose,
        "outcome": {"words": definition.target.words, "stands_for": definition.target.stands_for},
        "uses": [{"purpose": PURPOSES[use.purpose].title, "what_for": use.words} for use in definition.uses],
        "not_for": list(definition.not_for),
        "never": "No referral, letter, queue place, sanction or closing follows from it: a person decides.",
        "whose": _whose(definition),
        "looks_at": [
            {
                "title": each.title,
                "facts": [KINDS[kind].title for kind in each.kinds],
                "more_of_it": {
                    Direction.RAISES: "never lowers the risk",
                    Direction.LOWERS: "never raises the risk",
                }.get(each.direction, "may do either"),
            }
            for each in definition.features
        ],
        "left_out": list(definition.excluded),
        "sources": [{"title": each.title, "owner": each.owner, "legal_gateway": each.gateway} for each in told.sources],
        "scores_kept_months": definition.keep_months,
        "how": _how(figures),
        "months": {
            name: figures.get(name)
            for name in ("trained_from", "trained_to", "calibrated_from", "judged_from", "judged_to", "horizon_months")
        },
        "later_months": figures.get("later_months"),
        "calibration": figures.get("calibration"),
        "groups": figures.get("groups"),
        "algorithms_compared": figures.get("algorithms"),
        "contest": figures.get("contest"),
        "against_the_one_before": figures.get("champion"),
        "limits": _limits(definition),
    }


def _whose(definition: Definition) -> str:
    if definition.population.each is None:
        return "Households of the borough, looked at on the first of a month"
    return f"People, each time of {KINDS[definition.population.each].title}"


def _how(figures: Mapping[str, Any]) -> str:
    algorithm = figures.get("algorithm")
    kind = {
        "logistic": "a logistic regression, its coefficients kept to the signs above",
        "boosting": "an explainable boosting machine, kept monotone where said above",
    }.get(str(algorithm), "not trained yet")
    return (
        f"{kind}; in either case a sum of one term a feature, so that the reasons for a score are exact. Where too"
        " little is known, records are not certainly theirs, or copies of the model disagree, it says nothing and"
        " leaves the question to a person."
    )


def _limits(definition: Definition) -> list[str]:
    found = [
        "It learned from what services wrote down: whoever never came to a service is known less of.",
        "Facts count from the day they are dated; some were written down later.",
        "Whose records they are is today's linkage, with its errors.",
        "It tells what often went together, and not what would change if something was done.",
    ]
    if definition.target.measure is Happens.COMES:
        found.append("An outcome that nobody recorded counts as none.")
    if definition.target.stands_for:
        found.append(definition.target.stands_for + ".")
    return found


# As text ----------------------------------------------------------------------------------------------------------


def markdown(told: dict[str, Any]) -> str:
    """The card for people."""
    later, calibration = told["later_months"] or {}, told["calibration"] or {}
    capacity = later.get("at_capacity") or {}
    lines = [f"# {told['name']}", "", told["purpose"], "", told["never"], ""]
    lines += ["## Who answers for it", ""]
    panel = told["heard_by_residents_panel"]
    lines += [
        f"- Owner: {told['owner'] or 'nobody yet'}",
        f"- Looked at again on: {told['review_on'] or 'no day set'}",
        f"- Residents' data panel: {panel['reference'] or 'not told yet'}"
        + (f", {panel['on']}" if panel["on"] else ""),
        f"- Stands: {told['standing']}" + (f" ({told['paused_because']})" if told["paused_because"] else ""),
        "",
        "## What it is used for, and not",
        "",
        *[f"- {use['purpose']}: {use['what_for']}" for use in told["uses"]],
        *[f"- Not for {each}" for each in told["not_for"]],
        "",
        "## What it foresees, of whom",
        "",
        f"{told['whose']}: {told['outcome']['words']}."
        + (f" {told['outcome']['stands_for']}." if told["outcome"]["stands_for"] else ""),
        "",
        "## What it looks at",
        "",
        "| What | From | More of it |",
        "|---|---|---|",
        *[
            f"| {each['title']} | {', '.join(each['facts']) or 'linkage'} | {each['more_of_it']} |"
            for each in told["looks_at"]
        ],
        "",
        "Left out on purpose:",
        "",
        *[f"- {each}" for each in told["left_out"]],
        "",
        "## How it works",
        "",
        told["how"],
        "",
        "## How good it is on later months",
        "",
    ]
    if later:
        lines += [
            f"Taught by {told['months']['trained_from']} to {told['months']['trained_to']}, judged by"
            f" {told['months']['judged_from']} to {told['months']['judged_to']}:"
            f" {later['rows']:,} rows, {later['positives']:,} with the outcome.",
            "",
            "| Figure | Value | 95% interval |",
            "|---|---|---|",
            _row("AUC (0.5 is a coin, 1 is perfect)", later.get("auc"), later.get("auc_interval")),
            _row("Brier score", later.get("brier"), later.get("brier_interval")),
            _row("Calibration error (ECE)", calibration.get("ece"), calibration.get("ece_interval")),
            _row(
                f"Of the {capacity.get('share', 0):.0%} with the highest score, had the outcome",
                capacity.get("precision"),
                capacity.get("precision_interval"),
            ),
            _row("Of all with the outcome, were among them", capacity.get("recall"), capacity.get("recall_interval")),
            "",
            "| Told | Came | 95% interval | Rows |",
            "|---|---|---|---|",
            *[
                f"| {each['told']:.3f} | {each['came']:.3f} | {each['low']:.3f} to {each['high']:.3f} |"
                f" {each['rows']:,} |"
                for each in calibration.get("bins", [])
            ],
            "",
        ]
    else:
        lines += ["Not measured yet.", ""]
    lines += ["## Errors by group", ""]
    lines += [line for kind in told["groups"] or [] for line in _group_lines(kind)]
    lines += ["## Limits", "", *[f"- {each}" for each in told["limits"]], "", "## Versions", ""]
    lines += [f"- {name}: {value}" for name, value in told["version"].items()]
    return "\n".join(lines) + "\n"


def _row(name: str, value: float | None, interval: Sequence[float] | None) -> str:
    said = f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else "-"
    return f"| {name} | {'-' if value is None else f'{value:.3f}'} | {said} |"


def _group_lines(kind: Mapping[str, Any]) -> list[str]:
    lines = [f"### By {kind['by']}", "", "| Group | Told | Came | Found of those with the outcome | Chosen |"]
    lines += ["|---|---|---|---|---|"]
    for each in kind["groups"]:
        if each["suppressed"]:
            lines.append(f"| {each['group']} | too few to show | | | |")
            continue
        low, high = each["recall_interval"]
        lines.append(
            f"| {each['group']} | {each['told']:.3f} | {each['came']:.3f} | {each['recall']:.2f}"
            f" ({low:.2f} to {high:.2f}) | {each['flagged']:.3f} |"
        )
    return [*lines, ""]


# The transparency record ------------------------------------------------------------------------------------------


def transparency_record(told: Told) -> dict[str, Any]:
    """The record by the fields of the standard."""
    definition, later = told.definition, told.figures.get("later_months") or {}
    capacity = later.get("at_capacity") or {}
    return {
        "metadata": {
            "id": f"urn:newstart:model:{told.model_id}",
            "standard_version": STANDARD,
            "published": told.published_at.isoformat() if told.published_at else None,
            "updated": told.trained_at.isoformat() if told.trained_at else None,
            "phase": told.standing,
        },
        "tier_1": {
            "name": definition.title,
            "description": f"{definition.purpose} A person decides; nothing follows from a score by itself.",
            "website": f"/v1/risk/models/{told.model_id}/transparency-record",
            "contact_email": CONTACT,
        },
        "tier_2": {
            "1_owner_and_responsibility": {
                "1.1_organisation": ORGANISATION,
                "1.2_team": TEAM,
                "1.3_senior_responsible_owner": told.owner or "not named yet: not in use",
                "1.4_external_supplier": "none: trained and run by the council on its own servers",
                "1.5_external_supplier_identifier": "does not apply",
                "1.6_external_supplier_role": "none",
                "1.7_data_access_terms": "no supplier has access to the data",
            },
            "2_description_and_rationale": {
                "2.1_scope": f"{_whose(definition)}. Not for: {'; '.join(definition.not_for) or 'anything else'}.",
                "2.2_benefit": definition.purpose,
                "2.3_alternatives_considered": "Rules alone (the household's profile stands beside it and needs no"
                " model); a logistic regression and an explainable boosting machine are compared at each training;"
                " methods that cannot give exact reasons are not used.",
                "2.4_model_type": _how(told.figures),
                "2.5_frequency_usage": "when a worker with a covered purpose opens the page; scored anew when asked",
                "2.6_phase": told.standing,
                "2.7_maintenance": f"Looked at again on {told.review_on or 'no day set yet'}; drift is measured at each"
                " scoring; a new training replaces it only with its own figures.",
                "2.8_system_architecture": "Facts under pseudonyms in a zone of their own; names in a vault that the"
                " model never reads; training in a process of its own; scores stay under pseudonyms.",
            },
            "3_decision_making": {
                "3.1_process_integration": "; ".join(use.words for use in definition.uses),
                "3.2_provided_information": "a sentence with a calibrated chance, every reason with its weight, or that"
                " it leaves the question to the worker",
                "3.3_human_decisions": "every one: what to offer, to whom, and whether at all",
                "3.4_required_training": "how to read a chance and its reasons, and when to set them aside",
                "3.5_appeals_and_review": "a resident may ask what it said, contest a fact or object; the residents'"
                " data panel can pause the model, with reasons that are public",
            },
            "4_data": [
                {
                    "4.1_source_data_name": each.title,
                    "4.2_source_data_description": f"supplied by {each.owner}; facts under pseudonyms",
                    "4.3_source_data_url": "not published",
                    "4.4_data_collection": "collected by its owner for its own service",
                    "4.5_data_sharing_agreements": each.gateway,
                    "4.6_data_access_and_storage": f"kept {each.keep_months} months; scores {definition.keep_months}"
                    " months; shown for the declared uses alone, each look on record",
                }
                for each in told.sources
            ],
            "5_risks_mitigations_and_impact_assessments": {
                "5.1_impact_assessment_name": "Data protection impact assessment of One View",
                "5.2_impact_assessment_description": "necessity, proportion and safeguards of linking and of models",
                "5.3_impact_assessment_date": "see the register of assessments",
                "5.4_impact_assessment_link": "docs/dpia",
                "risks": [
                    {
                        "5.5_risk_name": "It is wrong of somebody",
                        "5.6_risk_description": f"On later months {_share(capacity.get('precision'))} of those it put"
                        f" highest had the outcome, and it found {_share(capacity.get('recall'))} of all who had.",
                        "5.7_mitigation": "calibrated chances instead of labels, exact reasons, abstention, no act of"
                        " its own",
                    },
                    {
                        "5.5_risk_name": "It errs more for some groups",
                        "5.6_risk_description": _fairness(told.figures),
                        "5.7_mitigation": "groups are checked at each training with intervals and stand on the card; it"
                        " can't be published without",
                    },
                    {
                        "5.5_risk_name": "The borough changes",
                        "5.6_risk_description": "what it learned holds less as time goes on",
                        "5.7_mitigation": "judged by later months, drift measured at each scoring, a review date",
                    },
                    {
                        "5.5_risk_name": "It is used for something else",
                        "5.6_risk_description": "for enforcement, or to choose whom to contact",
                        "5.7_mitigation": "uses are closed and checked at each look; harm to a particular child"
                        " can't be made a target",
                    },
                ],
            },
        },
    }


def _share(value: float | None) -> str:
    return "a share that is not measured" if value is None else f"{value:.0%}"


def _fairness(figures: Mapping[str, Any]) -> str:
    gaps = [
        f"by {kind['by']} up to {kind['recall_gap']:.0%} apart"
        for kind in figures.get("groups") or []
        if kind.get("recall_gap") is not None
    ]
    return f"how many of those with the outcome it finds: {'; '.join(gaps)}" if gaps else "not measured yet"


RECORD_FIELDS: Final = frozenset(
    f"{section}.{place}" for section, last in ((1, 7), (2, 8), (3, 5), (4, 6), (5, 7)) for place in range(1, last + 1)
)
"""Every field of tier 2 that the standard numbers."""
