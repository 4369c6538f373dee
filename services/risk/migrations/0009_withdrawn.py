"""Rows that a full extract no longer has."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FULL = "full: what is not in it is gone"
_STATES = "state in ('queued', 'running', {held}'succeeded', 'failed')"


def upgrade() -> None:
    _register()
    _loads()


def _register() -> None:
    op.add_column(
        "data_product",
        sa.Column("extract", sa.Text(), nullable=False, server_default="delta", comment="full or delta"),
    )
    op.add_column(
        "data_product",
        sa.Column(
            "may_lose",
            sa.SmallInteger(),
            nullable=False,
            server_default="10",
            comment="percent of its records that a full extract may lack",
        ),
    )


def _loads() -> None:
    for column in (
        sa.Column("extract", sa.Text(), nullable=False, server_default="delta", comment=_FULL),
        sa.Column("withdrawn", sa.BigInteger(), comment="records that a full extract no longer had"),
        sa.Column("ended", sa.BigInteger(), comment="facts that went on until then"),
        sa.Column("confirmed_by", sa.Text(), comment="who let it go on though it lacked much"),
        sa.Column("confirmation", sa.Text()),
    ):
        op.add_column("source_load", column)
    op.alter_column("source_load", "state", comment="queued, running, held, succeeded or failed")
    op.drop_constraint(op.f("ck_source_load_state"), "source_load")
    op.create_check_constraint(op.f("ck_source_load_state"), "source_load", _STATES.format(held="'held', "))


def downgrade() -> None:
    op.execute("update source_load set state = 'failed' where state = 'held'")
    op.drop_constraint(op.f("ck_source_load_state"), "source_load")
    op.create_check_constraint(op.f("ck_source_load_state"), "source_load", _STATES.format(held=""))
    op.alter_column("source_load", "state", comment="queued, running, succeeded or failed")
    for name in ("confirmation", "confirmed_by", "ended", "withdrawn", "extract"):
        op.drop_column("source_load", name)
    op.drop_column("data_product", "may_lose")
    op.drop_column("data_product", "extract")
