"""What the returns keep: that one was handed over, with its digest."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hclic_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False, comment="2026-Q4: October to December 2026"),
        sa.Column("codes", sa.Text(), nullable=False, comment="the version of the code lists it was made with"),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the file of cases"),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hclic_return")),
        comment="Homelessness returns that were handed over",
    )
    op.create_index("ix_hclic_return_quarter", "hclic_return", ["quarter", "made_at", "id"], unique=False)


def downgrade() -> None:
    for table in ("hclic_return",):
        op.drop_table(table)
