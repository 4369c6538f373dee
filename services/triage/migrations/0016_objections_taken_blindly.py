"""An objection taken by somebody who may not know the person stands beside the true one, and stops nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "objection",
        sa.Column(
            "blind",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="taken by somebody who may not know them: it stops nothing",
        ),
    )
    op.drop_index("uq_objection_standing", "objection")
    _unique("uq_objection_standing", ["person_id", "purpose"], "state = 'standing' and not blind")
    _unique("uq_objection_blind", ["person_id", "purpose", "recorded_by"], "state = 'standing' and blind")


def downgrade() -> None:
    op.drop_index("uq_objection_blind", "objection")
    op.drop_index("uq_objection_standing", "objection")
    op.drop_column("objection", "blind")
    _unique("uq_objection_standing", ["person_id", "purpose"], "state = 'standing'")


def _unique(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "objection", columns, unique=True, postgresql_where=sa.text(where))
