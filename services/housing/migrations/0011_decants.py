"""Decants and the right to return."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=True, comment="the home they leave, where it is one of ours"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("tenure", sa.Text(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False, comment="temporary | permanent | single"),
        sa.Column("bedrooms_lost", sa.SmallInteger(), nullable=False),
        sa.Column("bedrooms_needed", sa.SmallInteger(), nullable=False, comment="at the move"),
        sa.Column("wheelchair", sa.Boolean(), nullable=False),
        sa.Column("lived_since", sa.Date(), nullable=False),
        sa.Column("consulted_on", sa.Date(), nullable=True, comment="Housing Act 1985 s105"),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("move_by", sa.Date(), nullable=True),
        sa.Column("moved_on", sa.Date(), nullable=True),
        sa.Column("moved_to_home_id", sa.Uuid(), nullable=True),
        sa.Column("right", sa.Text(), nullable=False, comment="none | waiting | offered | returned | waived | lapsed"),
        sa.Column("right_until", sa.Date(), nullable=True, comment="the deadline; it lapses by nobody's clock alone"),
        sa.Column("offered_home_id", sa.Uuid(), nullable=True),
        sa.Column("returned_home_id", sa.Uuid(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("letting_id", sa.Uuid(), nullable=True),
        sa.Column("waived_on", sa.Date(), nullable=True),
        sa.Column(
            "tried_on", postgresql.ARRAY(sa.Date()), nullable=False, comment="days on which they were not reached"
        ),
        sa.Column("lapse_asked_by", sa.Text(), nullable=True),
        sa.Column("home_loss_pence", sa.BigInteger(), nullable=False),
        sa.Column("home_loss_words", sa.Text(), nullable=False),
        sa.Column("home_loss_unsure", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("home_loss_paid_on", sa.Date(), nullable=True),
        sa.Column(
            "disturbance",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what it cost them to move: words, pence, day",
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decant")),
        comment="Your move for building works and your right to return",
    )
    op.create_index("ix_decant_person_id", "decant", ["person_id"], unique=False)
    op.create_index("ix_decant_recorded_at", "decant", ["recorded_at", "id"], unique=False)
    op.create_index("ix_decant_scheme_id", "decant", ["scheme_id", "right"], unique=False)
    op.create_index(
        "uq_decant_household_id_scheme_id",
        "decant",
        ["household_id", "scheme_id"],
        unique=True,
        postgresql_where=sa.text("household_id is not null"),
    )
    op.create_index(
        "uq_decant_offered_home_id",
        "decant",
        ["offered_home_id"],
        unique=True,
        postgresql_where=sa.text("\"right\" = 'offered'"),
    )
    op.create_table(
        "decant_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True, comment="null: recorded"),
        sa.Column("became", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True, comment="the letter, the signed form, the record"),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decant_id"], ["decant.id"], name=op.f("fk_decant_step_decant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decant_step")),
        comment="What became of your right to return",
    )
    op.create_index("ix_decant_step_decant_id", "decant_step", ["decant_id", "done_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("decant_step")
    op.drop_table("decant")
