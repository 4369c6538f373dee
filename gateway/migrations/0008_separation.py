"""Pairs of people kept apart before every service has heard."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_separation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "separation_id", sa.Uuid(), nullable=True, comment="casefile's; null until its answer, or its event, came"
        ),
        sa.Column("protected_person_id", sa.Uuid(), nullable=False),
        sa.Column("separated_person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "pairs",
            postgresql.JSONB(),
            nullable=False,
            comment="who is hidden: the two, and whoever lives with either, each with the other one",
        ),
        sa.Column(
            "waiting", postgresql.ARRAY(sa.Text()), nullable=False, comment="the services that have to confirm"
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.clock_timestamp()),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_separation")),
        comment="Pairs hidden by the door until every service keeps them back itself",
    )
    op.create_index(
        "ix_pending_separation_waiting",
        "pending_separation",
        ["asked_at"],
        postgresql_where=sa.text("settled_at is null"),
    )
    op.create_table(
        "applied_separation",
        sa.Column("separation_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("separation_id", "service", name=op.f("pk_applied_separation")),
        comment="Which service keeps back what is sealed, up to which version",
    )
    # Who lives together is asked when a separation passes, and for each change told of a household.
    op.create_index(
        "raw_known_person_households",
        "known_person",
        ["households"],
        postgresql_using="gin",
        postgresql_ops={"households": "jsonb_path_ops"},
    )


def downgrade() -> None:
    op.drop_index("raw_known_person_households", "known_person")
    op.drop_table("applied_separation")
    op.drop_table("pending_separation")
