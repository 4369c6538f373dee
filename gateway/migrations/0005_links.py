"""One-time links, letters to partners, and where stands what links answer."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Uuid(), nullable=False, comment="also the Idempotency-Key of its answer"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="referral | capacity_question"),
        sa.Column("target_id", sa.Uuid(), nullable=False, comment="what it answers"),
        sa.Column("organisation_id", sa.Uuid(), nullable=False, comment="who answers"),
        sa.Column("digest", sa.LargeBinary(), nullable=True, comment="SHA-256 of the secret; null: not minted yet"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True, comment="real: being answered"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True, comment="business time"),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="business time"),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        comment="One-time links; of their secrets only digests",
    )
    op.create_index("ix_link_target_id", "link", ["target_id", "made_at", "id"], unique=False)
    op.create_index("uq_link_digest", "link", ["digest"], unique=True)
    op.create_table(
        "partner_letter",
        sa.Column("id", sa.Uuid(), nullable=False, comment="made by the service that asked; the sender's reference"),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=True, comment="the sealed event; null once settled"),
        sa.Column("state", sa.Text(), nullable=False, comment="queued | sending | sent | failed"),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False, comment="real time, like all here"),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_partner_letter_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_letter")),
        comment="Letters to partners, on their way or settled",
    )
    op.create_index("ix_partner_letter_link_id", "partner_letter", ["link_id"], unique=False)
    op.create_index(
        "ix_partner_letter_waiting",
        "partner_letter",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state in ('queued', 'sending')"),
    )
    op.create_table(
        "known_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="referral | capacity_question"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_question")),
        comment="Referrals and capacity questions, from triage's events; codes only",
    )


def downgrade() -> None:
    for table in ("known_question", "partner_letter", "link"):
        op.drop_table(table)
