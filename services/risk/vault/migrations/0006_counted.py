"""In which groups somebody was counted in a quarter."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted_as",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ward", sa.Text(), nullable=False),
        sa.Column("age", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("ethnicity", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("first_day", "person_id", name=op.f("pk_counted_as")),
        comment="Groups in which people were counted",
    )
    op.create_index("ix_counted_as_person_id", "counted_as", ["person_id"])


def downgrade() -> None:
    op.drop_table("counted_as")
