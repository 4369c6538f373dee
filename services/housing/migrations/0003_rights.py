"""Packages for rights requests."""

from alembic import op

from kit.store import foundation

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    foundation.remember_the_erased(op.get_bind())


def downgrade() -> None:
    foundation.forget_the_erased(op.get_bind())
