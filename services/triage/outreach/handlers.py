"""The event door of outreach: signals, Breathing Spaces, and introduced people who were never met."""

from kit.contracts.casefile.money import BreathingSpaceState
from kit.contracts.casefile.registers import IntroductionState
from kit.contracts.envelope import Event
from kit.contracts.risk import SignalState
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.triage.outreach import commands

handlers = Handlers()


@handlers.reaction("risk.signal.raised")
async def offer_help(unit: UnitOfWork, event: Event[SignalState]) -> None:
    """A fresh fact calls for an offer of help."""
    signal = event.data
    await commands.offer(
        unit,
        commands.Call(
            person_id=signal.person_id,
            household_id=signal.household_id,
            kind=signal.kind,
            offer=signal.offer,
            source=signal.source,
            observed_on=signal.observed_on,
            signal_id=signal.signal_id,
            cohort_id=signal.cohort_id,
        ),
    )


@handlers.reaction(
    "casefile.breathing_space.started", "casefile.breathing_space.changed", "casefile.breathing_space.ended"
)
async def respect_breathing_space(unit: UnitOfWork, event: Event[BreathingSpaceState]) -> None:
    """Nobody rings about money while one runs."""
    await commands.follow_breathing_space(unit, event.sequence, event.data)


@handlers.reaction("casefile.introduction.answered")
async def forget_the_erased(unit: UnitOfWork, event: Event[IntroductionState]) -> None:
    """Someone introduced was never met: the offers to them end."""
    if event.data.outcome == "erased":
        await commands.forget(unit, event.data.person_id)
