"""Recipients hear that what was disclosed to them was put right, restricted or erased."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosure_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "request_id", sa.Uuid(), nullable=False, comment="casefile's request about rights; whose it is stands there"
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=False, comment="the recipient; it may be unknown by now"),
        sa.Column("what", sa.Text(), nullable=False, comment="rectification | restriction | erasure"),
        sa.Column(
            "references",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="of referrals and letters, as the recipient knows",
        ),
        sa.Column("disclosures", sa.Integer(), nullable=False, comment="how often something was disclosed to them"),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False, comment="system | mailbox | impossible"),
        sa.Column("because", sa.Text(), nullable=True, comment="why it was not possible"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_notice")),
        comment="Recipients told that what was disclosed to them was put right, restricted or erased",
    )
    op.create_index(
        "uq_disclosure_notice_request_id", "disclosure_notice", ["request_id", "organisation_id"], unique=True
    )


def downgrade() -> None:
    op.drop_table("disclosure_notice")
