"""The housing register and medical assessments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "number", sa.Text(), nullable=False, comment="seven digits: what a household bids with, by telephone too"
        ),
        sa.Column("source_reference", sa.Text(), nullable=True, comment="of the register before ours"),
        sa.Column(
            "person_id", sa.Uuid(), nullable=False, comment="who applied; casefile's id, never changed by a merge"
        ),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column(
            "person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False, comment="everybody of it who is known by an id"
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False, comment="online | paper | assisted | load"),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("circumstances", postgresql.JSONB(), nullable=False, comment="what they said"),
        sa.Column(
            "learned",
            postgresql.JSONB(),
            nullable=False,
            comment="{fact: {value, source, on}}, from homelessness, decants and medical assessments",
        ),
        sa.Column(
            "officer_reasons",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="reasons of the scheme found by an officer",
        ),
        sa.Column("rules", sa.Text(), nullable=False, comment="the rule set of bedroom need"),
        sa.Column("bedrooms_needed", sa.SmallInteger(), nullable=True),
        sa.Column("bedrooms_fewest", sa.SmallInteger(), nullable=True, comment="the smallest home they may bid for"),
        sa.Column("bedrooms_lacking", sa.SmallInteger(), nullable=True),
        sa.Column(
            "need_set_by", sa.Text(), nullable=True, comment="the officer who set it by hand; null: the rules did"
        ),
        sa.Column("need_reason", sa.Text(), nullable=True),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("band_order", sa.SmallInteger(), nullable=True, comment="0 is the most urgent"),
        sa.Column("band_reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "preference", postgresql.ARRAY(sa.Text()), nullable=False, comment="groups of s166A(3), in CORE's words"
        ),
        sa.Column("priority_on", sa.Date(), nullable=True),
        sa.Column("access_needed", sa.Text(), nullable=False, comment="London's Accessible Housing Register"),
        sa.Column("highest_floor", sa.SmallInteger(), nullable=True, comment="without a lift; null: any"),
        sa.Column("renew_by", sa.Date(), nullable=True),
        sa.Column("renewal_asked_on", sa.Date(), nullable=True),
        sa.Column("recheck_on", sa.Date(), nullable=True, comment="the next birthday that may change the need"),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column(
            "state_before", sa.Text(), nullable=True, comment="of a review, or of a letting that may fall through"
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("letting_id", sa.Uuid(), nullable=True),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_application")),
        comment="Applications for a home",
    )
    op.create_index("ix_register_application_household_id", "register_application", ["household_id"], unique=False)
    op.create_index(
        "ix_register_application_order",
        "register_application",
        ["band_order", "priority_on", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('active', 'active_under_review', 'awaiting_reassessment')"),
    )
    op.create_index(
        "ix_register_application_person_ids",
        "register_application",
        ["person_ids"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_register_application_registered_at", "register_application", ["registered_at", "id"], unique=False
    )
    op.create_index("ix_register_application_renew_by", "register_application", ["renew_by"], unique=False)
    op.create_index(
        "ix_register_application_state", "register_application", ["state", "registered_at", "id"], unique=False
    )
    op.create_index(
        "uq_register_application_household_bids",
        "register_application",
        ["household_id"],
        unique=True,
        postgresql_where=sa.text("state in ('active', 'active_under_review', 'awaiting_reassessment')"),
    )
    op.create_index("uq_register_application_number", "register_application", ["number"], unique=True)
    op.create_index(
        "uq_register_application_source_reference", "register_application", ["source_reference"], unique=True
    )
    op.create_table(
        "register_established",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the duty, or the decant"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False, comment="homeless_duty | decant"),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True, comment="the first day no longer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_established")),
        comment="Duties and decants, as the register has heard of them",
    )
    op.create_index("ix_register_established_household_id", "register_established", ["household_id"], unique=False)
    op.create_index("ix_register_established_person_id", "register_established", ["person_id"], unique=False)
    op.create_table(
        "medical_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column(
            "person_id", sa.Uuid(), nullable=False, comment="whose health; casefile's id, never changed by a merge"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="received | assessed | withdrawn"),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False, comment="what they said of their health and their home"),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("outcome", sa.Text(), nullable=True, comment="a_medical | b_medical | no_medical"),
        sa.Column("access_needed", sa.Text(), nullable=True),
        sa.Column("highest_floor", sa.SmallInteger(), nullable=True, comment="without a lift"),
        sa.Column("own_room", sa.Boolean(), nullable=False, comment="they cannot be asked to share a bedroom"),
        sa.Column("extra_rooms", postgresql.ARRAY(sa.Text()), nullable=False, comment="e.g. overnight_carer"),
        sa.Column("findings", sa.Text(), nullable=True, comment="the assessor's reasons"),
        sa.Column("assessed_by", sa.Text(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["register_application.id"], name=op.f("fk_medical_assessment_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medical_assessment")),
        comment="Medical assessments",
    )
    op.create_index(
        "ix_medical_assessment_application_id",
        "medical_assessment",
        ["application_id", "received_on", "id"],
        unique=False,
    )
    op.create_index("ix_medical_assessment_person_id", "medical_assessment", ["person_id"], unique=False)
    op.create_index("ix_medical_assessment_state", "medical_assessment", ["state", "received_on", "id"], unique=False)
    op.create_table(
        "register_band_stay",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("band", sa.Text(), nullable=True, comment="null: in no band"),
        sa.Column("band_order", sa.SmallInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False, comment="when they told us of what put them there"),
        sa.Column("priority_on", sa.Date(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "decided_by", sa.Text(), nullable=False, comment="a rule of the scheme (system:housing) or a named officer"
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["register_application.id"], name=op.f("fk_register_band_stay_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "number", name=op.f("pk_register_band_stay")),
        comment="In which band a household was, from when",
    )
    op.create_table(
        "register_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="activate | disqualify | band | need | suspend | restore | end"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="proposed | confirmed | withdrawn | changed_on_review"),
        sa.Column("hurts", sa.Boolean(), nullable=False),
        sa.Column("effect", postgresql.JSONB(), nullable=False, comment="what it makes of the application"),
        sa.Column(
            "before", postgresql.JSONB(), nullable=False, comment="what stood before it: what a review may restore"
        ),
        sa.Column("facts", postgresql.JSONB(), nullable=False, comment="what it rests on, as known then"),
        sa.Column(
            "reasons", postgresql.ARRAY(sa.Text()), nullable=False, comment="in plain words, as the letter says them"
        ),
        sa.Column("words", sa.Text(), nullable=True, comment="the officer's own"),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.Column("review_ask_by", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["register_application.id"], name=op.f("fk_register_decision_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_decision")),
        comment="Decisions on applications for a home",
    )
    op.create_index(
        "ix_register_decision_application_id",
        "register_decision",
        ["application_id", "proposed_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_register_decision_waiting",
        "register_decision",
        ["proposed_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        "uq_register_decision_proposed",
        "register_decision",
        ["application_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "register_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id; null: not known to us by one"),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True, comment="of a child who is not born yet"),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="applicant | partner | other"),
        sa.Column("relation", sa.Text(), nullable=False, comment="to the applicant"),
        sa.Column("couple", sa.Text(), nullable=True, comment="the same word for the two of a couple"),
        sa.Column("own_room", sa.Text(), nullable=True, comment="why they cannot be asked to share: a code"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["register_application.id"], name=op.f("fk_register_member_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_member")),
        comment="Who is to live in the home applied for",
    )
    op.create_index("ix_register_member_person_id", "register_member", ["person_id"], unique=False)
    op.create_index("uq_register_member_number", "register_member", ["application_id", "number"], unique=True)
    op.create_table(
        "register_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="asked | upheld | changed | withdrawn"),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False, comment="why they think it is wrong"),
        sa.Column("decide_by", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False, comment="not decided in time: a manager has heard"),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["register_decision.id"], name=op.f("fk_register_review_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_review")),
        comment="Reviews of decisions on applications for a home",
    )
    op.create_index(
        "ix_register_review_waiting",
        "register_review",
        ["decide_by", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index("uq_register_review_decision_id", "register_review", ["decision_id"], unique=True)


def downgrade() -> None:
    for table in (
        "medical_assessment",
        "register_review",
        "register_decision",
        "register_band_stay",
        "register_established",
        "register_member",
        "register_application",
    ):
        op.drop_table(table)
