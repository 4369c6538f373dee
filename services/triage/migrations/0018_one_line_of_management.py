"""Whose manager is whose stands once: `known_manager` had all that `known_line` had."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("known_line")


def downgrade() -> None:
    op.create_table(
        "known_line",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the subject of the worker's events"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False, comment="principal"),
        sa.Column("manager", sa.Text(), nullable=True, comment="principal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_line")),
        comment="Lines of management, from the gateway's events",
    )
    op.create_index("ix_known_line_worker", "known_line", ["worker"])
    op.execute(
        "insert into known_line (id, sequence, worker, manager)"
        " select id, sequence, worker_id, manager from known_manager where worker_id is not null"
    )
