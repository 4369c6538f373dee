"""Homes and the files that brought them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "uprn", sa.Text(), nullable=False, comment="up to twelve digits, as the national gazetteer writes them"
        ),
        sa.Column("address", sa.Text(), nullable=False, comment="lines set off by commas, without the postcode"),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("ward", sa.Text(), nullable=True, comment="E05..."),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("building", sa.Text(), nullable=False, comment="purpose_built | converted"),
        sa.Column("bedrooms", sa.SmallInteger(), nullable=False, comment="0: a bedsit"),
        sa.Column("bed_spaces", sa.SmallInteger(), nullable=False, comment="how many may live in it"),
        sa.Column("floor", sa.SmallInteger(), nullable=True, comment="0 is the ground floor"),
        sa.Column("lift", sa.Boolean(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False, comment="London's Accessible Housing Register"),
        sa.Column("energy_rating", sa.Text(), nullable=True, comment="A to G"),
        sa.Column("landlord", sa.Text(), nullable=False),
        sa.Column("landlord_name", sa.Text(), nullable=True),
        sa.Column("rent_regime", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False, comment="general | supported"),
        sa.Column("min_age", sa.SmallInteger(), nullable=True, comment="of the first tenant, e.g. 55"),
        sa.Column("built_on", sa.Date(), nullable=True),
        sa.Column("market_rent_week_pence", sa.Integer(), nullable=True),
        sa.Column("service_charge_week_pence", sa.Integer(), nullable=False),
        sa.Column("value_1999_pence", sa.BigInteger(), nullable=True, comment="January 1999, for the formula rent"),
        sa.Column("scheme_id", sa.Uuid(), nullable=True, comment="the scheme that built it"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="void | works | available | let | temporary | out_of_use | demolished",
        ),
        sa.Column("void_since", sa.Date(), nullable=True),
        sa.Column("vacancy", sa.Text(), nullable=True, comment="CORE's rsnvac in words"),
        sa.Column("works_done_on", sa.Date(), nullable=True, comment="CORE's mrcdate"),
        sa.Column("available_on", sa.Date(), nullable=True),
        sa.Column("let_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("uprn ~ '^[0-9]{1,12}$'", name=op.f("ck_home_uprn")),
        sa.CheckConstraint("bedrooms between 0 and 20", name=op.f("ck_home_bedrooms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home")),
        comment="Homes that the council lets, uses or places people in",
    )
    op.create_index("ix_home_recorded_at", "home", ["recorded_at", "id"], unique=False)
    op.create_index("ix_home_scheme_id", "home", ["scheme_id"], unique=False)
    op.create_index("ix_home_state", "home", ["state", "bedrooms", "id"], unique=False)
    op.create_index("uq_home_uprn", "home", ["uprn"], unique=True, postgresql_where=sa.text("state <> 'demolished'"))
    op.create_table(
        "load",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the job's id as well"),
        sa.Column("kind", sa.Text(), nullable=False, comment="homes | applications"),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting | done"),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_load")),
        comment="Files of homes or applications that were loaded",
    )
    op.create_index("ix_load_kind", "load", ["kind", "received_at", "id"], unique=False)
    op.create_table(
        "load_refusal",
        sa.Column("load_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="a row may break several rules"),
        sa.Column("field", sa.Text(), nullable=False, comment="JSON pointer: /bedrooms"),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("fk_load_refusal_load_id")),
        sa.PrimaryKeyConstraint("load_id", "line", "number", name=op.f("pk_load_refusal")),
        comment="Rows a load left out, and why",
    )
    op.create_table(
        "load_row",
        sa.Column("load_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("fk_load_row_load_id")),
        sa.PrimaryKeyConstraint("load_id", "line", name=op.f("pk_load_row")),
        comment="Rows of a load waiting to be worked off",
    )


def downgrade() -> None:
    for table in ("load_refusal", "load_row", "load", "home"):
        op.drop_table(table)
