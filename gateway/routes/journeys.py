"""What can be asked of casefile about work, leaving care, community safety, outcomes and equality."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import CASEWORK, REVIEW, STATISTICS, SUPERVISE

_HELP = frozenset({"universal_support", "targeted_support"})
_WORK = _HELP | frozenset({"work_and_skills", "leaving_care"})
_COACH = frozenset({"work_and_skills"})
_CARE = frozenset({"leaving_care"})
_SAFETY = frozenset({"community_safety", "safeguarding", "targeted_support"})
_MEASURES = STATISTICS | frozenset({"oversight"})

_JOURNEY = "/v1/casefile/work-journeys/{journey_id}"
_JOB = f"{_JOURNEY}/jobs/{{job_id}}"
_VACANCY = "/v1/casefile/work-vacancies/{vacancy_id}"
_LEAVER = "/v1/casefile/care-leavers/{care_leaver_id}"
_CASE = "/v1/casefile/safety-cases/{safety_case_id}"
_TRIGGER = "/v1/casefile/asb-reviews/{review_id}"
_OUTCOME = "/v1/casefile/outcomes/{outcome_id}"

ROUTES: tuple[Route, ...] = (
    creates("/v1/casefile/work-journeys", "casefile.work_journey.work", _WORK),
    reads("/v1/casefile/work-journeys", "casefile.work_journey.read", _WORK | REVIEW),
    reads(_JOURNEY, "casefile.work_journey.read", _WORK | REVIEW),
    changes("PATCH", _JOURNEY, "casefile.work_journey.work", _WORK),
    creates(f"{_JOURNEY}/steps", "casefile.work_journey.work", _WORK),
    changes("PATCH", f"{_JOURNEY}/steps/{{step_id}}", "casefile.work_journey.work", _WORK),
    changes("PUT", f"{_JOURNEY}/sharing", "casefile.work_journey.work", _WORK),
    creates(f"{_JOURNEY}/jobs", "casefile.work_journey.work", _WORK),
    changes("POST", f"{_JOB}/end", "casefile.work_journey.work", _WORK),
    creates(f"{_JOB}/checks", "casefile.work_journey.work", _WORK),
    creates(f"{_JOB}/progress", "casefile.work_journey.work", _WORK),
    changes("POST", f"{_JOURNEY}/close", "casefile.work_journey.work", _WORK),
    reads("/v1/casefile/work-checks", "casefile.work_journey.read", _WORK | REVIEW),
    creates("/v1/casefile/work-vacancies", "casefile.work_vacancy.keep", _WORK | SUPERVISE),
    reads("/v1/casefile/work-vacancies", "casefile.work_vacancy.read", _WORK | SUPERVISE),
    reads(_VACANCY, "casefile.work_vacancy.read", _WORK | SUPERVISE),
    changes("PATCH", _VACANCY, "casefile.work_vacancy.keep", _WORK | SUPERVISE),
    reads(f"{_VACANCY}/order", "casefile.work_offer.make", _WORK | SUPERVISE),
    creates(f"{_VACANCY}/offers", "casefile.work_offer.make", _WORK | SUPERVISE),
    reads("/v1/casefile/work-offers", "casefile.work_offer.read", _WORK | SUPERVISE),
    changes("POST", "/v1/casefile/work-offers/{offer_id}/answer", "casefile.work_offer.answer", _WORK),
    # All that a work coach sees of anybody.
    reads("/v1/casefile/shared-work-goals", "casefile.shared_work_goal.read", _COACH),
    reads("/v1/casefile/own-appointments", "casefile.own_appointment.read", _COACH),
    creates("/v1/casefile/care-leavers", "casefile.care_leaver.work", _CARE),
    reads("/v1/casefile/care-leavers", "casefile.care_leaver.read", _CARE | SUPERVISE),
    reads(_LEAVER, "casefile.care_leaver.read", _CARE | SUPERVISE),
    changes("PATCH", _LEAVER, "casefile.care_leaver.work", _CARE),
    creates(f"{_LEAVER}/plans", "casefile.care_leaver.work", _CARE),
    reads(f"{_LEAVER}/plans", "casefile.care_leaver.read", _CARE | SUPERVISE),
    creates(f"{_LEAVER}/reviews", "casefile.pathway_plan.review", _CARE | SUPERVISE),
    reads(f"{_LEAVER}/reviews", "casefile.care_leaver.read", _CARE | SUPERVISE),
    reads(f"{_LEAVER}/entitlements", "casefile.care_leaver.read", _CARE | SUPERVISE),
    creates(f"{_LEAVER}/entitlements", "casefile.care_leaver.work", _CARE),
    creates(f"{_LEAVER}/handovers", "casefile.adviser_handover.offer", _CARE | SUPERVISE),
    reads("/v1/casefile/adviser-handovers", "casefile.care_leaver.read", _CARE | SUPERVISE),
    changes("POST", "/v1/casefile/adviser-handovers/{handover_id}/answer", "casefile.adviser_handover.answer", _CARE),
    creates("/v1/casefile/safety-cases", "casefile.safety_case.work", _SAFETY),
    reads("/v1/casefile/safety-cases", "casefile.safety_case.read", _SAFETY | SUPERVISE),
    reads(_CASE, "casefile.safety_case.read", _SAFETY | SUPERVISE),
    changes("PATCH", _CASE, "casefile.safety_case.work", _SAFETY),
    creates(f"{_CASE}/incidents", "casefile.safety_case.work", _SAFETY),
    creates(f"{_CASE}/assessments", "casefile.safety_case.work", _SAFETY),
    creates(f"{_CASE}/actions", "casefile.safety_case.work", _SAFETY),
    changes("POST", f"{_CASE}/actions/{{action_id}}/end", "casefile.safety_case.work", _SAFETY),
    changes("POST", f"{_CASE}/close", "casefile.safety_case.work", _SAFETY),
    creates(f"{_CASE}/reviews", "casefile.asb_review.ask", _SAFETY),
    reads("/v1/casefile/asb-reviews", "casefile.safety_case.read", _SAFETY | SUPERVISE),
    reads(_TRIGGER, "casefile.safety_case.read", _SAFETY | SUPERVISE),
    changes("POST", f"{_TRIGGER}/decision", "casefile.asb_review.decide", _SAFETY | SUPERVISE),
    changes("POST", f"{_TRIGGER}/result", "casefile.asb_review.decide", _SAFETY | SUPERVISE),
    creates("/v1/casefile/outcomes", "casefile.outcome.record", CASEWORK),
    reads("/v1/casefile/outcomes", "casefile.outcome.read", CASEWORK | REVIEW),
    reads("/v1/casefile/outcomes/measures", "casefile.outcome_measure.read", _MEASURES),
    reads("/v1/casefile/outcomes/allocations", "casefile.outcome_measure.read", _MEASURES),
    # Counts by ward of what the front door hears, for evidence packs and whoever answers for the whole.
    creates("/v1/casefile/ward-needs", "casefile.ward_need.publish", _MEASURES),
    reads("/v1/casefile/ward-needs", "casefile.ward_need.read", _MEASURES),
    reads(_OUTCOME, "casefile.outcome.read", CASEWORK | REVIEW),
    changes("POST", f"{_OUTCOME}/check", "casefile.outcome.check", CASEWORK),
    changes("POST", f"{_OUTCOME}/strike", "casefile.outcome.strike", CASEWORK | SUPERVISE),
    # In by the person's word; which questions are answered comes out, an answer never.
    creates("/v1/casefile/people/{person_id}/equality", "casefile.equality.keep", CASEWORK),
    reads("/v1/casefile/people/{person_id}/equality", "casefile.equality.ask", CASEWORK),
)
