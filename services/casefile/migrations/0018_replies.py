"""What people text back."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the gateway's, and Notify's"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="null while we do not know who it is from"),
        sa.Column("household_id", sa.Uuid(), nullable=True, comment="where they lived when it came"),
        sa.Column("plan_id", sa.Uuid(), nullable=True, comment="their plan when it came"),
        sa.Column("from_number", sa.Text(), nullable=True, comment="only while nobody is known by it"),
        sa.Column(
            "may_be", sa.ARRAY(sa.Uuid()), nullable=False, comment="who share the number; nobody: it is nobody's"
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="unknown | waiting | read"),
        sa.Column("matched_by", sa.Text(), nullable=True, comment="who said whose it is; null: the number did"),
        sa.Column("read_by", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        comment="What people texted back: their words, for whoever works with them",
    )
    op.create_index("ix_reply_person_id", "reply", ["person_id", "received_at", "id"])
    op.create_index(
        "ix_reply_waiting", "reply", ["received_at", "id"], postgresql_where=sa.text("state <> 'read'")
    )


def downgrade() -> None:
    op.drop_table("reply")
