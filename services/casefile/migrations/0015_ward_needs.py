"""Households with a need by ward, as published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ward_needs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False, comment="YYYY-MM in which they were published"),
        sa.Column("since", sa.Date(), nullable=False, comment="first day counted"),
        sa.Column("until", sa.Date(), nullable=False, comment="last day counted"),
        sa.Column(
            "wards",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="{ward: {measure: households, null hidden}}",
        ),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward_needs")),
        sa.UniqueConstraint("month", name=op.f("uq_ward_needs_month")),
        comment="Households with a need by ward, as published: nobody's record",
    )


def downgrade() -> None:
    op.drop_table("ward_needs")
