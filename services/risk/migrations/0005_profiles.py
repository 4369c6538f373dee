"""Factors, profiles and disputes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TEXTS = postgresql.ARRAY(sa.Text())
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "factor_definition",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
        sa.Column("lowers", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="the first day it is no longer the rule"),
        sa.Column("rule", postgresql.JSONB(), nullable=False, comment="measure, kinds, window, threshold"),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_factor_definition")),
        comment="What a factor meant, and from when to when",
    )
    op.create_table(
        "household_factor",
        sa.Column("household", sa.Uuid(), nullable=False, comment="pseudonym"),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="factor, shock, protective or outcome"),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("latest_on", sa.Date(), nullable=False, comment="the newest fact it rests on"),
        sa.Column("amount", sa.Numeric(14, 2), nullable=True),
        sa.Column("facts", sa.Integer(), nullable=False, comment="how many facts it rests on"),
        sa.Column("sources", _TEXTS, nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False, comment="of the weakest link it rests on"),
        sa.Column("disputed", sa.Boolean(), nullable=False, comment="off the profile by a dispute"),
        sa.CheckConstraint(
            "certainty in ('confirmed', 'probable', 'unlinked')", name=op.f("ck_household_factor_certainty")
        ),
        sa.PrimaryKeyConstraint("household", "factor", name=op.f("pk_household_factor")),
        sa.UniqueConstraint("id", name=op.f("uq_household_factor_id")),
        comment="Which factors stand for which household",
    )
    op.create_index("ix_household_factor_factor", "household_factor", ["factor", "household"])
    op.create_table(
        "profile",
        sa.Column("household", sa.Uuid(), nullable=False, comment="pseudonym"),
        sa.Column("version", sa.BigInteger(), nullable=False, comment="one more each time it is worked out"),
        sa.Column("definitions_version", sa.Integer(), nullable=False),
        sa.Column("computed_on", sa.Date(), nullable=False, comment="the business date it holds for"),
        sa.Column("computed_at", _MOMENT, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("household", name=op.f("pk_profile")),
        comment="When each household's factors were last worked out",
    )
    op.create_table(
        "profile_difference",
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True, comment="the profile's when the facts were read"),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("latest_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.Numeric(14, 2), nullable=True),
        sa.Column("facts", sa.Integer(), nullable=True),
        sa.Column("sources", _TEXTS, nullable=True),
        sa.Column("certainty", sa.Text(), nullable=True),
        sa.Column("disputed", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("run", "household", "factor", name=op.f("pk_profile_difference")),
        comment="Differences found by a run over all households, waiting to be put in",
    )
    op.create_table(
        "announced_profile",
        sa.Column("household_id", sa.Uuid(), nullable=False, comment="casefile's id"),
        sa.Column("household", sa.Uuid(), nullable=False, comment="the pseudonym it stood for"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("factors", _TEXTS, nullable=False),
        sa.Column("protective", _TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_announced_profile")),
        comment="What was last announced of each known household",
    )
    op.create_table(
        "factor_dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False, comment="pseudonym"),
        sa.Column("household_id", sa.Uuid(), nullable=False, comment="casefile's id, as it was shown"),
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="open, set_aside, upheld or rejected"),
        sa.Column("said_by", sa.Text(), nullable=False, comment="worker or resident"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("disputed_by", sa.Text(), nullable=False),
        sa.Column("disputed_on", sa.Date(), nullable=False, comment="only newer facts bring the factor back"),
        sa.Column("disputed_at", _MOMENT, nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("settled_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'set_aside', 'upheld', 'rejected')", name=op.f("ck_factor_dispute_state")
        ),
        sa.CheckConstraint("said_by in ('worker', 'resident')", name=op.f("ck_factor_dispute_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_dispute")),
        comment="Disputes about factors",
    )
    op.create_index("ix_factor_dispute_household", "factor_dispute", ["household", "factor"])
    op.create_index("ix_factor_dispute_household_id", "factor_dispute", ["household_id"])
    op.create_index("ix_factor_dispute_state", "factor_dispute", ["state", "disputed_at", "id"])
    op.create_index(
        "uq_factor_dispute_waiting",
        "factor_dispute",
        ["household", "factor"],
        unique=True,
        postgresql_where=sa.text("state in ('open', 'set_aside')"),
    )
    op.create_table(
        "known_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("offered_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_offer")),
        comment="Offers of help, from triage's events",
    )
    op.create_index("ix_known_offer_household_id", "known_offer", ["household_id"])


def downgrade() -> None:
    for table in (
        "known_offer",
        "factor_dispute",
        "announced_profile",
        "profile_difference",
        "profile",
        "household_factor",
        "factor_definition",
    ):
        op.drop_table(table)
