"""Offers of help, attempts, objections, recovery holds, and the Breathing Spaces they wait for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MERGED = "casefile's id, never changed by a merge"


def upgrade() -> None:
    op.create_table(
        "outreach_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment=f"{_MERGED}; whom we speak to"),
        sa.Column("kind", sa.Text(), nullable=False, comment="what called for it (kit.contracts.codes)"),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column(
            "signal_ids",
            postgresql.ARRAY(sa.Uuid()),
            nullable=False,
            comment="the first opened it, the later joined",
        ),
        sa.Column("source", sa.Text(), nullable=False, comment="for the record; never shown to a caller"),
        sa.Column("cohort_id", sa.Uuid(), nullable=True, comment="for the record; never shown to a caller"),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, comment="offered | held | accepted | declined | closed"),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("hub", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True, comment="what taking it up opened"),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_outreach_offer_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_offer")),
        comment="Offers of help",
    )
    op.create_index(
        "uq_outreach_offer_open",
        "outreach_offer",
        ["household_id", "kind"],
        unique=True,
        postgresql_where=sa.text("status in ('offered', 'held')"),
    )
    op.create_index("ix_outreach_offer_status", "outreach_offer", ["status", "offered_at", "id"])
    op.create_index("ix_outreach_offer_person_id", "outreach_offer", ["person_id"])
    op.create_index("ix_outreach_offer_household_id", "outreach_offer", ["household_id", "kind"])
    op.create_table(
        "outreach_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "against_safe_route", sa.Boolean(), nullable=False, comment="by a way they had told us never to use"
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["outreach_offer.id"], name=op.f("fk_outreach_attempt_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_attempt")),
        comment="Attempts to reach people with an offer",
    )
    op.create_index("uq_outreach_attempt_offer_id_number", "outreach_attempt", ["offer_id", "number"], unique=True)
    op.create_table(
        "objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment=_MERGED),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="standing | withdrawn"),
        sa.Column("confirmed_by", sa.Text(), nullable=False, comment="the safe route by which they said it"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawal_confirmed_by", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        comment="Objections to a purpose",
    )
    op.create_index(
        "uq_objection_standing",
        "objection",
        ["person_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("state = 'standing'"),
    )
    op.create_index("ix_objection_person_id", "objection", ["person_id", "recorded_at", "id"])
    op.create_table(
        "recovery_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment=_MERGED),
        sa.Column("creditor", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="requested | granted | refused | unanswered"),
        sa.Column("until", sa.Date(), nullable=True, comment="the last day of a hold granted"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), nullable=False, comment="no answer by then goes to a manager"
        ),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["outreach_offer.id"], name=op.f("fk_recovery_hold_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_hold")),
        comment="Creditors asked to hold recovery",
    )
    op.create_index(
        "uq_recovery_hold_waiting",
        "recovery_hold",
        ["person_id", "creditor"],
        unique=True,
        postgresql_where=sa.text("state in ('requested', 'unanswered')"),
    )
    op.create_index("ix_recovery_hold_state", "recovery_hold", ["state", "requested_at", "id"])
    op.create_index("ix_recovery_hold_offer_id", "recovery_hold", ["offer_id"])
    op.create_table(
        "known_breathing_space",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="the last day; null while nobody knows it"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_breathing_space")),
        comment="Breathing Spaces, from casefile's events",
    )
    for column in ("household_id", "person_id"):
        op.create_index(
            f"ix_known_breathing_space_{column}",
            "known_breathing_space",
            [column],
            postgresql_where=sa.text("active"),
        )


def downgrade() -> None:
    for table in (
        "known_breathing_space",
        "recovery_hold",
        "objection",
        "outreach_attempt",
        "outreach_offer",
    ):
        op.drop_table(table)
