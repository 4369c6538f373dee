"""What can be asked of casefile about notes, breaches and plans."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import CASEWORK, GOVERN, STORY, SUPERVISE

_NOTE = "/v1/casefile/notes/{note_id}"
_BREACH = "/v1/casefile/breaches/{breach_id}"
_PLAN = "/v1/casefile/plans/{plan_id}"
_GOAL = f"{_PLAN}/goals/{{goal_id}}"
_ACTION = f"{_PLAN}/actions/{{action_id}}"

_WORK = CASEWORK | SUPERVISE

NOTES: tuple[Route, ...] = (
    creates("/v1/casefile/notes", "casefile.note.write", _WORK),
    reads("/v1/casefile/notes", "casefile.note.read", STORY),
    reads("/v1/casefile/notes/unfinished", "casefile.note.write", _WORK),
    reads("/v1/casefile/notes/unfinished/counts", "casefile.note.supervise", SUPERVISE),
    reads(_NOTE, "casefile.note.read", STORY),
    reads(f"{_NOTE}/earlier", "casefile.note.read", STORY),
    reads(f"{_NOTE}/readings", "casefile.note.read", STORY),
    changes("POST", f"{_NOTE}/corrections", "casefile.note.change", STORY),
    changes("POST", f"{_NOTE}/strike", "casefile.note.change", STORY),
    changes("POST", f"{_NOTE}/pin", "casefile.note.change", STORY),
    changes("POST", f"{_NOTE}/unpin", "casefile.note.change", STORY),
    changes("PUT", f"{_NOTE}/reading", "casefile.note.change", STORY),
    # It moves words out of one file into another and starts a clock: once, whatever the line does.
    creates(f"{_NOTE}/misfiled", "casefile.note.move", STORY),
    reads("/v1/casefile/breaches", "casefile.breach.read", GOVERN),
    reads(_BREACH, "casefile.breach.read", GOVERN),
    changes("POST", f"{_BREACH}/decisions", "casefile.breach.decide", GOVERN),
    changes("POST", f"{_BREACH}/close", "casefile.breach.decide", GOVERN),
)
PLANS: tuple[Route, ...] = (
    creates("/v1/casefile/plans", "casefile.plan.work", _WORK),
    reads("/v1/casefile/plans", "casefile.plan.read", STORY),
    reads("/v1/casefile/plan-actions", "casefile.plan.read", STORY),
    reads(_PLAN, "casefile.plan.read", STORY),
    changes("PATCH", _PLAN, "casefile.plan.work", _WORK),
    creates(f"{_PLAN}/goals", "casefile.plan.work", _WORK),
    changes("PATCH", _GOAL, "casefile.plan.work", _WORK),
    changes("POST", f"{_GOAL}/steps", "casefile.plan.work", _WORK),
    creates(f"{_PLAN}/actions", "casefile.plan.work", _WORK),
    changes("PATCH", _ACTION, "casefile.plan.work", _WORK),
    changes("POST", f"{_ACTION}/progress", "casefile.plan.work", _WORK),
    creates(f"{_PLAN}/agreements", "casefile.plan.work", _WORK),
    reads(f"{_PLAN}/agreements", "casefile.plan.read", STORY),
    reads(f"{_PLAN}/differences", "casefile.plan.read", STORY),
    reads(f"{_PLAN}/shared-copy", "casefile.plan.read", STORY),
    changes("POST", f"{_PLAN}/end", "casefile.plan.work", _WORK),
)
ROUTES: tuple[Route, ...] = (*NOTES, *PLANS)
