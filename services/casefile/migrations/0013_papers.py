"""What residents see of who looked, letters and the downtime pack."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# uuid5 of urn:newstart:casefile:downtime-packs
_EACH_DAY = "5e838cee-305e-56e7-a5c0-39ca8a1a402b"


def _at(name: str, comment: str | None = None, *, nullable: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, comment=comment)


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="to whom it is written"),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("paragraphs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("how", sa.Text(), nullable=False, comment="post | by_hand"),
        sa.Column("state", sa.Text(), nullable=False, comment="written | sent | withdrawn"),
        sa.Column("written_by", sa.Text(), nullable=False),
        _at("written_at", "business time"),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        comment="Letters to people, as they were written",
    )
    op.create_index("ix_letter_person_id", "letter", ["person_id", "written_at", "id"], unique=False)
    op.create_table(
        "share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="whose page it is"),
        sa.Column("shows", postgresql.ARRAY(sa.Text()), nullable=False, comment="plan, looked"),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("way", sa.Text(), nullable=True, comment="sms | email; null: the address was shown face to face"),
        sa.Column("word_salt", sa.LargeBinary(), nullable=False),
        sa.Column("word_digest", sa.LargeBinary(), nullable=False, comment="scrypt: kit.chosen_word"),
        _at("until", "business time, like all below"),
        sa.Column("made_by", sa.Text(), nullable=False),
        _at("made_at"),
        _at("opened_at", nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        _at("withdrawn_at", nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_share_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        comment="Pages shared with those they are about",
    )
    op.create_index("ix_share_person_id", "share", ["person_id", "made_at", "id"], unique=False)
    op.create_table(
        "looked_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "entries",
            postgresql.ARRAY(sa.BigInteger()),
            nullable=False,
            comment="of casefile's own record of access",
        ),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False, comment="when they were asked"),
        sa.Column(
            "how_they_view_it",
            sa.Text(),
            nullable=False,
            comment="where, how and beside whom, in the specialist's words",
        ),
        sa.Column("released_by", sa.Text(), nullable=False),
        _at("released_at", "business time"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_looked_release_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looked_release")),
        comment="What specialists released of who looked",
    )
    op.create_index("ix_looked_release_person_id", "looked_release", ["person_id", "released_at"], unique=False)
    op.create_table(
        "downtime_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _at("made_at", "business time"),
        sa.Column("file", sa.LargeBinary(), nullable=True, comment="a PDF under AES-256; null: too old to be of use"),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the file"),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("key_name", sa.Text(), nullable=False, comment="which passphrase opens it"),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("forms", postgresql.ARRAY(sa.Text()), nullable=False, comment="numbers of the paper forms in it"),
        sa.Column(
            "person_ids",
            postgresql.ARRAY(sa.Uuid()),
            nullable=False,
            comment="who is in it: each download is a read of them",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downtime_pack")),
        comment="Packs for outages, locked",
    )
    op.create_index("ix_downtime_pack_hub", "downtime_pack", ["hub", "made_at", "id"], unique=False)
    op.create_table(
        "paper_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False, comment="the form's number: typed in once"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="contact | visit | note"),
        _at("happened_at", "as the paper says, business time"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False, comment="who signed the paper"),
        sa.Column("typed_by", sa.Text(), nullable=False),
        _at("typed_at", "business time"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_entry_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_entry")),
        sa.UniqueConstraint("form", name=op.f("uq_paper_entry_form")),
        comment="Paper forms typed in after an outage",
    )
    op.create_index("ix_paper_entry_person_id", "paper_entry", ["person_id", "happened_at", "id"], unique=False)
    op.create_table(
        "known_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="at_hub | home_visit | phone"),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        _at("starts_at"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_visit")),
        comment="Appointments and visits, from triage's events; ids and codes only",
    )
    op.create_index("ix_known_visit_hub", "known_visit", ["hub", "starts_at"], unique=False)
    # The first alarm: from then on each morning sets the next.
    op.execute(
        """
        insert into timer (id, name, key, due_at, cause) values (
            gen_random_uuid(), 'casefile.downtime_pack.make', '{key}',
            (date_trunc('day', now() at time zone 'Europe/London') + interval '1 day 5 hours 30 minutes')
                at time zone 'Europe/London',
            '{{"actor": "system:casefile", "purpose": "system_operations", "organisation": null, "roles": [],
               "correlation_id": "{key}"}}'
        )
        """.format(key=_EACH_DAY)
    )


def downgrade() -> None:
    op.execute("delete from timer where name = 'casefile.downtime_pack.make'")
    for table in (
        "known_visit", "paper_entry", "downtime_pack", "looked_release", "share", "letter"
    ):  # fmt: skip
        op.drop_table(table)
