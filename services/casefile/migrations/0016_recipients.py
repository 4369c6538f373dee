"""Who had a copy of somebody's data, and how they heard of what was done with them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    known = "when we knew who had a copy, and had told them"
    op.add_column(
        "rights_request", sa.Column("recipients_at", sa.DateTime(timezone=True), nullable=True, comment=known)
    )
    op.create_table(
        "rights_recipient",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False, comment="whose record of disclosure named it"),
        sa.Column("organisation_id", sa.Uuid(), nullable=False, comment="triage's"),
        sa.Column("disclosures", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False, comment="system | mailbox | impossible"),
        sa.Column("because", sa.Text(), nullable=True, comment="why it was not possible"),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_rights_recipient_request_id")),
        sa.PrimaryKeyConstraint("request_id", "service", "organisation_id", name=op.f("pk_rights_recipient")),
        comment="Who was told of rectifications, restrictions and erasures",
    )


def downgrade() -> None:
    op.drop_table("rights_recipient")
    op.drop_column("rights_request", "recipients_at")
