"""The shared tables."""

from alembic import op

from kit.store import foundation

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    foundation.create(op.get_bind())


def downgrade() -> None:
    foundation.drop(op.get_bind())
