"""Answering a question of association: counts under disclosure control, ratios crude and adjusted, all in the log."""

from collections.abc import Mapping
from typing import Any

from kit import clock
from kit.store.unit import UnitOfWork
from services.risk.associations import domain, words
from services.risk.associations.domain import Estimate
from services.risk.associations.groups import Found, ask, check
from services.risk.associations.shapes import AssociationQuestion, AssociationView, GroupCounts, RatioView
from services.risk.cohorts.covering import titles
from services.risk.cohorts.domain import digest
from services.risk.cohorts.words import of_condition
from services.risk.observatory import commands as observatory
from services.risk.observatory.disclosure import Shown
from services.risk.observatory.nearness import RULES


async def associate(unit: UnitOfWork, asked: AssociationQuestion) -> AssociationView:
    """How much more often the outcome is seen where the exposure is."""
    allowed = await check(unit, asked)
    found = await ask(unit, asked, allowed)
    question = {
        "exposure": asked.exposure.as_data(),
        "outcome": asked.outcome,
        "within": asked.within.as_data() if asked.within else None,
        "strata": list(asked.strata),
        "period": asked.period.model_dump(mode="json", by_alias=True) if asked.period else None,
        "sources": {factor: list(sources) for factor, sources in allowed.sources.items()},
    }

    def build(shown: Mapping[str, Shown]) -> dict[str, Any]:
        return _said(asked, found, shown["two_by_two"])

    told = await observatory.answer(
        unit, "association", digest("association", question), question, [found.population()], build
    )
    return AssociationView(
        **told.answer,
        hidden_sources=allowed.hidden,
        threshold=RULES.threshold,
        rounding=RULES.rounding,
        as_of=told.as_of,
    )


def _said(asked: AssociationQuestion, found: Found, shown: Shown) -> dict[str, Any]:
    exposed, others = (_group(shown, row) for row in (0, 1))
    crude = domain.relative_risk(found.counts())
    if shown.hidden:
        # A ratio of hidden counts is a hidden count in other words.
        return {
            **dict.fromkeys(_RATIOS),
            "exposed": exposed.model_dump(),
            "others": others.model_dump(),
            "adjusted_for": [],
            "left_out": [],
            "links": None,
            "baselines": [day.isoformat() for day in found.baselines],
            "sentence": words.NOTHING,
            "suppressed": True,
        }
    called = titles(clock.today())
    return {
        "exposed": exposed.model_dump(),
        "others": others.model_dump(),
        "relative_risk": _view(crude),
        "odds_ratio": _view(domain.odds_ratio(found.counts())),
        **_adjusted(asked, found),
        "links": _links(crude, domain.relative_risk(found.counts(certain=True))),
        "baselines": [day.isoformat() for day in found.baselines],
        "sentence": words.sentence(
            of_condition(asked.exposure, called), f"“{called[asked.outcome]}”", exposed.in_100, others.in_100, crude
        ),
        "suppressed": False,
    }


_RATIOS = (
    "relative_risk",
    "odds_ratio",
    "adjusted_relative_risk",
    "adjusted_odds_ratio",
    "logistic_odds_ratio",
)


def _adjusted(asked: AssociationQuestion, found: Found) -> dict[str, Any]:
    names = (["baseline"] if len(found.baselines) > 1 else []) + list(asked.strata)
    if not names:
        return {
            "adjusted_for": [],
            "left_out": [],
            **dict.fromkeys(("adjusted_relative_risk", "adjusted_odds_ratio", "logistic_odds_ratio")),
        }
    # numpy comes with it: only a process that adjusts something has it.
    from services.risk.associations import regression

    skip = 1 if len(found.baselines) == 1 else 0
    lines = regression.merged(
        regression.Line(each.exposed, each.levels[skip:], each.households, each.households if each.case else 0)
        for each in found.groups
    )
    strata = regression.as_strata(lines)
    fit = regression.adjusted_odds_ratio(lines, names)
    return {
        "adjusted_for": names,
        "adjusted_relative_risk": _view(domain.mantel_haenszel_relative_risk(strata)),
        "adjusted_odds_ratio": _view(domain.mantel_haenszel_odds_ratio(strata)),
        "logistic_odds_ratio": _view(fit.estimate),
        "left_out": list(fit.separated),
    }


def _links(with_all: Estimate, certain: Estimate) -> list[float] | None:
    values = [words.two_figures(each.value) for each in (with_all, certain)]
    known = [value for value in values if value is not None]
    return sorted(known) if len(known) == len(values) else None


def _group(shown: Shown, row: int) -> GroupCounts:
    households, cases = shown.value((row, None)), shown.value((row, 0))
    return GroupCounts(households=households, with_outcome=cases, in_100=words.in_100(cases, households))


def _view(estimate: Estimate) -> dict[str, Any]:
    return RatioView(
        value=words.two_figures(estimate.value),
        low=words.two_figures(estimate.low),
        high=words.two_figures(estimate.high),
        method=estimate.method.value,
        note=estimate.note,
    ).model_dump()
