"""An officer who may not know of somebody takes them as a stranger; who may joins the two."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "homelessness_case",
        sa.Column(
            "told_person_id",
            sa.Uuid(),
            nullable=True,
            comment="as whom an officer took them who may not know of that person; null once one who may has joined them",
        ),
    )


def downgrade() -> None:
    op.drop_column("homelessness_case", "told_person_id")
