"""A figure that its source hides."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TYPE = sa.Numeric(14, 4)
_COMMENT = "null: hidden by its source"


def upgrade() -> None:
    op.alter_column("evidence_figure", "value", existing_type=_TYPE, nullable=True, comment=_COMMENT)


def downgrade() -> None:
    op.execute("delete from evidence_figure where value is null")
    op.alter_column(
        "evidence_figure", "value", existing_type=_TYPE, nullable=False, comment=None, existing_comment=_COMMENT
    )
