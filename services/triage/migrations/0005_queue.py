"""The queue, its rules and their versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_ORDER = ["band", "stands_since", "id"]


def upgrade() -> None:
    op.create_table(
        "queue_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="contact | safeguarding"),
        sa.Column("subject_id", sa.Uuid(), nullable=False, comment="the contact or the concern"),
        sa.Column(
            "person_ids",
            postgresql.ARRAY(sa.Uuid()),
            nullable=False,
            comment="casefile's ids, never changed by a merge",
        ),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True, comment="whose list; null: everybody's"),
        sa.Column("hub", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False, comment="what the rules may know: codes"),
        sa.Column(
            "arrived_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"
        ),
        sa.Column("own_due_at", sa.DateTime(timezone=True), nullable=True, comment="brought by the concern"),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting | removed"),
        sa.Column("reason", sa.Text(), nullable=True, comment="of its last move, or of its removal"),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("band", sa.SmallInteger(), nullable=False, comment="0 is the first"),
        sa.Column(
            "stands_since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="arrival less head starts: the earliest is next",
        ),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), nullable=True, comment="when the first of its clocks runs out"
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_entry")),
        comment="Who waits, in order",
    )
    op.create_index("uq_queue_entry_kind_subject_id", "queue_entry", ["kind", "subject_id"], unique=True)
    op.create_index("ix_queue_entry_order", "queue_entry", _ORDER, postgresql_where=_WAITING)
    op.create_index("ix_queue_entry_team", "queue_entry", ["team", *_ORDER], postgresql_where=_WAITING)
    op.create_index("ix_queue_entry_hub", "queue_entry", ["hub", *_ORDER], postgresql_where=_WAITING)
    op.create_index("ix_queue_entry_household_id", "queue_entry", ["household_id"], postgresql_where=_WAITING)
    op.create_table(
        "queue_rules",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False, comment="counts its changes of state: its ETag"),
        sa.Column("state", sa.Text(), nullable=False, comment="draft | published | superseded"),
        sa.Column("body", postgresql.JSONB(), nullable=False, comment="bands, rules, clocks, teams"),
        sa.Column("note", sa.Text(), nullable=False, comment="what it changes and why"),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_queue_rules")),
        comment="The queue's rules, version by version",
    )
    op.create_index(
        "uq_queue_rules_published",
        "queue_rules",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
    )


def downgrade() -> None:
    op.drop_table("queue_rules")
    op.drop_table("queue_entry")
