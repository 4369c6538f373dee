"""The register of data products, uploads, loads, quarantine and proofs of disposal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "data_product",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False, comment="what the owner supplies it for"),
        sa.Column("gateway", sa.Text(), nullable=False, comment="the legal power it is supplied under"),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("keep_months", sa.Integer(), nullable=False),
        sa.Column(
            "contact",
            sa.Boolean(),
            nullable=False,
            comment="may its phone, e-mail and address be used to offer help",
        ),
        sa.Column("agreed_from", sa.Date(), nullable=False),
        sa.Column("agreed_to", sa.Date(), nullable=True, comment="the first day the agreement no longer stands"),
        sa.Column("fields", postgresql.JSONB(), nullable=False, comment="[{names, feeds, gateways, purposes}]"),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_data_product")),
        comment="The register of data products",
    )
    op.create_table(
        "source_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False, comment="csv | parquet | savvi"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes of the whole file, as announced"),
        sa.Column("sha256", sa.LargeBinary(), nullable=True, comment="of the whole file, if announced"),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("load_id", sa.Uuid(), nullable=True, comment="the load it became"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_upload")),
        comment="Files that come in pieces",
    )
    op.create_table(
        "source_load",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="queued, running, succeeded or failed"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("extracted_on", sa.Date(), nullable=False, comment="the business day the extract shows"),
        sa.Column("rows", sa.BigInteger(), nullable=True, comment="rows of the file, once it is read"),
        sa.Column(
            "rows_done", sa.BigInteger(), server_default="0", nullable=False, comment="where a new attempt goes on"
        ),
        sa.Column("rows_new", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rows_known", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rows_quarantined", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("covers_to", sa.Date(), nullable=True, comment="the latest day a fact of it is dated"),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'succeeded', 'failed')", name=op.f("ck_source_load_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_load")),
        comment="Loads of sources",
    )
    op.create_index("ix_source_load_source", "source_load", ["source", "id"])
    op.create_table(
        "quarantine",
        sa.Column("load_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False, comment="1 for the first after the header"),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column(
            "whole_row", sa.Boolean(), nullable=False, comment="false: the row was loaded without this field"
        ),
        sa.PrimaryKeyConstraint("load_id", "row", "field", "rule", name=op.f("pk_quarantine")),
        comment="What loads put aside",
    )
    op.create_table(
        "fact_disposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Date(), nullable=False, comment="facts that had ended before this day went"),
        sa.Column("facts", sa.BigInteger(), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_disposal")),
        comment="Facts dropped at the end of their retention",
    )


def downgrade() -> None:
    for table in ("fact_disposal", "quarantine", "source_load", "source_upload", "data_product"):
        op.drop_table(table)
