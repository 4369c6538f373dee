"""Referrals that came back wait in the queue too."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COMMENTS = {
    "kind": ("contact | safeguarding", "contact | safeguarding | referral"),
    "subject_id": ("the contact or the concern", "the contact, the concern or the referral"),
    "own_due_at": ("brought by the concern", "brought by the concern or the referral"),
}


def upgrade() -> None:
    for column, (before, after) in _COMMENTS.items():
        op.alter_column("queue_entry", column, comment=after, existing_comment=before)


def downgrade() -> None:
    for column, (before, after) in _COMMENTS.items():
        op.alter_column("queue_entry", column, comment=before, existing_comment=after)
