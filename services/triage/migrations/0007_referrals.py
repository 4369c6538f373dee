"""Referrals, what was disclosed, chasers and answers; capacity questions, discharges, messages to landlords."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="referrals.domain.TRANSITIONS"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "until", sa.Date(), nullable=True, comment="last day of a wait; or when a refusal may be asked again"
        ),
        sa.Column("next_step", sa.Text(), nullable=True, comment="what a refusal or failure asks for next"),
        sa.Column("followed_up", sa.Text(), nullable=True, comment="what was done about it"),
        sa.Column("followed_by", sa.Uuid(), nullable=True, comment="the referral made instead"),
        sa.Column("asked_again_because", sa.Text(), nullable=True),
        sa.Column("request", sa.Text(), nullable=False, comment="what is asked, in words"),
        sa.Column("shared", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "basis", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="kit.contracts.lawful_basis"
        ),
        sa.Column("sharing_for", sa.Text(), nullable=True, comment="what the partner may use it for"),
        sa.Column("send_to", sa.Text(), nullable=True, comment="another mailbox than the organisation's own"),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("chases", sa.Integer(), nullable=False),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_to", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all here"),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_referral_contact_id")),
        sa.ForeignKeyConstraint(["followed_by"], ["referral.id"], name=op.f("fk_referral_followed_by")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_referral_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        comment="Help asked of partners",
    )
    op.create_index("ix_referral_contact_id", "referral", ["contact_id"], unique=False)
    op.create_index("ix_referral_created_at", "referral", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_referral_escalated_to",
        "referral",
        ["escalated_to"],
        unique=False,
        postgresql_where=sa.text("escalated_to is not null"),
    )
    op.create_index("ix_referral_organisation_id", "referral", ["organisation_id", "created_at", "id"], unique=False)
    op.create_index("ix_referral_person_id", "referral", ["person_id", "created_at", "id"], unique=False)
    op.create_index("ix_referral_state", "referral", ["state", "created_at", "id"], unique=False)
    op.create_table(
        "referral_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="moved | changed | chased | escalated | followed_up"),
        sa.Column("state", sa.Text(), nullable=False, comment="the state after it"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True, comment="what was said"),
        sa.Column("heard_by", sa.Text(), nullable=True, comment="by which way a partner told whoever wrote it down"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_referral_step_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_step")),
        comment="What happened to referrals",
    )
    op.create_index("uq_referral_step_referral_id_number", "referral_step", ["referral_id", "number"], unique=True)
    op.create_table(
        "referral_disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("shared", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sharing_for", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False, comment="the purpose stated with the request that sent it"),
        sa.Column("why", sa.Text(), nullable=True, comment="of a change of what was sent before"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_referral_disclosure_referral_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_disclosure")),
        comment="The record of disclosure",
    )
    op.create_index(
        "uq_referral_disclosure_referral_id_number", "referral_disclosure", ["referral_id", "number"], unique=True
    )
    op.create_table(
        "known_manager",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True, comment="null: a team"),
        sa.Column("manager", sa.Text(), nullable=True),
        sa.Column("manages", sa.Boolean(), nullable=False, comment="holds the role of a manager"),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("absent_from", sa.Date(), nullable=True),
        sa.Column("absent_until", sa.Date(), nullable=True, comment="first day back"),
        sa.Column("covered_by", sa.Text(), nullable=True),
        sa.Column(
            "members",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="of a team: [{worker_id, role, from, to}]",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_manager")),
        comment="Who answers for whom, from the gateway's events; ids and dates only",
    )
    op.create_index("ix_known_manager_worker_id", "known_manager", ["worker_id"], unique=False)
    op.create_table(
        "capacity_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True, comment="BCP 47"),
        sa.Column("ward", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="asked | answered | unanswered"),
        sa.Column("answer", sa.Text(), nullable=True, comment="yes | waiting_list | no"),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("wait_days", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all here"),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_capacity_question_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_question")),
        comment="Questions to partners about nobody",
    )
    op.create_index("ix_capacity_question_asked_at", "capacity_question", ["asked_at", "id"], unique=False)
    op.create_index(
        "ix_capacity_question_organisation_id",
        "capacity_question",
        ["organisation_id", "domain", "asked_at"],
        unique=False,
    )
    op.create_table(
        "discharge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True, comment="the sender's, as the gateway vouches"),
        sa.Column("message", sa.Text(), nullable=False, comment="the sender's own id of the message"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, once somebody has found them"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column(
            "told",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="name, birth date, address, ways; cleared on cancel",
        ),
        sa.Column(
            "left_out",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="kinds of entries that were not read nor kept",
        ),
        sa.Column("home_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call_by", sa.DateTime(timezone=True), nullable=False, comment="72 hours after they came home"),
        sa.Column(
            "checks", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="{check: {state, by, at, note}}"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="open | settled | cancelled"),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_to", sa.Text(), nullable=True),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all here"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discharge")),
        comment="People who come home from hospital",
    )
    op.create_index(
        "ix_discharge_open", "discharge", ["home_at", "id"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index("ix_discharge_person_id", "discharge", ["person_id"], unique=False)
    op.create_index("uq_discharge_received_by_message", "discharge", ["received_by", "message"], unique=True)
    op.create_table(
        "landlord_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False, comment="landlords.domain.KINDS"),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="dates and amounts of that kind, and no words",
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="kit.contracts.lawful_basis"
        ),
        sa.Column("sent_to", sa.Text(), nullable=False, comment="the landlord's mailbox"),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_landlord_message_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_landlord_message")),
        comment="Messages to landlords",
    )
    op.create_index("ix_landlord_message_person_id", "landlord_message", ["person_id", "sent_at", "id"], unique=False)
    op.create_index("ix_landlord_message_sent_at", "landlord_message", ["sent_at", "id"], unique=False)


def downgrade() -> None:
    for table in (
        "landlord_message",
        "discharge",
        "capacity_question",
        "known_manager",
        "referral_disclosure",
        "referral_step",
        "referral",
    ):
        op.drop_table(table)
