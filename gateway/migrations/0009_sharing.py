"""Pages shared by a link and a chosen word."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shared_page",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the share: casefile's"),
        sa.Column("version", sa.BigInteger(), nullable=False, comment="of the share, as we heard it last"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="open | withdrawn"),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the address's secret"),
        sa.Column("word_salt", sa.LargeBinary(), nullable=False),
        sa.Column("word_digest", sa.LargeBinary(), nullable=False, comment="scrypt: kit.chosen_word"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.Column(
            "wrong",
            sa.SmallInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="tries that opened nothing",
        ),
        sa.Column("device_digest", sa.LargeBinary(), nullable=True, comment="SHA-256 of the one device's cookie"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True, comment="real time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_page")),
        comment="Doors of shared pages; of their secrets only digests",
    )
    op.create_index("uq_shared_page_token_digest", "shared_page", ["token_digest"], unique=True)


def downgrade() -> None:
    op.drop_table("shared_page")
