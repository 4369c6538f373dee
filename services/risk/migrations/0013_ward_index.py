"""The ward index: frameworks, areas, values, editions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "index_framework",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "weights",
            postgresql.JSONB(),
            nullable=True,
            comment="learned at its first edition, and kept: later years are weighed alike",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_index_framework")),
        comment="Versions of the ward index's framework",
    )
    op.create_table(
        "index_area",
        sa.Column("code", sa.Text(), nullable=False, comment="GSS code"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="ward or borough"),
        sa.Column("tile_column", sa.SmallInteger(), nullable=True),
        sa.Column("tile_row", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("kind in ('ward', 'borough')", name=op.f("ck_index_area_kind")),
        sa.CheckConstraint("(tile_column is null) = (tile_row is null)", name=op.f("ck_index_area_tile")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_index_area")),
        comment="Areas of the ward index, with their tiles",
    )
    op.create_index("uq_index_area_tile", "index_area", ["kind", "tile_column", "tile_row"], unique=True)
    op.create_table(
        "index_value",
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False, comment="the day the source speaks of, or was published"),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area"], ["index_area.code"], name=op.f("fk_index_value_area_index_area")),
        sa.PrimaryKeyConstraint("indicator", "area", "year", name=op.f("pk_index_value")),
        comment="Values of indicators by area and year",
    )
    op.create_table(
        "index_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("framework", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="draft, published or replaced"),
        sa.Column("content", postgresql.JSONB(), nullable=False, comment="every figure, with what is missing"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('draft', 'published', 'replaced')", name=op.f("ck_index_edition_state")),
        sa.ForeignKeyConstraint(
            ["framework"], ["index_framework.number"], name=op.f("fk_index_edition_framework_index_framework")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_edition")),
        comment="Editions of the ward index",
    )
    op.create_index(
        "uq_index_edition_published",
        "index_edition",
        ["year"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index("ix_index_edition_year", "index_edition", ["year", "id"])


def downgrade() -> None:
    for table in ("index_edition", "index_value", "index_area", "index_framework"):
        op.drop_table(table)
