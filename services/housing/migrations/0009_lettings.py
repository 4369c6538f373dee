"""Adverts, bids, shortlists, offers, lettings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letting_quota",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("groups", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("percent", sa.SmallInteger(), nullable=False, comment="of the lettings of a financial year"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="the last day"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_letting_quota")),
        comment="Shares of homes for groups, by the allocation scheme",
    )
    op.create_table(
        "advert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number", sa.BigInteger(), sa.Identity(always=False, start=1001), nullable=False, comment="to bid by voice"
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="open | closed | shortlisted | let | withdrawn"),
        sa.Column(
            "rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="published with it, never changed"
        ),
        sa.Column("shown", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="the home as it is shown"),
        sa.Column("rent", sa.Text(), nullable=True, comment="the rent's kind"),
        sa.Column("sensitive", sa.Boolean(), nullable=False, comment="results name neither home nor grounds"),
        sa.Column("seed_source", sa.Text(), nullable=False, comment="of a draw, named before anybody bids"),
        sa.Column("seed_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advert")),
        sa.UniqueConstraint("number", name=op.f("uq_advert_number")),
        comment="Homes advertised",
    )
    op.create_index("ix_advert_state", "advert", ["state", "closes_at", "id"], unique=False)
    op.create_index(
        "uq_advert_home_id",
        "advert",
        ["home_id"],
        unique=True,
        postgresql_where=sa.text("state in ('open', 'closed', 'shortlisted')"),
    )
    op.create_table(
        "bid",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("advert_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False, comment="web | phone | text | in_person | paper | auto"),
        sa.Column("state", sa.Text(), nullable=False, comment="placed | withdrawn"),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["advert_id"], ["advert.id"], name=op.f("fk_bid_advert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid")),
        sa.UniqueConstraint("token", name=op.f("uq_bid_token")),
        comment="Bids for homes",
    )
    op.create_index("ix_bid_application_id", "bid", ["application_id", "placed_at", "id"], unique=False)
    op.create_index("uq_bid_advert_id_application_id", "bid", ["advert_id", "application_id"], unique=True)
    op.create_table(
        "auto_bid",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("wards", postgresql.ARRAY(sa.Text()), nullable=False, comment="GSS codes; none: anywhere"),
        sa.Column("top_floor", sa.Integer(), nullable=True, comment="not above it without a lift"),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_auto_bid")),
        comment="Households for whom bids are placed",
    )
    op.create_table(
        "shortlist",
        sa.Column("advert_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column(
            "published", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="digests in order: of nobody"
        ),
        sa.Column(
            "draw", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="the public record (kit.lottery)"
        ),
        sa.Column("drawn", sa.Boolean(), nullable=False, comment="no tie is left"),
        sa.Column("bidders", sa.Integer(), nullable=False),
        sa.Column("tied", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["advert_id"], ["advert.id"], name=op.f("fk_shortlist_advert_id")),
        sa.PrimaryKeyConstraint("advert_id", name=op.f("pk_shortlist")),
        comment="Frozen shortlists with their hashes and draws",
    )
    op.create_table(
        "shortlist_line",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("advert_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=True, comment="of those they are tied with; null: left out"),
        sa.Column("last", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True, comment="final; null until drawn"),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("band_rank", sa.Integer(), nullable=False),
        sa.Column("priority_date", sa.Date(), nullable=False),
        sa.Column("comes_first_by", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "outcome", sa.Text(), nullable=False, comment="waiting | offered | refused | passed | let | left_out"
        ),
        sa.Column(
            "refusals",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="rules they did not meet, in words",
        ),
        sa.Column("passed_because", sa.Text(), nullable=True),
        sa.Column("passed_words", sa.Text(), nullable=True),
        sa.Column("passed_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["advert_id"], ["shortlist.advert_id"], name=op.f("fk_shortlist_line_advert_id")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_shortlist_line_bid_id")),
        sa.PrimaryKeyConstraint("bid_id", name=op.f("pk_shortlist_line")),
        comment="Places on shortlists",
    )
    op.create_index(
        "ix_shortlist_line_advert_id", "shortlist_line", ["advert_id", "place", "first", "bid_id"], unique=False
    )
    op.create_index("ix_shortlist_line_application_id", "shortlist_line", ["application_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("advert_id", sa.Uuid(), nullable=True),
        sa.Column("bid_id", sa.Uuid(), nullable=True),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False, comment="choice | direct | right_to_return"),
        sa.Column("why_direct", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True, comment="why this home for them, past the list"),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="made | accepted | refused | withdrawn | let"),
        sa.Column("final", sa.Boolean(), nullable=False, comment="HA 1996 s193(7)"),
        sa.Column("auto_bid", sa.Boolean(), nullable=False),
        sa.Column("suitable", sa.Boolean(), nullable=True),
        sa.Column("checked_with_household", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_words", sa.Text(), nullable=True),
        sa.Column("refused_because", sa.Text(), nullable=True),
        sa.Column("answer_words", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False, comment="a named officer counts the refusal"),
        sa.Column("counted_by", sa.Text(), nullable=True),
        sa.Column("counted_words", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["advert_id"], ["advert.id"], name=op.f("fk_offer_advert_id")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_offer_bid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        comment="Homes offered to households",
    )
    op.create_index("ix_offer_advert_id", "offer", ["advert_id"], unique=False)
    op.create_index("ix_offer_state", "offer", ["state", "made_at", "id"], unique=False)
    op.create_index(
        "uq_offer_live_application",
        "offer",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("state in ('made', 'accepted')"),
    )
    op.create_index(
        "uq_offer_live_home",
        "offer",
        ["home_id"],
        unique=True,
        postgresql_where=sa.text("state in ('made', 'accepted')"),
    )
    op.create_index(
        "uq_offer_live_household",
        "offer",
        ["household_id"],
        unique=True,
        postgresql_where=sa.text("state in ('made', 'accepted')"),
    )
    op.create_table(
        "offer_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("became", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_offer_step_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_step")),
        comment="What became of offers",
    )
    op.create_index("ix_offer_step_offer_id", "offer_step", ["offer_id", "done_at"], unique=False)
    op.create_table(
        "letting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("advert_id", sa.Uuid(), nullable=True),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False, comment="who signs"),
        sa.Column("kind", sa.Text(), nullable=False, comment="choice | direct | right_to_return"),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("quota", sa.Text(), nullable=True),
        sa.Column("tenancy", sa.Text(), nullable=False),
        sa.Column("rent", sa.Text(), nullable=True),
        sa.Column("weekly_rent_pence", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="started | ended | fell_through"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="the last day"),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("home_id"), "="),
            (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
            where=sa.text("state <> 'fell_through'"),
            using="gist",
            name="ex_letting_home",
        ),
        sa.ForeignKeyConstraint(["advert_id"], ["advert.id"], name=op.f("fk_letting_advert_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_letting_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letting")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_letting_offer_id")),
        comment="Tenancies: a home has one at a time",
    )
    op.create_index("ix_letting_household_id", "letting", ["household_id"], unique=False)
    op.create_index("ix_letting_starts_on", "letting", ["starts_on", "id"], unique=False)
    op.create_table(
        "core_log",
        sa.Column("letting_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False, comment="1 April of it to 31 March"),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "confirmed",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="soft check: who confirmed it, with what value",
        ),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letting_id"], ["letting.id"], name=op.f("fk_core_log_letting_id")),
        sa.PrimaryKeyConstraint("letting_id", name=op.f("pk_core_log")),
        comment="CORE lettings logs",
    )
    op.create_index("ix_core_log_year", "core_log", ["year"], unique=False)


def downgrade() -> None:
    for table in (
        "core_log",
        "letting",
        "offer_step",
        "offer",
        "shortlist_line",
        "shortlist",
        "auto_bid",
        "bid",
        "advert",
        "letting_quota",
    ):
        op.drop_table(table)
