"""Who may do what, for which purpose: the committed table, and the laws above it."""

import difflib
import random
from importlib.resources import files

import pytest

from gateway.policy import MATRIX, Policy, everything_allowed, matrix, questions, read_policies
from gateway.refusals import NotAllowed
from gateway.routes import GUARDED_ROUTES, SERVICES, purposes_of_actions
from gateway.routes.purposes import ANY
from gateway.routes.triage import RAISE_CONCERN
from kit.contracts.purposes import PURPOSES, Reach
from kit.contracts.roles import ROLES, SIGNED_IN

# What they share takes seconds to make: once is enough.
pytestmark = pytest.mark.xdist_group("policy")

POLICY = Policy()
ACTIONS = purposes_of_actions()


@pytest.fixture(scope="module")
def allowed() -> frozenset[tuple[str, str, str]]:
    """Every role x action x purpose that is allowed."""
    return everything_allowed(POLICY)


def test_the_committed_matrix_is_what_the_policies_say(allowed: frozenset[tuple[str, str, str]]) -> None:
    committed = MATRIX.read_text(encoding="utf-8")
    found = matrix(allowed)
    difference = "\n".join(
        difflib.unified_diff(committed.splitlines(), found.splitlines(), "committed", "policies", lineterm="", n=1)
    )
    assert committed == found, (
        f"The policies mean something else than {MATRIX} says:\n{difference}\n"
        "If that is what you want: python -m gateway.policy matrix, and commit the file."
    )


@pytest.mark.full
def test_purposes_that_are_taken_as_alike_are(allowed: frozenset[tuple[str, str, str]]) -> None:
    asked, _ = questions(POLICY)
    assert allowed == {question for question, yes in zip(asked, POLICY.decide(asked), strict=True) if yes}


def test_every_action_of_the_table_is_in_the_schema_and_the_other_way_round() -> None:
    text = files("gateway.policies").joinpath("schema.cedarschema").read_text(encoding="utf-8")
    for action in ACTIONS:
        assert f'"{action}"' in text, f"{action} stands in the route table but not in the policies' schema"
    named = {word for word in text.split('"')[1::2] if word.partition(".")[0] in SERVICES and "." in word}
    assert named == set(ACTIONS)


def test_every_route_is_reachable_by_some_role(allowed: frozenset[tuple[str, str, str]]) -> None:
    reachable = {action for _, action, _ in allowed}
    assert {route.name for route in GUARDED_ROUTES if route.action not in reachable} == set()


def test_a_household_at_a_glance_is_for_those_who_may_ask_for_all_of_its_parts(
    allowed: frozenset[tuple[str, str, str]],
) -> None:
    parts = ("household", "person", "case", "warning", "plan", "case_task", "timeline", "note")

    def whose(action: str) -> set[tuple[str, str]]:
        return {(role, purpose) for role, each, purpose in allowed if each == action}

    wanted = set.intersection(*(whose(f"casefile.{each}.read") for each in parts))
    assert whose("casefile.household.glance") == wanted != set()


def test_every_role_may_raise_a_concern_for_any_purpose(allowed: frozenset[tuple[str, str, str]]) -> None:
    assert all((role, RAISE_CONCERN, purpose) in allowed for role in ROLES for purpose in PURPOSES)


NO_RECORDS = {"job", "draft", "dead_letter", "worker", "clock", "source", "load", "kind", "definition"}
# Live updates tell ids of lists that their own action lets one read.
NO_RECORDS |= {"organisation", "directory", "queue_rules", "live", "webhook"}
# How a service stands, and what a model is made of and how well it does: counts and figures.
NO_RECORDS |= {"standing", "model"}
# What is agreed with whom, and how long what is kept.
NO_RECORDS |= {"agreement", "retention", "money_table", "debt_body", "session"}
# Building schemes are of nobody, and so are the tables and prices that rents are counted with.
NO_RECORDS |= {"scheme", "programme", "rent_table", "rent_price"}
SAFE_COUNTS = {"cohort", "association", "handover_count", "outcome_measure"}
# Rounded to ten, and few hidden, for whoever does not work with the households.
SAFE_COUNTS |= {"placement_count", "rough_sleeping_count", "homelessness_count", "hardship_count"}
# Figures by ward for what a panel reads: counts of nobody by name, and they leave in packs with small groups hidden.
SAFE_COUNTS |= {"evidence", "ward_need"}
# Tables that hide what could tell of somebody, and packages of them to the region.
SAFE_COUNTS |= {"aggregate", "observatory"}
# The ward index is of places; measures and packs are closed figures, rounded, with small groups hidden.
SAFE_COUNTS |= {"index", "measure", "pack"}
PSEUDONYMS = {"signal", "emergency"}


@pytest.mark.parametrize("most", [2000, pytest.param(None, marks=pytest.mark.full)])
def test_nobody_uses_a_purpose_that_is_not_theirs_to_claim(most: int | None) -> None:
    _, others = questions(POLICY)
    asked = others if most is None else random.sample(others, most)
    assert not any(POLICY.decide(asked))


def test_purposes_that_reach_no_records_open_none(allowed: frozenset[tuple[str, str, str]]) -> None:
    for role, action, purpose in allowed:
        if PURPOSES[purpose].reach in (Reach.NONE, Reach.AGGREGATE) and action != RAISE_CONCERN:
            assert action.split(".")[1] in NO_RECORDS | SAFE_COUNTS, (role, action, purpose)


def beyond_everybodys(role: str, allowed: frozenset[tuple[str, str, str]]) -> set[tuple[str, str]]:
    """What a role may do, and for what, besides what every role may."""
    by_role = [{action for who, action, _ in allowed if who == each} for each in ROLES]
    everybodys = set.intersection(*by_role)
    return {(action, purpose) for who, action, purpose in allowed if who == role and action not in everybodys}


def test_a_partner_sees_and_answers_what_it_was_asked(allowed: frozenset[tuple[str, str, str]]) -> None:
    answers = ("referral.read", "referral.move", "capacity.read", "capacity.answer", "discharge.notify")
    answers += ("disclosure_notice.read",)
    refers = {("triage.duty_to_refer.send", "duty_to_refer")}
    webhooks = {(f"gateway.webhook.{each}", "partner_referral") for each in ("read", "keep")}
    assert beyond_everybodys("partner", allowed) - refers - webhooks == {
        (f"triage.{each}", "partner_referral") for each in answers
    }


def test_a_one_time_link_may_do_nothing_but_answer(allowed: frozenset[tuple[str, str, str]]) -> None:
    # That everybody may raise a concern is of no use to it: nobody can sign in as one.
    assert beyond_everybodys("answer_link", allowed) == {
        ("triage.referral.move", "partner_referral"),
        ("triage.capacity.answer", "partner_referral"),
    }
    assert "answer_link" not in SIGNED_IN


def test_a_feed_may_do_nothing_but_give_a_record(allowed: frozenset[tuple[str, str, str]]) -> None:
    assert beyond_everybodys("source_feed", allowed) == {("risk.record.take", "data_linkage")}
    assert "source_feed" not in SIGNED_IN


def test_those_outside_the_casework_do_what_everybody_may_and_no_more(
    allowed: frozenset[tuple[str, str, str]],
) -> None:
    # A resident signed in as one takes part in what the neighbourhood decides, and reads nobody's record.
    takes_part = ("application.read", "application.write", "award.read", "campaign.pledge", "proposal.take_part")
    takes_part += ("report.send", "vote.cast")
    assert beyond_everybodys("resident", allowed) == {(f"grants.{each}", "participation") for each in takes_part}
    # Jobcentre Plus is a body with the duty to refer (Housing Act 1996 s213B).
    # Of anybody's file a work coach sees what they share and when they meet, and that is all.
    assert beyond_everybodys("work_coach", allowed) == {
        ("triage.duty_to_refer.send", "duty_to_refer"),
        ("casefile.shared_work_goal.read", "work_and_skills"),
        ("casefile.own_appointment.read", "work_and_skills"),
    }


def test_a_volunteer_sees_what_the_desk_hands_over_and_nothing_else(allowed: frozenset[tuple[str, str, str]]) -> None:
    assert beyond_everybodys("volunteer_welcome", allowed) == {("triage.volunteer_task.do", "hub_running")}


@pytest.mark.parametrize("role", ["board_member", "councillor"])
def test_those_who_answer_to_residents_see_which_data_come_in(
    role: str, allowed: frozenset[tuple[str, str, str]]
) -> None:
    theirs = {action for action, _ in beyond_everybodys(role, allowed)}
    counted = {"triage.handover_count.read", "casefile.outcome_measure.read", "casefile.ward_need.read"}
    counted |= {"housing.scheme.read", "housing.programme.read"}
    counted |= {"risk.index.read", "risk.measure.read", "risk.pack.read"}
    counted |= {f"housing.{each}_count.read" for each in ("placement", "rough_sleeping", "homelessness")}
    # With whom what is agreed, and how long what is kept.
    assert theirs == {"risk.source.read", "casefile.agreement.read", "casefile.retention.read", *counted}


def test_analysts_never_see_a_person(allowed: frozenset[tuple[str, str, str]]) -> None:
    actions = {action for who, action, _ in allowed if who == "analyst"} - {RAISE_CONCERN}
    assert {action.split(".")[1] for action in actions} <= {"job", "record"} | NO_RECORDS | SAFE_COUNTS | PSEUDONYMS
    assert not {"risk.record.read", "risk.resident.reidentify", "risk.profile.read"} & actions


@pytest.mark.parametrize(
    ("roles", "action", "purpose"),
    [
        (set(), RAISE_CONCERN, "safeguarding"),
        ({"emperor"}, RAISE_CONCERN, "safeguarding"),
        ({"manager"}, "casefile.person.destroy", "supervision"),
        ({"manager"}, "casefile.person.read", "curiosity"),
        ({"manager"}, "casefile.person.read", "hub_running"),
        ({"manager"}, "", ""),
        # Neither role may do it by itself: the one may not do the act, the other may not claim the purpose.
        ({"analyst", "hub_host"}, "casefile.person.read", "data_linkage"),
        ({"triage_officer", "personal_adviser"}, "casefile.person.register", "leaving_care"),
    ],
)
def test_what_nobody_permitted_is_denied(roles: set[str], action: str, purpose: str) -> None:
    assert not POLICY.allows(frozenset(roles), action, purpose)


def test_several_roles_may_do_what_one_of_them_may() -> None:
    assert POLICY.allows(frozenset({"analyst", "triage_officer"}), "casefile.person.read", "front_door")


def test_a_refusal_names_the_action_and_the_purpose() -> None:
    with pytest.raises(NotAllowed, match=r"casefile\.person\.read for the purpose front_door") as refused:
        POLICY.check(frozenset({"analyst"}), "casefile.person.read", "front_door")
    assert dict(refused.value.extra) == {"action": "casefile.person.read", "purpose": "front_door"}


def test_one_action_has_one_set_of_known_purposes() -> None:
    assert all(purposes == ANY or purposes <= set(PURPOSES) for purposes in ACTIONS.values())


def test_a_policy_that_does_not_fit_the_schema_stops_the_start() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Policy(read_policies() + 'permit (principal == Role::"manager", action == Action::"no.such.act", resource);')


def test_a_policy_that_cannot_be_evaluated_is_never_skipped() -> None:
    everyone = "(principal, action, resource)"
    faulty = f"permit {everyone}; forbid {everyone} when {{ 9223372036854775807 + 1 > 0 }};"
    with pytest.raises(RuntimeError, match="policy error"):
        Policy(faulty).allows(frozenset({"manager"}), "casefile.person.read", "supervision")
