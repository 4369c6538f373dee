"""Households bid themselves: a code for an application, and the pass that it opens for an hour."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bidding_code",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("mark", sa.LargeBinary(), nullable=False, comment="of the bidding number and the code"),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=False, comment="the last day"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["register_application.id"], name=op.f("fk_bidding_code_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_bidding_code")),
        sa.UniqueConstraint("mark", name=op.f("uq_bidding_code_mark")),
        comment="Codes with which households bid themselves, as digests",
    )
    op.create_table(
        "bidding_pass",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, comment="by the clock on the wall"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["register_application.id"], name=op.f("fk_bidding_pass_application_id")
        ),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_bidding_pass")),
        comment="Who is at bidding for themselves now, as digests",
    )
    op.create_index("ix_bidding_pass_application_id", "bidding_pass", ["application_id"], unique=False)
    op.create_index("ix_bidding_pass_until", "bidding_pass", ["until"], unique=False)


def downgrade() -> None:
    op.drop_table("bidding_pass")
    op.drop_table("bidding_code")
