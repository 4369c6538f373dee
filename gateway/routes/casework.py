"""What can be asked of casefile about the work: cases, teams, approvals, steps, tasks, warnings, caseloads."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import CASEWORK, STORY, SUPERVISE

_WORK = CASEWORK | SUPERVISE
# Concerns are a safeguarding lead's day; a manager's is supervision.
_DECIDE = SUPERVISE | frozenset({"safeguarding"})

_CASE = "/v1/casefile/cases/{case_id}"
_APPROVAL = "/v1/casefile/approvals/{approval_id}"
_STEP = "/v1/casefile/steps/{step_id}"
_TASK = "/v1/casefile/tasks/{task_id}"
_WARNING = "/v1/casefile/warnings/{warning_id}"

ROUTES: tuple[Route, ...] = (
    reads("/v1/casefile/cases", "casefile.case.read", STORY),
    reads(_CASE, "casefile.case.read", STORY),
    creates(f"{_CASE}/allocations", "casefile.case.allocate", STORY),
    reads(f"{_CASE}/members", "casefile.case.read", STORY),
    creates(f"{_CASE}/members", "casefile.case.work", _WORK),
    Route("POST", f"{_CASE}/members/{{member_id}}/end", "casefile.case.work", _WORK, "write"),
    changes("POST", f"{_CASE}/rating", "casefile.case.work", _WORK),
    reads(f"{_CASE}/reviews", "casefile.case.read", STORY),
    creates(f"{_CASE}/reviews", "casefile.case.work", _WORK),
    changes("POST", f"{_CASE}/close", "casefile.case.close", STORY),
    changes("POST", f"{_CASE}/reopen", "casefile.case.reopen", STORY),
    creates(f"{_CASE}/approvals", "casefile.approval.ask", _WORK),
    reads("/v1/casefile/approvals", "casefile.approval.read", STORY),
    reads("/v1/casefile/approval-rules", "casefile.approval.read", STORY),
    reads(_APPROVAL, "casefile.approval.read", STORY),
    changes("POST", f"{_APPROVAL}/approval", "casefile.approval.decide", _DECIDE),
    changes("POST", f"{_APPROVAL}/return", "casefile.approval.decide", _DECIDE),
    changes("POST", f"{_APPROVAL}/answer", "casefile.approval.ask", _WORK),
    changes("POST", f"{_APPROVAL}/withdrawal", "casefile.approval.ask", _WORK),
    creates(f"{_CASE}/steps", "casefile.step.offer", _WORK),
    reads("/v1/casefile/steps", "casefile.step.read", STORY),
    reads(_STEP, "casefile.step.read", STORY),
    Route("POST", f"{_STEP}/acceptance", "casefile.step.answer", _WORK, "write", keyed=True),
    creates(f"{_STEP}/refusal", "casefile.step.answer", _WORK),
    creates(f"{_STEP}/withdrawal", "casefile.step.offer", _WORK),
    creates("/v1/casefile/tasks", "casefile.case_task.work", _WORK),
    reads("/v1/casefile/tasks", "casefile.case_task.read", STORY),
    reads(_TASK, "casefile.case_task.read", STORY),
    changes("PATCH", _TASK, "casefile.case_task.work", _WORK),
    changes("POST", f"{_TASK}/done", "casefile.case_task.work", _WORK),
    changes("POST", f"{_TASK}/dropped", "casefile.case_task.work", _WORK),
    creates("/v1/casefile/warnings", "casefile.warning.propose", _WORK),
    reads("/v1/casefile/warnings", "casefile.warning.read", STORY),
    reads(_WARNING, "casefile.warning.read", STORY),
    changes("POST", f"{_WARNING}/decision", "casefile.warning.decide", _DECIDE),
    changes("POST", f"{_WARNING}/telling", "casefile.warning.propose", _WORK),
    creates(f"{_WARNING}/reviews", "casefile.warning.decide", _DECIDE),
    changes("POST", f"{_WARNING}/removal", "casefile.warning.decide", _DECIDE),
    reads("/v1/casefile/caseloads", "casefile.caseload.read", SUPERVISE),
    reads("/v1/casefile/caseloads/teams", "casefile.caseload.read", SUPERVISE),
    reads("/v1/casefile/caseloads/summary", "casefile.caseload.read", SUPERVISE),
    creates("/v1/casefile/reallocations", "casefile.caseload.reallocate", SUPERVISE),
    reads("/v1/casefile/reallocations", "casefile.caseload.read", SUPERVISE),
    Route(
        "POST",
        "/v1/casefile/reallocations/{reallocation_id}/return",
        "casefile.caseload.reallocate",
        SUPERVISE,
        "write",
    ),
    reads("/v1/casefile/my-work", "casefile.my_work.read", _WORK),
)
