"""People whom risk introduced, and the objections that outlast them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "person",
        sa.Column(
            "introduced",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="by risk, and not met yet: shown for outreach alone",
        ),
    )
    op.create_index("ix_person_introduced", "person", ["id"], postgresql_where=sa.text("introduced"))
    op.create_table(
        "introduced_home",
        sa.Column("id", sa.Uuid(), nullable=False, comment="risk's home_id"),
        sa.Column("household_id", sa.Uuid(), nullable=True, comment="null once erased"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduced_home")),
        comment="One household for each home that risk introduced people of",
    )
    op.create_table(
        "introduction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False, comment="risk's id"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="no key to person: it outlasts the erasure"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="introduced | known | erased | withheld"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("introduced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
        comment="Residents whom risk introduced: ids and dates",
    )
    op.create_index("uq_introduction_resident_id", "introduction", ["resident_id"], unique=True)
    op.create_index("ix_introduction_person_id", "introduction", ["person_id"])
    op.create_table(
        "known_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="standing | withdrawn"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_objection")),
        comment="Objections, from triage's events",
    )
    op.create_index("ix_known_objection_person_id", "known_objection", ["person_id", "purpose"])
    op.create_table(
        "outreach_objection",
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="HMAC-SHA-256 of what tells one person"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="whose; leads to nobody once they are erased"),
        sa.Column("by_birth", sa.Boolean(), nullable=False, comment="the digest is of a name and a date of birth"),
        sa.Column("born_known", sa.Boolean(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False, comment="which key made it"),
        sa.PrimaryKeyConstraint("digest", "person_id", name=op.f("pk_outreach_objection")),
        comment="Who objected to outreach, without a detail: they are never introduced again",
    )
    op.create_index("ix_outreach_objection_person_id", "outreach_objection", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_outreach_objection_person_id", table_name="outreach_objection")
    op.drop_table("outreach_objection")
    op.drop_index("ix_known_objection_person_id", table_name="known_objection")
    op.drop_table("known_objection")
    op.drop_index("ix_introduction_person_id", table_name="introduction")
    op.drop_index("uq_introduction_resident_id", table_name="introduction")
    op.drop_table("introduction")
    op.drop_table("introduced_home")
    op.drop_index("ix_person_introduced", table_name="person", postgresql_where=sa.text("introduced"))
    op.drop_column("person", "introduced")
