"""Contacts with their needs and decisions; safeguarding concerns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge; null: unnamed"
        ),
        sa.Column("given_household_id", sa.Uuid(), nullable=True, comment="as the officer said"),
        sa.Column(
            "found_household_id", sa.Uuid(), nullable=True, comment="where we knew the person to live when deciding"
        ),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.Column("state", sa.Text(), nullable=False, comment="open | closed"),
        sa.Column(
            "stage", sa.Text(), nullable=False, comment="contact | screening | final: the furthest of its decisions"
        ),
        sa.Column("language", sa.Text(), nullable=True, comment="BCP 47"),
        sa.Column("interpreter", postgresql.JSONB(), nullable=True, comment="{kind, dialect, gender}"),
        sa.Column("safe_contact", postgresql.JSONB(), nullable=True, comment="{ways, never, times, note}"),
        sa.Column(
            "speaks_for",
            postgresql.JSONB(),
            nullable=True,
            comment="{name, capacity, scope, proof_seen, expires_on}: who speaks for the person",
        ),
        sa.Column("what_matters", sa.Text(), nullable=True, comment="what matters to them, in their words"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        comment="Conversations at the front door",
    )
    op.create_index("ix_contact_hub", "contact", ["hub", "occurred_at", "id"])
    op.create_index("ix_contact_occurred_at", "contact", ["occurred_at", "id"])
    op.create_index("ix_contact_person_id", "contact", ["person_id", "occurred_at", "id"])
    op.create_index("ix_contact_state", "contact", ["state", "occurred_at", "id"])
    op.create_table(
        "safeguarding_concern",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="child | adult | unknown"),
        sa.Column("level", sa.Text(), nullable=True, comment="red | amber | green; null: nobody said, so red"),
        sa.Column("rank", sa.SmallInteger(), nullable=False, comment="0 red, 1 amber, 2 green"),
        sa.Column("state", sa.Text(), nullable=False, comment="raised | escalated | acknowledged"),
        sa.Column("what_happened", sa.Text(), nullable=True),
        sa.Column("fgm_under_18", sa.Boolean(), nullable=False),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True, comment="as the raiser said; need not be one of ours"),
        sa.Column("as_sent", sa.Text(), nullable=False, comment="the whole of what was sent: nothing of it is lost"),
        sa.Column("unread", postgresql.ARRAY(sa.Text()), nullable=False, comment="fields that made no sense to us"),
        sa.Column(
            "reference", sa.Uuid(), nullable=True, comment="made by the raiser's page, so that a retry is no second one"
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the body"),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledgement_note", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safeguarding_concern")),
        comment="Concerns about a child or an adult",
    )
    op.create_index(
        "ix_safeguarding_concern_open",
        "safeguarding_concern",
        ["rank", "due_at", "id"],
        postgresql_where=sa.text("state <> 'acknowledged'"),
    )
    op.create_index("ix_safeguarding_concern_state", "safeguarding_concern", ["state", "rank", "due_at", "id"])
    op.create_index(
        "uq_safeguarding_concern_retry",
        "safeguarding_concern",
        ["raised_by", "reference", "digest"],
        unique=True,
        postgresql_where=sa.text("reference is not null"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("specialism", sa.Text(), nullable=True),
        sa.Column("statutory_service", sa.Text(), nullable=True),
        sa.Column("need_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="empty only for help given unnamed"),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_decision_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        comment="Who decided where needs go, and why",
    )
    op.create_index("uq_decision_contact_id_number", "decision", ["contact_id", "number"], unique=True)
    op.create_table(
        "need",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, 3 in the order they were told"),
        sa.Column("domain", sa.Text(), nullable=False, comment="one of the twelve (kit.contracts.codes)"),
        sa.Column("kind", sa.Text(), nullable=False, comment="presenting | underlying"),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, comment="open | met"),
        sa.Column("stage", sa.Text(), nullable=False, comment="how far its decision has come"),
        sa.Column("goal", sa.Text(), nullable=True, comment="what they want to come of it"),
        sa.Column("strengths", sa.Text(), nullable=True),
        sa.Column("tried", sa.Text(), nullable=True, comment="what they tried already"),
        sa.Column("where_tonight", sa.Text(), nullable=False),
        sa.Column("may_lose_home", sa.Boolean(), nullable=True, comment="within 56 days; null: not known"),
        sa.Column("homelessness_signs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_need_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        comment="What people need, recorded once",
    )
    op.create_index("uq_need_contact_id_number", "need", ["contact_id", "number"], unique=True)


def downgrade() -> None:
    for table in ("need", "decision", "contact", "safeguarding_concern"):
        op.drop_table(table)
