"""The plan agreed with the people it is for, and its tasks."""

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("casefile.plan.agreed", "A plan was agreed with the person", Sensitivity.PERSONAL, "risk", case_fact=True),
    planned("casefile.goal.achieved", "A goal of the plan was reached", Sensitivity.PERSONAL, "risk", case_fact=True),
    planned("casefile.task.completed", "A task of the plan was done", Sensitivity.PERSONAL, case_fact=True),
)
