"""Whose data were erased."""

from alembic import op

from kit.store import foundation

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    foundation.remember_the_erased(op.get_bind())


def downgrade() -> None:
    foundation.forget_the_erased(op.get_bind())
