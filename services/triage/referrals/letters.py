"""What a partner without a system is written: that help is asked for, never for whom or why."""

from datetime import timedelta

from kit import clock
from kit.contracts.codes import Urgency
from kit.store.unit import UnitOfWork
from services.triage.organisations.domain import AnswersBy
from services.triage.organisations.models import Organisation
from services.triage.partner_mail.commands import Letter, Link, send
from services.triage.referrals.models import Referral
from services.triage.referrals.shapes import reference_of

LINK_DAYS = 14
"""How long a one-time link may be used. A partner asked again gets a new one."""

_SOON = {
    Urgency.IMMEDIATE: "now",
    Urgency.TODAY: "today",
    Urgency.THIS_WEEK: "within a week",
    Urgency.ROUTINE: "in turn",
}


def ask(unit: UnitOfWork, row: Referral, organisation: Organisation) -> None:
    """Write to a partner who answers by link; the others' systems hear of it by themselves."""
    _write(unit, row, organisation, "asks for your help")


def ask_again(unit: UnitOfWork, row: Referral, organisation: Organisation) -> None:
    """The same, to one who has not answered."""
    _write(unit, row, organisation, "has not heard from you yet")


def _write(unit: UnitOfWork, row: Referral, organisation: Organisation, says: str) -> None:
    to = row.send_to or organisation.answer_email
    if organisation.answers_by != AnswersBy.LINK or to is None:
        return
    reference = reference_of(row.id)
    send(
        unit,
        Letter(
            organisation_id=organisation.id,
            to=to,
            subject=f"Referral {reference}",
            text=(
                f"The council's front door {says}: referral {reference}, needed {_SOON[Urgency(row.urgency)]}."
                " Open the link to say whether you can help. It works once, and says nothing about the person."
            ),
            link=Link("referral", row.id, clock.business_now() + timedelta(days=LINK_DAYS)),
            person_id=row.person_id,
        ),
    )
