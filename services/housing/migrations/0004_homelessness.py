"""Homelessness: applications, assessments, plans, duties, decisions, reviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = (
    "homelessness_case",
    "homelessness_member",
    "homelessness_assessment",
    "homelessness_decision",
    "homelessness_duty",
    "housing_plan",
    "housing_plan_step",
    "homelessness_review",
    "homelessness_activity",
    "illegal_eviction",
)


def upgrade() -> None:
    op.create_table(
        "homelessness_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("member_person_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="application | duty_to_refer | officer"),
        sa.Column("referred_by", sa.Text(), nullable=True, comment="the kind of public body (s213B)"),
        sa.Column("contact_id", sa.Uuid(), nullable=True, comment="triage's contact"),
        sa.Column("known_application_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("known_duty_to_refer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "made_on",
            sa.Date(),
            nullable=False,
            comment="the day they applied, or were referred: no clock counts from before",
        ),
        sa.Column("applied", sa.Boolean(), nullable=False, comment="a referral is not itself an application"),
        sa.Column("where_tonight", sa.Text(), nullable=False),
        sa.Column("tonight", sa.Text(), nullable=False, comment="house_tonight | ask | not_tonight (HA 1996 s188)"),
        sa.Column("priority_signs", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("position", sa.Text(), nullable=False, comment="a position of law/duties.toml"),
        sa.Column("position_since", sa.Date(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=True, comment="who holds it"),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_by_transition", sa.Text(), nullable=True),
        sa.Column(
            "announced", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="approach.made was told"
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homelessness_case")),
        comment="Homelessness: applications and what became of them",
    )
    op.create_index("ix_homelessness_case_household_id", "homelessness_case", ["household_id"], unique=False)
    op.create_index("ix_homelessness_case_made_on", "homelessness_case", ["made_on", "id"], unique=False)
    op.create_index("ix_homelessness_case_position", "homelessness_case", ["position", "made_on", "id"], unique=False)
    op.create_index("uq_homelessness_case_contact_id", "homelessness_case", ["contact_id"], unique=True)
    op.create_index(
        "uq_homelessness_case_open",
        "homelessness_case",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("closed_on is null and person_id is not null"),
    )
    op.create_table(
        "homelessness_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge"),
        sa.Column("role", sa.Text(), nullable=False, comment="main_applicant | partner | child | other"),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=False, comment="female | male | other | unknown"),
        sa.Column("pregnant", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("baby_due_on", sa.Date(), nullable=True),
        sa.Column("care_leaver", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "in_education",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="a child to 18: dependent until 19",
        ),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["homelessness_case.id"], name=op.f("fk_homelessness_member_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homelessness_member")),
        comment="Homelessness: who belongs to the household that applied",
    )
    op.create_index("ix_homelessness_member_case_id", "homelessness_member", ["case_id"], unique=False)
    op.create_index(
        "uq_homelessness_member_main",
        "homelessness_member",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("role = 'main_applicant' and left_on is null"),
    )
    op.create_table(
        "homelessness_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_to_believe", sa.Boolean(), nullable=False, comment="s188(1): the low threshold for a roof"),
        sa.Column("eligible", sa.Text(), nullable=False, comment="yes | no | unknown"),
        sa.Column("eligibility_basis", sa.Text(), nullable=True),
        sa.Column("homelessness", sa.Text(), nullable=False, comment="homeless | threatened | neither | unknown"),
        sa.Column("homeless_on", sa.Date(), nullable=True, comment="since when, or by when"),
        sa.Column("notice_type", sa.Text(), nullable=True),
        sa.Column("landlord", sa.Text(), nullable=True),
        sa.Column("notice_served_on", sa.Date(), nullable=True),
        sa.Column("notice_expires_on", sa.Date(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("priority_category", sa.Text(), nullable=True),
        sa.Column("intentional", sa.Text(), nullable=False),
        sa.Column("intentional_reasons", sa.Text(), nullable=True),
        sa.Column("connection_here", sa.Text(), nullable=False),
        sa.Column("connection_basis", sa.Text(), nullable=True),
        sa.Column("connection_there", sa.Text(), nullable=False),
        sa.Column("connection_authority", sa.Text(), nullable=True, comment="ONS code"),
        sa.Column("violence_there", sa.Text(), nullable=False),
        sa.Column("loss_reason", sa.Text(), nullable=True),
        sa.Column("last_settled", sa.Text(), nullable=True),
        sa.Column("accommodation_now", sa.Text(), nullable=True),
        sa.Column("support_needs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("causes", postgresql.ARRAY(sa.Text()), nullable=False, comment="why, beneath the reason"),
        sa.Column("circumstances", sa.Text(), nullable=True, comment="s189A(2)(a): what led to it"),
        sa.Column("housing_needs", sa.Text(), nullable=True, comment="s189A(2)(b)"),
        sa.Column("support_words", sa.Text(), nullable=True, comment="s189A(2)(c)"),
        sa.Column("wishes", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["homelessness_case.id"], name=op.f("fk_homelessness_assessment_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homelessness_assessment")),
        comment="Homelessness: what was found",
    )
    op.create_index("uq_homelessness_assessment_number", "homelessness_assessment", ["case_id", "number"], unique=True)
    op.create_table(
        "homelessness_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("transition", sa.Text(), nullable=False, comment="a transition of law/duties.toml"),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="to_authorise | to_notify | notified | withdrawn | overturned"
        ),
        sa.Column("from_position", sa.Text(), nullable=False),
        sa.Column("to_position", sa.Text(), nullable=False),
        sa.Column("assessment_number", sa.Integer(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column(
            "made_by", sa.Text(), nullable=False, comment="a named officer; the system only where the law asks nobody"
        ),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("particulars", postgresql.JSONB(), nullable=False),
        sa.Column("authorised_by", sa.Text(), nullable=True),
        sa.Column("authorised_on", sa.Date(), nullable=True),
        sa.Column("effect_on", sa.Date(), nullable=True, comment="the day from which it holds; null: it does not yet"),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("notified_how", sa.Text(), nullable=True, comment="post | by_hand | collected"),
        sa.Column("notified_by", sa.Text(), nullable=True),
        sa.Column("review_kind", sa.Text(), nullable=True),
        sa.Column("review_until", sa.Date(), nullable=True, comment="the last day on which a review may be asked for"),
        sa.Column("letter", postgresql.JSONB(), nullable=False, comment="its words as they went out"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["homelessness_case.id"], name=op.f("fk_homelessness_decision_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homelessness_decision")),
        comment="Homelessness: decisions and their letters",
    )
    op.create_index("ix_homelessness_decision_state", "homelessness_decision", ["state", "made_on", "id"], unique=False)
    op.create_index("uq_homelessness_decision_number", "homelessness_decision", ["case_id", "number"], unique=True)
    op.create_table(
        "homelessness_duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False, comment="a duty of law/duties.toml"),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True, comment="of its clock; null: no limit"),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("accommodation", sa.Text(), nullable=True, comment="where they went, if it ended in a home"),
        sa.Column("stayed", sa.Boolean(), nullable=True, comment="in the home they had"),
        sa.Column("start_decision_id", sa.Uuid(), nullable=False),
        sa.Column("end_decision_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(ended_on is null) = (end_reason is null)", name=op.f("ck_homelessness_duty_reason_iff_ended")
        ),
        sa.CheckConstraint("ended_on >= started_on - 1", name=op.f("ck_homelessness_duty_in_order")),
        sa.ForeignKeyConstraint(["case_id"], ["homelessness_case.id"], name=op.f("fk_homelessness_duty_case_id")),
        sa.ForeignKeyConstraint(
            ["end_decision_id"], ["homelessness_decision.id"], name=op.f("fk_homelessness_duty_end_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["start_decision_id"], ["homelessness_decision.id"], name=op.f("fk_homelessness_duty_start_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homelessness_duty")),
        comment="Homelessness: duties owed, from which day to which",
    )
    op.create_index(
        "ix_homelessness_duty_last_day",
        "homelessness_duty",
        ["last_day"],
        unique=False,
        postgresql_where=sa.text("ended_on is null"),
    )
    op.create_index(
        "uq_homelessness_duty_live",
        "homelessness_duty",
        ["case_id", "duty"],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )
    op.create_table(
        "housing_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True, comment="s189A(4): they agreed to the steps"),
        sa.Column("not_agreed_on", sa.Date(), nullable=True),
        sa.Column("not_agreed_why", sa.Text(), nullable=True, comment="s189A(6)(a): why there is no agreement"),
        sa.Column("given_on", sa.Date(), nullable=True, comment="s189A(8): a copy in writing"),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["homelessness_case.id"], name=op.f("fk_housing_plan_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_housing_plan")),
        comment="Personalised housing plans",
    )
    op.create_index("ix_housing_plan_review_on", "housing_plan", ["review_on"], unique=False)
    op.create_index("uq_housing_plan_case_id", "housing_plan", ["case_id"], unique=True)
    op.create_table(
        "housing_plan_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False, comment="ours | theirs | partners"),
        sa.Column("weight", sa.Text(), nullable=True, comment="of theirs: mandatory | recommended"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="open | done | not_done | dropped"),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_words", sa.Text(), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["housing_plan.id"], name=op.f("fk_housing_plan_step_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_housing_plan_step")),
        comment="Steps of personalised housing plans",
    )
    op.create_index("ix_housing_plan_step_due_on", "housing_plan_step", ["due_on"], unique=False)
    op.create_index("ix_housing_plan_step_plan_id", "housing_plan_step", ["plan_id", "number"], unique=False)
    op.create_table(
        "homelessness_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="a review of law/clocks.toml"),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_words", sa.Text(), nullable=True),
        sa.Column(
            "late_because", sa.Text(), nullable=True, comment="why a longer time was allowed in writing (s202(3))"
        ),
        sa.Column("representations_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True, comment="agreed in writing"),
        sa.Column("minded_to_on", sa.Date(), nullable=True, comment="SI 2018/223 reg 7(2)"),
        sa.Column("state", sa.Text(), nullable=False, comment="open | decided | withdrawn"),
        sa.Column("outcome", sa.Text(), nullable=True, comment="stands | stands_despite_a_fault | overturned"),
        sa.Column("reviewer", sa.Text(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("appeal_until", sa.Date(), nullable=True, comment="county court, on a point of law (s204)"),
        sa.Column("letter", postgresql.JSONB(), nullable=True, comment="its words as they went out"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["homelessness_case.id"], name=op.f("fk_homelessness_review_case_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["homelessness_decision.id"], name=op.f("fk_homelessness_review_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homelessness_review")),
        comment="Homelessness: reviews of decisions",
    )
    op.create_index("ix_homelessness_review_due_on", "homelessness_review", ["state", "due_on", "id"], unique=False)
    op.create_index("uq_homelessness_review_decision_id", "homelessness_review", ["decision_id", "kind"], unique=True)
    op.create_table(
        "homelessness_activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=True, comment="the duty owed then; null: none"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True, comment="what it was meant to mend"),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("amount_pence", sa.Integer(), nullable=True),
        sa.Column("fund", sa.Text(), nullable=True, comment="where the money is from"),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True, comment="home_kept | home_found | time_won | no_change | worse"),
        sa.Column("outcome_words", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(ended_on is null) = (outcome is null)", name=op.f("ck_homelessness_activity_outcome_iff_ended")
        ),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_homelessness_activity_more_than_nothing")),
        sa.ForeignKeyConstraint(["case_id"], ["homelessness_case.id"], name=op.f("fk_homelessness_activity_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homelessness_activity")),
        comment="Homelessness: what was done, what it cost and what came of it",
    )
    op.create_index(
        "ix_homelessness_activity_case_id", "homelessness_activity", ["case_id", "started_on"], unique=False
    )
    op.create_table(
        "illegal_eviction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("acts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="by when enforcement takes it"),
        sa.Column("state", sa.Text(), nullable=False, comment="reported | taken | ended"),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Text(),
            nullable=True,
            comment="let_back_in | left_for_good | prosecuted | cautioned | not_an_offence",
        ),
        sa.Column("outcome_words", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["homelessness_case.id"], name=op.f("fk_illegal_eviction_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_illegal_eviction")),
        comment="Illegal evictions reported to enforcement",
    )
    op.create_index("ix_illegal_eviction_case_id", "illegal_eviction", ["case_id"], unique=False)
    op.create_index("ix_illegal_eviction_state", "illegal_eviction", ["state", "due_at", "id"], unique=False)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
