"""An application taken by an officer who may not know of somebody in it: a stranger's, until one who may takes it up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_BIDS = "state in ('active', 'active_under_review', 'awaiting_reassessment')"
_REFERENCE = "uq_register_application_source_reference"
_HOUSEHOLD = "uq_register_application_household_bids"
_TABLE = "register_application"


def upgrade() -> None:
    op.add_column(
        _TABLE,
        sa.Column(
            "blind_by",
            sa.Text(),
            nullable=True,
            comment="who took it of somebody they may not know of, until one who may takes it up",
        ),
    )
    op.add_column(
        _TABLE,
        sa.Column(
            "unknown_ids",
            postgresql.ARRAY(sa.Uuid()),
            server_default="{}",
            nullable=False,
            comment="the people, and the household, of whom the taker may not know: they count as strangers",
        ),
    )
    op.alter_column(_TABLE, "unknown_ids", server_default=None)
    op.drop_index(_REFERENCE, table_name=_TABLE)
    op.drop_index(_HOUSEHOLD, table_name=_TABLE)
    op.create_index(
        _REFERENCE, _TABLE, ["source_reference"], unique=True, postgresql_where=sa.text("blind_by is null")
    )
    op.create_index(
        _HOUSEHOLD,
        _TABLE,
        ["household_id"],
        unique=True,
        postgresql_where=sa.text(f"{_BIDS} and household_id <> all (unknown_ids)"),
    )


def downgrade() -> None:
    op.drop_index(_HOUSEHOLD, table_name=_TABLE)
    op.drop_index(_REFERENCE, table_name=_TABLE)
    op.create_index(_REFERENCE, _TABLE, ["source_reference"], unique=True)
    op.create_index(_HOUSEHOLD, _TABLE, ["household_id"], unique=True, postgresql_where=sa.text(_BIDS))
    op.drop_column(_TABLE, "unknown_ids")
    op.drop_column(_TABLE, "blind_by")
