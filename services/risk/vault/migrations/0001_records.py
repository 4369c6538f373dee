"""Source records: who they say that they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record",
        sa.Column("record_id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="the source's code"),
        sa.Column(
            "reference",
            sa.Text(),
            nullable=False,
            comment="the source's own key; CT-123#2 is the second person of a row",
        ),
        sa.Column(
            "household_reference", sa.Text(), nullable=True, comment="the source's key of those who live together"
        ),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("given", sa.Text(), nullable=True),
        sa.Column("middle", sa.Text(), nullable=True),
        sa.Column("family", sa.Text(), nullable=True),
        sa.Column("former_family", sa.Text(), nullable=True),
        sa.Column("known_as", sa.Text(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("born_partial", sa.Text(), nullable=True, comment="1985 or 1985-03, where the day is not known"),
        sa.Column("nino", sa.Text(), nullable=True),
        sa.Column("nhs_number", sa.Text(), nullable=True),
        sa.Column("upn", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True, comment="E.164"),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("uprn", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("ethnicity", sa.Text(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=True, comment="the day of which the source speaks"),
        sa.Column("valid_from", sa.Date(), nullable=True, comment="since when they live there, by this source"),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="the first day on which they no longer did"),
        sa.Column("digest", sa.Uuid(), nullable=False, comment="of all the above: the same means unchanged"),
        sa.Column("pseudonym", sa.Uuid(), nullable=False, comment="the record's key in the analytics zone"),
        sa.Column(
            "load_id", sa.Uuid(), nullable=True, comment="the load that last changed it; null: it came by itself"
        ),
        sa.Column(
            "first_seen", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "changed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="since when the source no longer has it; its links stay until erased",
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_record_pseudonym")),
        sa.UniqueConstraint("source", "reference", name=op.f("uq_record_source_reference")),
        comment="Source records: who they say that they are about",
    )
    op.create_index("ix_record_changed_at", "record", ["changed_at"], unique=False)
    op.create_index("ix_record_load", "record", ["load_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_record_load", table_name="record")
    op.drop_index("ix_record_changed_at", table_name="record")
    op.drop_table("record")
