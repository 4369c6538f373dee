"""What can be asked of money: debts, statements, offers, Breathing Space, support plans, benefits, tables."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import ADMINISTER, BENEFITS, DEBT, MONEY_WORK, REVIEW

_MONEY = "/v1/casefile/money"
_BODY = f"{_MONEY}/debt-bodies/{{organisation}}"
_DEBT = f"{_MONEY}/debts/{{debt_id}}"
_STATEMENT = f"{_MONEY}/statements/{{statement_id}}"
_OFFER = f"{_MONEY}/offers/{{offer_id}}"
_SPACE = f"{_MONEY}/breathing-spaces/{{space_id}}"
_PLAN = f"{_MONEY}/support-plans/{{plan_id}}"
_TABLE = f"{_MONEY}/tables/{{kind}}/{{area}}/{{effective_from}}"

ROUTES: tuple[Route, ...] = (
    # Who may advise on debt.
    reads(f"{_MONEY}/debt-bodies", "casefile.debt_body.read", DEBT | ADMINISTER | REVIEW),
    reads(_BODY, "casefile.debt_body.read", DEBT | ADMINISTER | REVIEW),
    changes("PUT", _BODY, "casefile.debt_body.keep", ADMINISTER),
    # Debts.
    creates(f"{_MONEY}/debts", "casefile.debt.record", MONEY_WORK),
    reads(f"{_MONEY}/debts", "casefile.debt.read", MONEY_WORK),
    reads(_DEBT, "casefile.debt.read", MONEY_WORK),
    changes("PATCH", _DEBT, "casefile.debt.record", MONEY_WORK),
    # A POST, so that what somebody owns never stands in an address.
    changes("POST", f"{_MONEY}/options", "casefile.debt_option.read", DEBT),
    # Statements.
    creates(f"{_MONEY}/statements", "casefile.statement.make", DEBT),
    reads(f"{_MONEY}/statements", "casefile.statement.read", DEBT),
    reads(_STATEMENT, "casefile.statement.read", DEBT),
    changes("PUT", _STATEMENT, "casefile.statement.make", DEBT),
    changes("POST", f"{_STATEMENT}/agreement", "casefile.statement.agree", DEBT),
    # Offers and arrangements.
    creates(f"{_MONEY}/offers", "casefile.debt_offer.make", DEBT),
    creates(f"{_DEBT}/offers", "casefile.debt_offer.make", DEBT),
    reads(f"{_MONEY}/offers", "casefile.debt_offer.read", DEBT),
    reads(_OFFER, "casefile.debt_offer.read", DEBT),
    changes("POST", f"{_OFFER}/steps", "casefile.debt_offer.make", DEBT),
    # Breathing Space.
    creates(f"{_MONEY}/breathing-spaces", "casefile.breathing_space.enter", DEBT),
    reads(f"{_MONEY}/breathing-spaces", "casefile.breathing_space.read", DEBT),
    reads(_SPACE, "casefile.breathing_space.read", DEBT),
    changes("POST", f"{_SPACE}/treatment-end", "casefile.breathing_space.change", DEBT),
    changes("POST", f"{_SPACE}/cancel", "casefile.breathing_space.change", DEBT),
    changes("POST", f"{_SPACE}/debts", "casefile.breathing_space.change", DEBT),
    changes("POST", f"{_SPACE}/midway-review", "casefile.breathing_space.change", DEBT),
    changes("POST", f"{_SPACE}/creditor-reviews", "casefile.breathing_space.change", DEBT),
    # Support plans.
    creates(f"{_MONEY}/support-plans", "casefile.support_plan.make", MONEY_WORK),
    reads(f"{_MONEY}/support-plans", "casefile.support_plan.read", MONEY_WORK),
    reads(_PLAN, "casefile.support_plan.read", MONEY_WORK),
    changes("PATCH", _PLAN, "casefile.support_plan.make", MONEY_WORK),
    changes("POST", f"{_PLAN}/eviction-prevented", "casefile.support_plan.make", MONEY_WORK),
    changes("POST", f"{_PLAN}/end", "casefile.support_plan.make", MONEY_WORK),
    # Benefits.
    reads(f"{_MONEY}/rates", "casefile.benefit_rate.read", BENEFITS),
    creates(f"{_MONEY}/benefit-checks", "casefile.benefit_check.make", BENEFITS),
    reads(f"{_MONEY}/benefit-checks", "casefile.benefit_check.read", BENEFITS),
    reads(f"{_MONEY}/benefit-checks/{{check_id}}", "casefile.benefit_check.read", BENEFITS),
    changes("POST", f"{_MONEY}/better-off", "casefile.benefit_check.try", BENEFITS),
    creates(f"{_MONEY}/claims", "casefile.benefit_claim.work", BENEFITS),
    reads(f"{_MONEY}/claims", "casefile.benefit_claim.read", BENEFITS),
    reads(f"{_MONEY}/claims/{{claim_id}}", "casefile.benefit_claim.read", BENEFITS),
    changes("POST", f"{_MONEY}/claims/{{claim_id}}/outcome", "casefile.benefit_claim.work", BENEFITS),
    # Tables that are loaded: LHA, a council's own reduction, spending guidelines.
    reads(f"{_MONEY}/tables", "casefile.money_table.read", DEBT | BENEFITS | ADMINISTER),
    reads(_TABLE, "casefile.money_table.read", DEBT | BENEFITS | ADMINISTER),
    changes("PUT", _TABLE, "casefile.money_table.load", ADMINISTER),
)
