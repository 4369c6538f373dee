"""Purposes, roles and question codes: lawful, claimable, and shut where the law shuts them."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from kit.contracts.purposes import PURPOSES, Basis, Reach, claimable, read
from kit.contracts.questions import QUESTIONS
from kit.contracts.roles import ROLES

ABOUT_PEOPLE = {Reach.PERSONAL, Reach.SPECIAL}
WANTED = """
    administration complaints data_migration debt_advice front_door grants_administration hardship homelessness
    housing_register information_governance lettings outreach partner_referral public research_statistics
    resident_panel resident_self revenues_recovery_hold safeguarding statutory_referral supervision
    system_operations targeted_support universal_support
    """
ONE = """
[visit]
title = "Visit"
explanation = "To visit you."
lawful_basis = "public_task"
power = "Localism Act 2011 s1"
reach = "personal"
roles = ["manager"]
"""


def test_the_purposes_the_work_needs_are_there() -> None:
    assert sorted(set(WANTED.split()) - set(PURPOSES)) == []


def test_every_purpose_cites_a_power_and_tells_the_resident_in_a_sentence() -> None:
    for purpose in PURPOSES.values():
        assert re.search(r"\d{4}|GDPR", purpose.power), purpose.code
        assert purpose.explanation.endswith("."), purpose.code


def test_every_role_may_claim_something_besides_reading_what_is_public() -> None:
    for role in ROLES:
        assert {each.code for each in claimable([role])} - {"public"}, role


def test_every_role_is_used_by_some_purpose_and_explained() -> None:
    used = set().union(*(each.roles for each in PURPOSES.values()))
    assert used == set(ROLES)
    assert all(ROLES.values())


@pytest.mark.parametrize("role", ["board_member", "councillor", "analyst", "operations"])
def test_some_roles_reach_no_record_of_a_person(role: str) -> None:
    reached = {each.code for each in claimable([role]) if each.reach in ABOUT_PEOPLE}
    # The analyst links pseudonymous records; names stay in the vault.
    assert reached == ({"data_linkage"} if role == "analyst" else set())


def test_statistics_and_oversight_reach_aggregates_only() -> None:
    assert PURPOSES["research_statistics"].reach is Reach.AGGREGATE
    assert PURPOSES["oversight"].reach is Reach.AGGREGATE


def test_a_work_coach_cannot_claim_a_purpose_that_could_feed_a_sanction() -> None:
    mine = {each.code for each in claimable(["work_coach"])}
    assert not mine & {"front_door", "universal_support", "targeted_support", "debt_advice", "domestic_abuse"}


def test_only_the_resident_claims_the_residents_own_purpose() -> None:
    # A shared page is opened by the resident's own link and word; nobody signs in as one.
    assert PURPOSES["resident_self"].roles == {"resident", "shared_page"}


def test_whoever_works_with_people_may_claim_safeguarding() -> None:
    with_people = set().union(*(each.roles for each in PURPOSES.values() if each.reach in ABOUT_PEOPLE))
    # A resident's own way in needs no purpose at all.
    apart = {"resident", "analyst", "administrator", "answer_link", "source_feed", "shared_page"}
    assert with_people - apart <= PURPOSES["safeguarding"].roles


def test_nobody_signed_in_or_not_is_needed_for_what_is_public() -> None:
    public = PURPOSES["public"]
    assert public.claimable_by([])
    assert public.lawful_basis is Basis.NOT_PERSONAL
    assert [each.code for each in claimable([])] == ["public"]


def test_a_role_claims_what_names_it_and_nothing_else() -> None:
    assert PURPOSES["lettings"].claimable_by(["resident", "housing_officer"])
    assert not PURPOSES["lettings"].claimable_by(["resident", "grants_officer"])
    assert [each.code for each in claimable(["councillor"])] == ["oversight", "public"]


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ('roles = ["manager"]', 'roles = ["king"]', "unknown roles"),
        ('roles = ["manager"]', "roles = []", "nobody may claim"),
        ('reach = "personal"', 'reach = "special"', "Article 9"),
        ('reach = "personal"', 'reach = "personal"\ncondition = "Article 9(2)(a)"', "Article 9"),
        ('"public_task"', '"not_personal"', "lawful basis"),
        ('"public_task"', '"because"', "lawful_basis"),
        ('roles = ["manager"]', 'roles = ["manager"]\nanyone = true', "lawful basis and a role"),
        ('power = "Localism Act 2011 s1"\n', "", "power"),
        ("[visit]", "[Visit]", "code"),
        ('title = "Visit"', 'title = "Visit"\nowner = "me"', "owner"),
    ],
)
def test_a_purpose_that_would_not_stand_is_refused(right: str, wrong: str, complaint: str) -> None:
    assert set(read(ONE)) == {"visit"}
    with pytest.raises(ValidationError, match=complaint):
        read(ONE.replace(right, wrong))


def test_question_codes_are_a_subject_and_a_matter_and_the_words_ask() -> None:
    for code, words in QUESTIONS.items():
        assert re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]*", code), code
        assert words.endswith("?"), code
    assert len(set(QUESTIONS.values())) == len(QUESTIONS)
    assert set(QUESTIONS) >= {"person.name", "person.date_of_birth", "household.members", "accommodation.tonight"}
