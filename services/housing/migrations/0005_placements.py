"""Temporary accommodation and rough sleeping."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "temporary_home",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, comment="the council's own short reference"),
        sa.Column("address", sa.Text(), nullable=False, comment="of the building; of a refuge a post box"),
        sa.Column("uprn", sa.Text(), nullable=True),
        sa.Column("council", sa.Text(), nullable=False, comment="GSS code of the area it stands in"),
        sa.Column("kind", sa.Text(), nullable=False, comment="a kind of table TA1"),
        sa.Column("self_contained", sa.Boolean(), nullable=False),
        sa.Column(
            "shares", postgresql.ARRAY(sa.Text()), nullable=False, comment="toilet, washing, cooking: what is shared"
        ),
        sa.Column(
            "managed_by", sa.Text(), nullable=False, comment="council | registered_provider | voluntary | private"
        ),
        sa.Column("private_home", sa.Boolean(), nullable=False, comment="a room in somebody's own home"),
        sa.Column("refuge", sa.Boolean(), nullable=False, comment="every stay in it is sealed"),
        sa.Column("sleeps", sa.Integer(), nullable=False),
        sa.Column("bedrooms", sa.Integer(), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("nightly_cost", sa.Integer(), nullable=False, comment="pence"),
        sa.Column("paid_when_empty", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False, comment="we may place into it from this day"),
        sa.Column("until", sa.Date(), nullable=True, comment="and no longer from this one"),
        sa.Column("until_reason", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until is null or until >= since", name=op.f("ck_temporary_home_ends_after_it_begins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_temporary_home")),
        comment="Rooms and homes for temporary accommodation",
    )
    op.create_index("ix_temporary_home_kind", "temporary_home", ["kind", "reference", "id"], unique=False)
    op.create_index("uq_temporary_home_reference", "temporary_home", ["reference"], unique=True)
    op.create_table(
        "placement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column(
            "person_id", sa.Uuid(), nullable=False, comment="who applied; casefile's id, never changed by a merge"
        ),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False, comment="everybody who was placed"),
        sa.Column("case_id", sa.Uuid(), nullable=True, comment="the homelessness case"),
        sa.Column("duty", sa.Text(), nullable=False, comment="the duty or power of Part 7"),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="of the home, when they entered"),
        sa.Column(
            "bed_and_breakfast",
            sa.Boolean(),
            nullable=False,
            comment="as SI 2003/3326 means it, on the day they entered",
        ),
        sa.Column("nothing_else", sa.Text(), nullable=True, comment="what was looked for before bed and breakfast"),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("pregnant", sa.Boolean(), nullable=False),
        sa.Column("family_since", sa.Date(), nullable=True, comment="since when the six weeks count"),
        sa.Column("young_applicant", sa.Boolean(), nullable=False, comment="of 16 or 17"),
        sa.Column("sealed", sa.Boolean(), nullable=False, comment="nobody outside may learn of it"),
        sa.Column(
            "agreed_by_parent", sa.Boolean(), nullable=True, comment="to tell school, surgery and health visitor"
        ),
        sa.Column("council", sa.Text(), nullable=False, comment="GSS code of the area they are in"),
        sa.Column("out_of_area", sa.Boolean(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True, comment="the day they left: no night of it"),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("letting_id", sa.Uuid(), nullable=True, comment="the tenancy that ended it"),
        sa.Column("moved_from", sa.Uuid(), nullable=True),
        sa.Column(
            "days_before", sa.Integer(), nullable=False, comment="of bed and breakfast, of this application, before it"
        ),
        sa.Column(
            "past_from", sa.Date(), nullable=True, comment="the first day past six weeks, where there is a limit"
        ),
        sa.Column("alarm_day", sa.Integer(), nullable=True, comment="the last that rang: 28, 35 or 42"),
        sa.Column("breached_on", sa.Date(), nullable=True),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("home_id"), "="),
            (sa.text("daterange(entered_on, left_on, '[)')"), "&&"),
            where=sa.text("end_reason is distinct from 'recorded_by_mistake'"),
            using="gist",
            name="ex_placement_home",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("household_id"), "="),
            (sa.text("daterange(entered_on, left_on, '[)')"), "&&"),
            where=sa.text("end_reason is distinct from 'recorded_by_mistake'"),
            using="gist",
            name="ex_placement_household",
        ),
        sa.CheckConstraint("(left_on is null) = (end_reason is null)", name=op.f("ck_placement_ends_with_a_reason")),
        sa.CheckConstraint("left_on is null or left_on >= entered_on", name=op.f("ck_placement_leaves_after_entering")),
        sa.ForeignKeyConstraint(["home_id"], ["temporary_home.id"], name=op.f("fk_placement_home_id")),
        sa.ForeignKeyConstraint(["moved_from"], ["placement.id"], name=op.f("fk_placement_moved_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        comment="Stays in temporary accommodation; half-open: the day they leave is no night of it",
    )
    op.create_index(
        "ix_placement_case_id", "placement", ["case_id"], unique=False, postgresql_where=sa.text("case_id is not null")
    )
    op.create_index("ix_placement_entered_on", "placement", ["entered_on", "id"], unique=False)
    op.create_index("ix_placement_household_id", "placement", ["household_id", "entered_on"], unique=False)
    op.create_index(
        "ix_placement_moved_from",
        "placement",
        ["moved_from"],
        unique=False,
        postgresql_where=sa.text("moved_from is not null"),
    )
    op.create_index(
        "ix_placement_past_from", "placement", ["past_from"], unique=False, postgresql_where=sa.text("left_on is null")
    )
    op.create_table(
        "placement_rate",
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("nightly_cost", sa.Integer(), nullable=False, comment="pence, paid by the council"),
        sa.Column("nightly_charge", sa.Integer(), nullable=False, comment="pence, owed by the household"),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_placement_rate_placement_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("placement_id", "since", name=op.f("pk_placement_rate")),
        comment="What a night of a stay costs",
    )
    op.create_table(
        "placement_alarm",
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("rings_on", sa.Date(), nullable=False),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True, comment="what is done to move them"),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_placement_alarm_placement_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("placement_id", "day", name=op.f("pk_placement_alarm")),
        comment="Alarms of families in bed and breakfast",
    )
    op.create_index(
        "ix_placement_alarm_ringing",
        "placement_alarm",
        ["rings_on"],
        unique=False,
        postgresql_where=sa.text("rung_at is not null and answered_at is null"),
    )
    op.create_table(
        "placement_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="out_of_area | school | gp | health_visitor"),
        sa.Column("state", sa.Text(), nullable=False, comment="due | sent | not_agreed | withheld | not_needed"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_to", sa.Text(), nullable=True, comment="the body, not a person"),
        sa.Column("sent_by", sa.Text(), nullable=True),
        sa.Column("why_not", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_placement_notice_placement_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_notice")),
        comment="Notices of placements",
    )
    op.create_index(
        "ix_placement_notice_due_on",
        "placement_notice",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index("uq_placement_notice_kind", "placement_notice", ["placement_id", "kind"], unique=True)
    op.create_table(
        "street_stay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge; null: unknown"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="on_street | off_street | closed"),
        sa.Column("first_seen_on", sa.Date(), nullable=False),
        sa.Column("last_seen_on", sa.Date(), nullable=False),
        sa.Column("state_since", sa.Date(), nullable=False),
        sa.Column("off_on", sa.Date(), nullable=True, comment="off the street since, while they are"),
        sa.Column("off_to", sa.Text(), nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False, comment="how often they came back to the street"),
        sa.Column("worker", sa.Text(), nullable=True, comment="the outreach worker who keeps in touch"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street_stay")),
        comment="People on the street and off it again",
    )
    op.create_index("ix_street_stay_state", "street_stay", ["state", "last_seen_on", "id"], unique=False)
    op.create_index(
        "uq_street_stay_person_id",
        "street_stay",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("person_id is not null"),
    )
    op.create_table(
        "street_night",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stay_id", sa.Uuid(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ward", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Text(),
            nullable=False,
            comment="met | bed_offered | bed_taken | moved_off | returned | closed",
        ),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stay_id"], ["street_stay.id"], name=op.f("fk_street_night_stay_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street_night")),
        comment="Nights on which somebody on the street was met",
    )
    op.create_index("ix_street_night_night", "street_night", ["night"], unique=False)
    op.create_index("ix_street_night_stay_id", "street_night", ["stay_id", "night"], unique=False)
    op.create_table(
        "sighting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.Text(), nullable=False, comment="public | outreach | police | partner | council"),
        sa.Column("ward", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="where to look"),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("signs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("look_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="waiting | found | not_found | duplicate | not_sleeping_rough"
        ),
        sa.Column("looked_by", sa.Text(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
        comment="Sightings of people sleeping rough, without names",
    )
    op.create_index("ix_sighting_seen_at", "sighting", ["seen_at", "id"], unique=False)
    op.create_index(
        "ix_sighting_waiting",
        "sighting",
        ["look_by", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "night_bed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("for_whom", sa.Text(), nullable=False, comment="anyone | women | under_25 | couples"),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("dogs", sa.Boolean(), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("severe_weather_only", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True, comment="the first night on which it is closed"),
        sa.Column("how_to_get_in", sa.Text(), nullable=False, comment="door, hours, telephone of the place"),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("ck_night_bed_no_fewer_than_none")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_bed")),
        comment="Beds for a night",
    )
    op.create_index("ix_night_bed_title", "night_bed", ["title", "id"], unique=False)
    op.create_table(
        "bed_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bed_id", sa.Uuid(), nullable=False),
        sa.Column("stay_id", sa.Uuid(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="offered | taken | refused | did_not_come"),
        sa.Column("why", sa.Text(), nullable=True, comment="why it was refused, in their words"),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bed_id"], ["night_bed.id"], name=op.f("fk_bed_offer_bed_id")),
        sa.ForeignKeyConstraint(["stay_id"], ["street_stay.id"], name=op.f("fk_bed_offer_stay_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bed_offer")),
        comment="Beds held for somebody on a night",
    )
    op.create_index("ix_bed_offer_bed_id", "bed_offer", ["bed_id", "night"], unique=False)
    op.create_index(
        "uq_bed_offer_night",
        "bed_offer",
        ["stay_id", "night"],
        unique=True,
        postgresql_where=sa.text("state in ('offered', 'taken')"),
    )
    op.create_table(
        "severe_weather",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False, comment="cold | heat | wind | snow | flood"),
        sa.Column("forecast", sa.Text(), nullable=False, comment="what was forecast, by whom"),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False, comment="at most one does"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_severe_weather")),
        comment="When the severe weather protocol stood",
    )
    op.create_index("ix_severe_weather_declared_at", "severe_weather", ["declared_at", "id"], unique=False)
    op.create_index(
        "uq_severe_weather_standing", "severe_weather", ["standing"], unique=True, postgresql_where=sa.text("standing")
    )
    op.create_table(
        "night_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False, comment="named by the day it began on"),
        sa.Column("method", sa.Text(), nullable=False, comment="count | estimate"),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("women", sa.Integer(), nullable=False),
        sa.Column("under_25", sa.Integer(), nullable=False),
        sa.Column("counted_by", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_count")),
        comment="Nightly counts of people sleeping rough",
    )
    op.create_index("uq_night_count_night", "night_count", ["night"], unique=True)
    op.create_table(
        "ward_count",
        sa.Column("count_id", sa.Uuid(), nullable=False),
        sa.Column("ward", sa.Text(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["count_id"], ["night_count.id"], name=op.f("fk_ward_count_count_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("count_id", "ward", name=op.f("pk_ward_count")),
        comment="Nightly counts by ward",
    )


def downgrade() -> None:
    for table in (
        "ward_count",
        "night_count",
        "severe_weather",
        "bed_offer",
        "night_bed",
        "sighting",
        "street_night",
        "street_stay",
        "placement_notice",
        "placement_alarm",
        "placement_rate",
        "placement",
        "temporary_home",
    ):
        op.drop_table(table)
