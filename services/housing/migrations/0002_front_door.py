"""What housing hears from the front door: applications as homeless, and duties to refer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MERGED = "casefile's id, never changed by a merge"


def upgrade() -> None:
    op.create_table(
        "known_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment=_MERGED),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("where_tonight", sa.Text(), nullable=False),
        sa.Column("tonight", sa.Text(), nullable=False, comment="house_tonight | ask | not_tonight (HA 1996 s188)"),
        sa.Column("priority_signs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_application")),
        comment="Applications as homeless, from triage's events",
    )
    op.create_index("ix_known_application_made_on", "known_application", ["made_on", "id"])
    op.create_table(
        "known_duty_to_refer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment=_MERGED),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="homeless | threatened"),
        sa.Column("where_tonight", sa.Text(), nullable=False),
        sa.Column("homeless_on", sa.Date(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_duty_to_refer")),
        comment="Duties to refer (Housing Act 1996 s213B), from triage's events",
    )
    op.create_index("ix_known_duty_to_refer_received_at", "known_duty_to_refer", ["received_at", "id"])


def downgrade() -> None:
    for table in ("known_duty_to_refer", "known_application"):
        op.drop_table(table)
