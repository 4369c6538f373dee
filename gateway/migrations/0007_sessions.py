"""Who is signed in, and whose session was suspended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("first_seen_at", moment, nullable=False),
        sa.Column("last_seen_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("suspended_by", sa.Text(), nullable=True),
        sa.Column("suspended_at", moment, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        comment="Access tokens in use, by a digest; a day after they expire they are forgotten",
    )
    op.create_index("ix_session_worker_id", "session", ["worker_id", "last_seen_at"], unique=False)
    op.create_index("ix_session_last_seen_at", "session", ["last_seen_at", "id"], unique=False)
    op.create_index("ix_session_expires_at", "session", ["expires_at"], unique=False)
    op.create_index(
        "ix_session_suspended",
        "session",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("suspended_at is not null"),
    )
    op.add_column(
        "worker",
        sa.Column("suspended_because", sa.Text(), nullable=True, comment="stays here, for who may suspend"),
    )


def downgrade() -> None:
    op.drop_column("worker", "suspended_because")
    op.drop_table("session")
