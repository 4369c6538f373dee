"""Observatory: months as they are counted, what was shown of them, members, packages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.text("clock_timestamp()")
    op.create_table(
        "observatory_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column(
            "hidden",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="what no legal gateway let be counted, and why",
        ),
        sa.Column(
            "content", sa.LargeBinary(), nullable=False, comment="columns of small numbers; nobody's pseudonym"
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observatory_release")),
        sa.UniqueConstraint("month", name=op.f("uq_observatory_release_month")),
        comment="Months as they are counted",
    )
    op.create_table(
        "observatory_ledger",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("universe", sa.Text(), nullable=False),
        sa.Column("ledger", postgresql.JSONB(), nullable=False),
        sa.Column(
            "told",
            postgresql.JSONB(),
            nullable=False,
            comment="by table: the numbers shown, and of which month",
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["observatory_release.id"], name=op.f("fk_observatory_ledger_release_id")
        ),
        sa.PrimaryKeyConstraint("release_id", "universe", name=op.f("pk_observatory_ledger")),
        comment="What was shown of each month's tables",
    )
    op.create_table(
        "observatory_member",
        sa.Column("area", sa.Text(), nullable=False, comment="GSS code"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("above", sa.Text(), nullable=False, comment="GSS code of the region or nation"),
        sa.Column("key", postgresql.JSONB(), nullable=False, comment="public Ed25519 JWK (RFC 8037)"),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("area", name=op.f("pk_observatory_member")),
        comment="Observatories below this one",
    )
    op.create_table(
        "observatory_package",
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False, comment="sent or received"),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the signed bytes, hexadecimal"),
        sa.Column("signed", sa.Text(), nullable=False, comment="JWS, compact (RFC 7515)"),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "settled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="sent: when it was acknowledged; received: when it was taken into the tables",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.CheckConstraint("direction in ('sent', 'received')", name=op.f("ck_observatory_package_direction")),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_observatory_package_sequence")),
        sa.PrimaryKeyConstraint("area", "sequence", "direction", name=op.f("pk_observatory_package")),
        comment="Packages of safe counts between observatories",
    )
    op.create_table(
        "observatory_refusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of what came, hexadecimal"),
        sa.Column("area", sa.Text(), nullable=True, comment="the area it was sent for, where that is a member's"),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observatory_refusal")),
        sa.UniqueConstraint("digest", "rule", name=op.f("uq_observatory_refusal_digest_rule")),
        comment="Packages that were not taken",
    )


def downgrade() -> None:
    for name in ("refusal", "package", "member", "ledger", "release"):
        op.drop_table(f"observatory_{name}")
