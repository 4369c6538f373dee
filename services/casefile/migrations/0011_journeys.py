"""Work, leaving care, community safety and outcomes; equality data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "outcome",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="null: the whole household's"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "compartment", sa.Text(), nullable=False, comment="the sealed part of the file its kind tells of; or empty"
        ),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="recorded | sustained | not_sustained | not_known | struck"
        ),
        sa.Column("achieved_on", sa.Date(), nullable=False),
        sa.Column("check_due_on", sa.Date(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("lost_on", sa.Date(), nullable=True, comment="the first day on which it no longer held"),
        sa.Column("source", sa.Text(), nullable=True, comment="what of ours it came of, <kind>/<id>: once each"),
        sa.Column("evidence", postgresql.JSONB(), nullable=False, comment="[{proof, dated, words}]"),
        sa.Column("check_evidence", postgresql.JSONB(), nullable=False),
        sa.Column("check_words", sa.Text(), nullable=True),
        sa.Column("struck_because", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=True, comment="null too where four weeks went by unanswered"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("check_due_on > achieved_on", name=op.f("ck_outcome_in_order")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_outcome_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outcome_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        comment="What came of the work, and whether it lasted half a year",
    )
    op.create_index("ix_outcome_household_id", "outcome", ["household_id", "kind"])
    op.create_index("ix_outcome_person_id", "outcome", ["person_id", "kind"])
    op.create_index("ix_outcome_recorded_at", "outcome", ["recorded_at"])
    op.create_index(
        "ix_outcome_waiting", "outcome", ["check_due_on", "id"], postgresql_where=sa.text("state = 'recorded'")
    )
    op.create_index(
        "uq_outcome_source", "outcome", ["source"], unique=True, postgresql_where=sa.text("state <> 'struck'")
    )

    op.create_table(
        "published_quarter",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("tables", postgresql.JSONB(), nullable=False, comment="by what they are told apart by"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("first_day", name=op.f("pk_published_quarter")),
        comment="Outcomes by group, a quarter at a time: made once, never anew",
    )

    op.create_table(
        "equality_answer",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column(
            "given_by", sa.Text(), nullable=False, comment="themselves | themselves_with_help | parent_of_a_child"
        ),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_down_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_equality_answer_person_id")),
        sa.PrimaryKeyConstraint("person_id", "question", name=op.f("pk_equality_answer")),
        comment="Equality data: given by the person, counted, never shown one by one",
    )

    op.create_table(
        "work_vacancy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False, comment="the development or programme that brings it"),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True, comment="hours a week"),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opens_to_others_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="open | closed"),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("opens_to_others_on > opened_on", name=op.f("ck_work_vacancy_here_first")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_vacancy")),
        comment="Vacancies of schemes, here before the market",
    )
    op.create_index("ix_work_vacancy_opened_on", "work_vacancy", ["opened_on", "id"])

    op.create_table(
        "work_journey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False, comment="who goes the way with them"),
        sa.Column("state", sa.Text(), nullable=False, comment="open | closed"),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False, comment="what they would like, in their words"),
        sa.Column("activity", sa.Text(), nullable=False, comment="unemployed | inactive | in_work | in_training"),
        sa.Column("inactive_kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("inactive_words", sa.Text(), nullable=True, comment="why they are not looking, in their own words"),
        sa.Column("never_worked", sa.Boolean(), nullable=False),
        sa.Column("out_of_work_since", sa.Date(), nullable=True),
        sa.Column("hours_wanted", sa.Integer(), nullable=True, comment="hours a week, at most"),
        sa.Column("barriers", postgresql.JSONB(), nullable=False, comment="[{kind, words, gone_on}]"),
        sa.Column(
            "steps",
            postgresql.JSONB(),
            nullable=False,
            comment="[{id, kind, whose, words, due_on, state, done_on, result, shared}]",
        ),
        sa.Column("coach", sa.Text(), nullable=True, comment="the work coach they share goals with"),
        sa.Column("shared_on", sa.Date(), nullable=True, comment="the day they agreed to it"),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(coach is null) = (shared_on is null)", name=op.f("ck_work_journey_shared_by_agreement")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_work_journey_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_work_journey_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_journey")),
        comment="Work journeys: what stops them, steps, jobs",
    )
    op.create_index(
        "ix_work_journey_coach",
        "work_journey",
        ["coach"],
        postgresql_where=sa.text("coach is not null and state = 'open'"),
    )
    op.create_index("ix_work_journey_opened_at", "work_journey", ["opened_at", "id"])
    op.create_index("ix_work_journey_worker", "work_journey", ["worker", "state"])
    op.create_index(
        "uq_work_journey_open", "work_journey", ["person_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )

    op.create_table(
        "work_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="employed | self_employed | apprenticeship"),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("vacancy_id", sa.Uuid(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False, comment="hours a week"),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_words", sa.Text(), nullable=True),
        sa.Column(
            "outcome_id", sa.Uuid(), nullable=True, comment="null: the person's employment was on record already"
        ),
        sa.Column("progress", postgresql.JSONB(), nullable=False, comment="[{kind, on, words}]"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_work_job_in_order")),
        sa.ForeignKeyConstraint(["journey_id"], ["work_journey.id"], name=op.f("fk_work_job_journey_id")),
        sa.ForeignKeyConstraint(["vacancy_id"], ["work_vacancy.id"], name=op.f("fk_work_job_vacancy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_job")),
        comment="Jobs that were started",
    )
    op.create_index("ix_work_job_journey_id", "work_job", ["journey_id", "started_on"])

    op.create_table(
        "work_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting | sustained | not_sustained | not_known"),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True, comment="null too where nobody said in time"),
        sa.Column("evidence", postgresql.JSONB(), nullable=False, comment="[{proof, dated, words}]"),
        sa.ForeignKeyConstraint(["job_id"], ["work_job.id"], name=op.f("fk_work_check_job_id")),
        sa.ForeignKeyConstraint(["journey_id"], ["work_journey.id"], name=op.f("fk_work_check_journey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_check")),
        comment="13 and 26 weeks after a start",
    )
    op.create_index(
        "ix_work_check_waiting", "work_check", ["due_on", "id"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("uq_work_check_job_id", "work_check", ["job_id", "weeks"], unique=True)

    op.create_table(
        "work_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("vacancy_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="offered | accepted | declined | withdrawn | lapsed"),
        sa.Column("place", sa.Integer(), nullable=False, comment="in the order of that moment, the first is 1"),
        sa.Column("of_how_many", sa.Integer(), nullable=False),
        sa.Column("grounds", postgresql.JSONB(), nullable=False, comment="[{code, words, points}]"),
        sa.Column("passed_over_because", sa.Text(), nullable=True),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["journey_id"], ["work_journey.id"], name=op.f("fk_work_offer_journey_id")),
        sa.ForeignKeyConstraint(["vacancy_id"], ["work_vacancy.id"], name=op.f("fk_work_offer_vacancy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_offer")),
        comment="Offers of vacancies, furthest from work first",
    )
    op.create_index("ix_work_offer_offered_at", "work_offer", ["offered_at", "id"])
    op.create_index("ix_work_offer_vacancy_id", "work_offer", ["vacancy_id", "state"])
    op.create_index(
        "uq_work_offer_standing",
        "work_offer",
        ["journey_id"],
        unique=True,
        postgresql_where=sa.text("state = 'offered'"),
    )

    op.create_table(
        "known_appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False, comment="neither cancelled nor to be arranged anew"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_appointment")),
        comment="Appointments, from triage.appointment.*, without what became of them",
    )
    op.create_index("ix_known_appointment_worker", "known_appointment", ["worker", "starts_at"])

    op.create_table(
        "care_leaver",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("born", sa.Date(), nullable=False, comment="as the person's record had it: what is due hangs on it"),
        sa.Column("status", sa.Text(), nullable=False, comment="eligible | relevant | former_relevant | qualifying"),
        sa.Column("state", sa.Text(), nullable=False, comment="open | ended"),
        sa.Column("adviser", sa.Text(), nullable=False),
        sa.Column("adviser_since", sa.Date(), nullable=False),
        sa.Column(
            "adviser_left_on", sa.Date(), nullable=True, comment="they left or were suspended: a handover is due"
        ),
        sa.Column("advisers", postgresql.JSONB(), nullable=False, comment="earlier ones: [{adviser, since, until}]"),
        sa.Column("wants_support_after_21", sa.Boolean(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True, comment="of the support there is after 21"),
        sa.Column("plan_number", sa.Integer(), nullable=False),
        sa.Column("plan_agreed_on", sa.Date(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("review_overdue", sa.Boolean(), nullable=False),
        sa.Column("entitlements", postgresql.JSONB(), nullable=False, comment="[{code, state, on, pence, words, by}]"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_care_leaver_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_care_leaver_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_leaver")),
        comment="Young people leaving care",
    )
    op.create_index("ix_care_leaver_adviser", "care_leaver", ["adviser", "state"])
    op.create_index("ix_care_leaver_recorded_at", "care_leaver", ["recorded_at", "id"])
    op.create_index(
        "uq_care_leaver_open", "care_leaver", ["person_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )

    op.create_table(
        "pathway_plan",
        sa.Column("care_leaver_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False, comment="what they want, in their words"),
        sa.Column("needs", postgresql.JSONB(), nullable=False, comment="[{area, words, actions}]"),
        sa.Column("agreed", sa.Boolean(), nullable=False, comment="by the young person"),
        sa.Column("disagreement", sa.Text(), nullable=True, comment="what they say against it"),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["care_leaver_id"], ["care_leaver.id"], name=op.f("fk_pathway_plan_care_leaver_id")),
        sa.PrimaryKeyConstraint("care_leaver_id", "number", name=op.f("pk_pathway_plan")),
        comment="Pathway plans, each as it was agreed",
    )

    op.create_table(
        "pathway_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("care_leaver_id", sa.Uuid(), nullable=False),
        sa.Column("plan_number", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True, comment="when it was due"),
        sa.Column("asked_for_by", sa.Text(), nullable=False, comment="clock | young_person | adviser"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["care_leaver_id"], ["care_leaver.id"], name=op.f("fk_pathway_review_care_leaver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway_review")),
        comment="Reviews of pathway plans",
    )
    op.create_index("ix_pathway_review_care_leaver_id", "pathway_review", ["care_leaver_id", "held_on"])

    op.create_table(
        "adviser_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("care_leaver_id", sa.Uuid(), nullable=False),
        sa.Column("from_adviser", sa.Text(), nullable=False),
        sa.Column("to_adviser", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False, comment="met | told: the young person knows who is next"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="offered | accepted | declined | lapsed"),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_adviser <> to_adviser", name=op.f("ck_adviser_handover_two_advisers")),
        sa.ForeignKeyConstraint(
            ["care_leaver_id"], ["care_leaver.id"], name=op.f("fk_adviser_handover_care_leaver_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adviser_handover")),
        comment="Handovers between personal advisers",
    )
    op.create_index("ix_adviser_handover_to_adviser", "adviser_handover", ["to_adviser", "state"])
    op.create_index(
        "uq_adviser_handover_offered",
        "adviser_handover",
        ["care_leaver_id"],
        unique=True,
        postgresql_where=sa.text("state = 'offered'"),
    )

    op.create_table(
        "safety_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="who is harmed"),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="anti_social_behaviour | hate_crime | cuckooing"),
        sa.Column("compartment", sa.Text(), nullable=False, comment="crime, or empty"),
        sa.Column(
            "strands", postgresql.ARRAY(sa.Text()), nullable=False, comment="what a hate crime is about, as they see it"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="open | closed"),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("safeguarding", sa.Text(), nullable=True, comment="raised | not_needed"),
        sa.Column("safeguarding_reason", sa.Text(), nullable=True),
        sa.Column("harm", sa.Text(), nullable=False, comment="what it does to them, in their words"),
        sa.Column("wanted", sa.Text(), nullable=False, comment="what would make it stop, in their words"),
        sa.Column(
            "incidents",
            postgresql.JSONB(),
            nullable=False,
            comment="[{id, happened_on, words, place, told_to, complained_on, reference, by}]",
        ),
        sa.Column(
            "assessments",
            postgresql.JSONB(),
            nullable=False,
            comment="[{form, scores, total, most, by_total, band, judgement_reason, on, by}]",
        ),
        sa.Column(
            "actions",
            postgresql.JSONB(),
            nullable=False,
            comment="[{id, partner, words, due_on, state, ended_on, outcome}]",
        ),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_safety_case_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_safety_case_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_case")),
        comment="Anti-social behaviour, hate crime, cuckooing",
    )
    op.create_index("ix_safety_case_opened_at", "safety_case", ["opened_at", "id"])
    op.create_index("ix_safety_case_person_id", "safety_case", ["person_id"])

    op.create_table(
        "asb_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("safety_case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="asked | threshold_met | threshold_not_met | reviewed"),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False, comment="themselves | somebody_for_them"),
        sa.Column("complaints", postgresql.JSONB(), nullable=False, comment="[{happened_on, complained_on}]"),
        sa.Column("due_on", sa.Date(), nullable=False, comment="of the decision, then of the review"),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("recommendations", sa.Text(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True, comment="the person was told"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["safety_case_id"], ["safety_case.id"], name=op.f("fk_asb_review_safety_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asb_review")),
        comment="Case reviews (community trigger), 2014 Act s104",
    )
    op.create_index("ix_asb_review_due_on", "asb_review", ["due_on", "id"])
    op.create_index(
        "uq_asb_review_open",
        "asb_review",
        ["safety_case_id"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'threshold_met')"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_asb_review_open", table_name="asb_review", postgresql_where=sa.text("state in ('asked', 'threshold_met')")
    )
    op.drop_index("ix_asb_review_due_on", table_name="asb_review")
    op.drop_table("asb_review")
    op.drop_index("ix_safety_case_person_id", table_name="safety_case")
    op.drop_index("ix_safety_case_opened_at", table_name="safety_case")
    op.drop_table("safety_case")
    op.drop_index(
        "uq_adviser_handover_offered", table_name="adviser_handover", postgresql_where=sa.text("state = 'offered'")
    )
    op.drop_index("ix_adviser_handover_to_adviser", table_name="adviser_handover")
    op.drop_table("adviser_handover")
    op.drop_index("ix_pathway_review_care_leaver_id", table_name="pathway_review")
    op.drop_table("pathway_review")
    op.drop_table("pathway_plan")
    op.drop_index("uq_care_leaver_open", table_name="care_leaver", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_care_leaver_recorded_at", table_name="care_leaver")
    op.drop_index("ix_care_leaver_adviser", table_name="care_leaver")
    op.drop_table("care_leaver")
    op.drop_index("ix_known_appointment_worker", table_name="known_appointment")
    op.drop_table("known_appointment")
    op.drop_index("uq_work_offer_standing", table_name="work_offer", postgresql_where=sa.text("state = 'offered'"))
    op.drop_index("ix_work_offer_vacancy_id", table_name="work_offer")
    op.drop_index("ix_work_offer_offered_at", table_name="work_offer")
    op.drop_table("work_offer")
    op.drop_index("uq_work_check_job_id", table_name="work_check")
    op.drop_index("ix_work_check_waiting", table_name="work_check", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table("work_check")
    op.drop_index("ix_work_job_journey_id", table_name="work_job")
    op.drop_table("work_job")
    op.drop_index("uq_work_journey_open", table_name="work_journey", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_work_journey_worker", table_name="work_journey")
    op.drop_index("ix_work_journey_opened_at", table_name="work_journey")
    op.drop_index(
        "ix_work_journey_coach",
        table_name="work_journey",
        postgresql_where=sa.text("coach is not null and state = 'open'"),
    )
    op.drop_table("work_journey")
    op.drop_index("ix_work_vacancy_opened_on", table_name="work_vacancy")
    op.drop_table("work_vacancy")
    op.drop_table("equality_answer")
    op.drop_table("published_quarter")
    op.drop_index("uq_outcome_source", table_name="outcome", postgresql_where=sa.text("state <> 'struck'"))
    op.drop_index("ix_outcome_waiting", table_name="outcome", postgresql_where=sa.text("state = 'recorded'"))
    op.drop_index("ix_outcome_recorded_at", table_name="outcome")
    op.drop_index("ix_outcome_person_id", table_name="outcome")
    op.drop_index("ix_outcome_household_id", table_name="outcome")
    op.drop_table("outcome")
