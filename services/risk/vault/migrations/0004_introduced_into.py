"""Which household of casefile's somebody introduced is in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "resident",
        sa.Column("introduced_into", sa.Uuid(), nullable=True, comment="casefile's household of somebody introduced"),
    )
    op.create_index(
        "ix_resident_introduced_into",
        "resident",
        ["introduced_into"],
        postgresql_where=sa.text("introduced_into is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_resident_introduced_into", "resident")
    op.drop_column("resident", "introduced_into")
