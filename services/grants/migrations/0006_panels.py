"""Residents' panels and their draws."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "resident_panel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="residents | data | forum"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("one_per_home", sa.Boolean(), nullable=False),
        sa.Column("quotas", postgresql.JSONB(), nullable=False, comment="[{category, feature, least, most}]"),
        sa.Column("reserves", sa.Integer(), nullable=False, comment="how many stand by"),
        sa.Column(
            "dropout", postgresql.JSONB(), nullable=False, comment="{usual, groups: [{category, feature, chance}]}"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="gathering | drawing | drawn | ended"),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["grant_round.id"], name=op.f("fk_resident_panel_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_panel")),
        comment="Residents' panels",
    )
    op.create_index("ix_resident_panel_made_at", "resident_panel", ["made_at", "id"], unique=False)
    op.create_table(
        "panel_volunteer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False, comment="random; the only thing of theirs that is public"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, where they are known"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("uprn", sa.Text(), nullable=True, comment="normalised; null is unknown, not a home"),
        sa.Column(
            "features", postgresql.JSONB(), nullable=False, comment="what they said of themselves, for the quotas"
        ),
        sa.Column("consented_at", _MOMENT, nullable=False, comment="to be drawn, and to these questions"),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.Column("of_thousand", sa.Integer(), nullable=True, comment="in how many of the 1,000 panels they stand"),
        sa.Column("joined_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["resident_panel.id"], name=op.f("fk_panel_volunteer_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_volunteer")),
        sa.UniqueConstraint("token", name=op.f("uq_panel_volunteer_token")),
        comment="People who may be drawn for a panel, by consent",
    )
    op.create_index("ix_panel_volunteer_panel_id", "panel_volunteer", ["panel_id", "joined_at", "id"], unique=False)
    op.create_index("ix_panel_volunteer_person_id", "panel_volunteer", ["person_id"], unique=False)
    op.create_table(
        "panel_draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="first | again | replacement"),
        sa.Column("state", sa.Text(), nullable=False, comment="working | announced | drawn | failed"),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("because", sa.Text(), nullable=True, comment="the public reason of a draw that replaces another"),
        sa.Column("size", sa.Integer(), nullable=False, comment="places that are drawn"),
        sa.Column("pool", sa.Integer(), nullable=False, comment="who could be drawn"),
        sa.Column("quotas", postgresql.JSONB(), nullable=False, comment="as drawn by"),
        sa.Column(
            "changed_quotas", postgresql.JSONB(), nullable=False, comment="[{asked, possible}], if none would do"
        ),
        sa.Column("leaving", postgresql.JSONB(), nullable=False, comment="[{token, reason}] of a replacement"),
        sa.Column("spent", postgresql.JSONB(), nullable=False, comment="tokens that cannot be drawn any more"),
        sa.Column("seed_source", sa.Text(), nullable=False),
        sa.Column("seed_from", _MOMENT, nullable=False, comment="before this nobody can know the seed"),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=False, comment="when the pool was closed; business time, like all"),
        sa.Column("salt", sa.Text(), nullable=False, comment="of the digest of what was asked, for auditors"),
        sa.Column("question_sha256", sa.Text(), nullable=False),
        sa.Column("certificate", postgresql.JSONB(), nullable=True, comment="what is proved of the chances"),
        sa.Column("file", postgresql.JSONB(), nullable=True, comment="as kit/lottery_verifier.py reads it"),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("announced_at", _MOMENT, nullable=True),
        sa.Column("drawn_at", _MOMENT, nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=True),
        sa.Column("witnessed_by", sa.Text(), nullable=True),
        sa.Column("reserves", postgresql.JSONB(), nullable=True, comment="{tokens, expected_loss, without}"),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["resident_panel.id"], name=op.f("fk_panel_draw_panel_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["panel_draw.id"], name=op.f("fk_panel_draw_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_draw")),
        comment="Public draws of panels; none is ever taken away",
    )
    op.create_index("uq_panel_draw_number", "panel_draw", ["panel_id", "number"], unique=True)
    op.create_index(
        "uq_panel_draw_open",
        "panel_draw",
        ["panel_id"],
        unique=True,
        postgresql_where=sa.text("state in ('working', 'announced')"),
    )
    op.create_table(
        "panel_seat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False, comment="member | reserve"),
        sa.Column("place", sa.Integer(), nullable=False, comment="of a reserve: in which order they are asked"),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.Column("why_left", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["draw_id"], ["panel_draw.id"], name=op.f("fk_panel_seat_draw_id")),
        sa.ForeignKeyConstraint(["panel_id"], ["resident_panel.id"], name=op.f("fk_panel_seat_panel_id")),
        sa.ForeignKeyConstraint(["volunteer_id"], ["panel_volunteer.id"], name=op.f("fk_panel_seat_volunteer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_seat")),
        comment="Members and reserves of panels",
    )
    op.create_index("ix_panel_seat_draw_id", "panel_seat", ["draw_id"], unique=False)
    op.create_index(
        "uq_panel_seat_now",
        "panel_seat",
        ["panel_id", "volunteer_id"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_table(
        "evidence_figure",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False, comment="a year or a month that is over"),
        sa.Column("ward", sa.Text(), nullable=False, comment="GSS code"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False, comment="people | per_cent | index"),
        sa.Column("value", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=True, comment="of a share: of how many"),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", "measure", "period", "ward", name=op.f("pk_evidence_figure")),
        comment="Figures by ward for evidence packs; counts, nobody's record",
    )
    op.create_table(
        "evidence_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False, comment="business time"),
        sa.ForeignKeyConstraint(["panel_id"], ["resident_panel.id"], name=op.f("fk_evidence_pack_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_pack")),
        comment="Evidence packs of panels, as they were given out",
    )
    op.create_index("ix_evidence_pack_panel_id", "evidence_pack", ["panel_id", "made_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("evidence_pack")
    op.drop_table("evidence_figure")
    op.drop_table("panel_seat")
    op.drop_table("panel_draw")
    op.drop_table("panel_volunteer")
    op.drop_table("resident_panel")
