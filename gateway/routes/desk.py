"""What the desk does with a contact besides: applications as homeless, handovers, tasks, who speaks, immigration."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import CASEWORK, CONTACT, REVIEW, STATISTICS, SUPERVISE

# Status is asked where a decision turns on it, and for nothing else.
_TURNS_ON_STATUS = frozenset(
    {
        "homelessness",
        "housing_register",
        "benefit_advice",
        "hardship",
        "targeted_support",
        "leaving_care",
        "statutory_referral",
    }
)
_WITHOUT_RECOURSE = frozenset(
    {"front_door", "universal_support", "targeted_support", "statutory_referral", "safeguarding", "homelessness"}
)
_LEGAL_DUTY = frozenset({"statutory_referral", "safeguarding"})
_REFERRED = frozenset({"duty_to_refer"})
_PUBLISHED = STATISTICS | SUPERVISE | frozenset({"oversight"})

_CONTACT = "/v1/triage/contacts/{contact_id}"
_HANDOVER = "/v1/triage/handovers/{handover_id}"
_TASK = "/v1/triage/everyday-tasks/{task_id}"
_ROUTE = "/v1/triage/no-recourse-routes/{route_id}"

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{_CONTACT}/homelessness-application",
        "triage.homelessness_application.open",
        CONTACT,
        "write",
        keyed=True,
    ),
    reads(f"{_CONTACT}/homelessness-application", "triage.homelessness_application.read", CONTACT | REVIEW),
    reads("/v1/triage/homelessness-applications", "triage.homelessness_application.read", CONTACT | REVIEW),
    creates(f"{_CONTACT}/handovers", "triage.handover.offer", CONTACT | SUPERVISE),
    reads("/v1/triage/handovers", "triage.handover.read", CONTACT | REVIEW),
    reads("/v1/triage/handovers/published", "triage.handover_count.read", _PUBLISHED),
    reads("/v1/triage/handovers/stranded", "triage.handover.supervise", SUPERVISE),
    reads(_HANDOVER, "triage.handover.read", CONTACT | REVIEW),
    creates(f"{_HANDOVER}/acceptance", "triage.handover.answer", CASEWORK),
    creates(f"{_HANDOVER}/refusal", "triage.handover.answer", CASEWORK),
    creates(f"{_HANDOVER}/withdrawal", "triage.handover.offer", CONTACT | SUPERVISE),
    reads("/v1/triage/households/{household_id}/handovers", "triage.handover.read", CONTACT | REVIEW),
    # The bodies' form and their webhook: one door, one body.
    creates("/v1/triage/duty-to-refer", "triage.duty_to_refer.send", _REFERRED),
    reads("/v1/triage/duty-to-refer", "triage.duty_to_refer.read", CONTACT | REVIEW),
    reads("/v1/triage/duty-to-refer/{duty_to_refer_id}", "triage.duty_to_refer.read", CONTACT | REVIEW),
    creates("/v1/triage/speakers", "triage.speaker.keep", CONTACT),
    reads("/v1/triage/speakers", "triage.speaker.read", CASEWORK | REVIEW),
    changes("PATCH", "/v1/triage/speakers/{speaker_id}", "triage.speaker.keep", CONTACT),
    Route("POST", "/v1/triage/speakers/checks", "triage.speaker.check", CASEWORK, "search", body="json"),
    creates(f"{_CONTACT}/everyday-tasks", "triage.everyday_task.work", CONTACT),
    reads("/v1/triage/everyday-tasks", "triage.everyday_task.read", CONTACT | REVIEW),
    reads(_TASK, "triage.everyday_task.read", CONTACT | REVIEW),
    creates(f"{_TASK}/chases", "triage.everyday_task.work", CONTACT),
    creates(f"{_TASK}/result", "triage.everyday_task.work", CONTACT),
    creates("/v1/triage/immigration-answers", "triage.immigration.ask", _TURNS_ON_STATUS),
    reads("/v1/triage/immigration-answers", "triage.immigration.read", _TURNS_ON_STATUS),
    Route("POST", f"{_CONTACT}/no-recourse-routes", "triage.no_recourse.work", _WITHOUT_RECOURSE, "write", keyed=True),
    reads("/v1/triage/no-recourse-routes", "triage.no_recourse.read", _WITHOUT_RECOURSE | SUPERVISE),
    reads(_ROUTE, "triage.no_recourse.read", _WITHOUT_RECOURSE | SUPERVISE),
    creates(f"{_ROUTE}/steps", "triage.no_recourse.work", _WITHOUT_RECOURSE),
    creates(f"{_ROUTE}/closure", "triage.no_recourse.work", _WITHOUT_RECOURSE),
    creates(f"{_ROUTE}/home-office-records", "triage.no_recourse.record_home_office", _LEGAL_DUTY),
)
