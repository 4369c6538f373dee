"""The identity layer: whose record is whose, since when and why; households; what people decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_record_uprn", "record", ["uprn"])
    op.create_index("ix_record_postcode", "record", ["postcode"])
    op.create_table(
        "assertion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("because", sa.Text(), nullable=False, comment="a code: see domain.Because"),
        sa.Column(
            "evidence",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="{with, weight, probability} of the best pair, or {rule}",
        ),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False, comment="who: a worker, or the platform itself"),
        sa.Column("run_id", sa.Uuid(), nullable=True, comment="the run over the whole borough, or null: by itself"),
        sa.CheckConstraint("certainty in ('confirmed', 'probable', 'unlinked')", name=op.f("ck_assertion_certainty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assertion")),
        comment="What linkage has ever said, in order",
    )
    op.create_index("ix_assertion_record", "assertion", ["record_id", "id"], unique=False)
    op.create_table(
        "common_key",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_common_key")),
        comment="Blocking keys that say too little",
    )
    op.create_table(
        "erasure",
        sa.Column("pseudonym", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="a code: see domain.ErasureReason"),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_erasure")),
        comment="Records that were erased and stay so",
    )
    op.create_table(
        "home",
        sa.Column("home_id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("pseudonym", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="uprn:<uprn>, or postcode and first line, as compared"),
        sa.Column("uprn", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True, comment="since when they live at this place"),
        sa.Column("until", sa.Date(), nullable=True, comment="the first day on which nobody of it was left"),
        sa.PrimaryKeyConstraint("home_id", name=op.f("pk_home")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_home_pseudonym")),
        comment="Households",
    )
    op.create_index("ix_home_place", "home", ["place"], unique=False)
    op.create_table(
        "linkage_model",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("model", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linkage_model")),
        comment="Trained weights of linkage",
    )
    op.create_table(
        "linking_run",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=True),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linking_run")),
        comment="Linking runs",
    )
    op.create_table(
        "pair_rule",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="must | cannot"),
        sa.Column("record_a", sa.Uuid(), nullable=False, comment="the smaller of the two ids"),
        sa.Column("record_b", sa.Uuid(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=True, comment="the rule that put it right, if it was wrong"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('must', 'cannot')", name=op.f("ck_pair_rule_kind")),
        sa.CheckConstraint("record_a < record_b", name=op.f("ck_pair_rule_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_rule")),
        comment="Must-links and cannot-links",
    )
    op.create_index("ix_pair_rule_b", "pair_rule", ["record_b"], unique=False)
    op.create_index(
        "uq_pair_rule_standing",
        "pair_rule",
        ["record_a", "record_b"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "register_entry",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column(
            "listed", sa.Boolean(), nullable=False, comment="false: restricted, nothing may be known of them here"
        ),
        sa.Column("introduced", sa.Boolean(), nullable=False, comment="all that casefile has of them came from here"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_register_entry")),
        comment="Casefile's register, as heard",
    )
    op.create_index("ix_register_entry_merged", "register_entry", ["merged_into"], unique=False)
    op.create_table(
        "reidentification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="record | resident | household"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reidentification")),
        comment="Ways back from pseudonym to person",
    )
    op.create_index("ix_reidentification_at", "reidentification", ["at"], unique=False)
    op.create_table(
        "resident",
        sa.Column("resident_id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("pseudonym", sa.Uuid(), nullable=True, comment="null once erased: nothing leads back"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id; its alias may have moved on since"),
        sa.Column("joined_into", sa.Uuid(), nullable=True, comment="the resident that all of its records went to"),
        sa.Column("introduction", sa.Text(), nullable=True, comment="sent | introduced | known | erased"),
        sa.Column("introduced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "objected", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="never to be contacted"
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_resident")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_resident_pseudonym")),
        comment="People as linkage sees them",
    )
    op.create_index(
        "ix_resident_person", "resident", ["person_id"], unique=False, postgresql_where=sa.text("person_id is not null")
    )
    op.create_table(
        "review_item",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("record_a", sa.Uuid(), nullable=False, comment="the smaller of the two ids"),
        sa.Column("record_b", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False, comment="a code: see domain.Doubt"),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column(
            "state",
            sa.Text(),
            server_default=sa.text("'open'"),
            nullable=False,
            comment="open | same | different | overtaken",
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('open', 'same', 'different', 'overtaken')", name=op.f("ck_review_item_state")),
        sa.CheckConstraint("record_a < record_b", name=op.f("ck_review_item_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_item")),
        sa.UniqueConstraint("record_a", "record_b", name=op.f("uq_review_item_record_a_record_b")),
        comment="Pairs for a person to decide",
    )
    op.create_index("ix_review_item_b", "review_item", ["record_b"], unique=False)
    op.create_index("ix_review_item_state", "review_item", ["state", "probability", "id"], unique=False)
    op.create_table(
        "ward",
        sa.Column("place", sa.Text(), nullable=False, comment="uprn:<uprn> or postcode:<postcode>"),
        sa.Column("ward", sa.Text(), nullable=False, comment="GSS code"),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_ward")),
        comment="Wards of addresses",
    )
    op.create_table(
        "home_member",
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False, comment="the source whose record puts them there"),
        sa.ForeignKeyConstraint(["home_id"], ["home.home_id"], name=op.f("fk_home_member_home_id"), ondelete="cascade"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.resident_id"], name=op.f("fk_home_member_resident_id")),
        sa.PrimaryKeyConstraint("home_id", "resident_id", "since", name=op.f("pk_home_member")),
        comment="Members of households, with dates",
    )
    op.create_index(
        "uq_home_member_now", "home_member", ["resident_id"], unique=True, postgresql_where=sa.text("until is null")
    )
    op.create_table(
        "record_key",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Uuid(), nullable=False, comment="of the record when its keys were made"),
        sa.Column(
            "keys", sa.ARRAY(sa.Integer()), nullable=False, comment="keys that few records share, folded to 31 bits"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.record_id"], name=op.f("fk_record_key_record_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record_key")),
        comment="Blocking keys of each record",
    )
    op.create_index(
        "ix_record_key_keys",
        "record_key",
        ["keys"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "record_resident",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint(
            "certainty in ('confirmed', 'probable', 'unlinked')", name=op.f("ck_record_resident_certainty")
        ),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.resident_id"], name=op.f("fk_record_resident_resident_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record_resident")),
        comment="Whose record it is now",
    )
    op.create_index("ix_record_resident_resident", "record_resident", ["resident_id"], unique=False)
    # What was said stays said: erasure alone, which says so, takes rows out.
    op.execute(
        """
        create function assertions_only_grow() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' and current_setting('vault.erasing', true) = 'on' then
                return old;
            end if;
            raise exception 'assertions only grow' using errcode = 'integrity_constraint_violation';
        end $$;
        create trigger assertions_only_grow before update or delete on assertion
            for each row execute function assertions_only_grow();
        """
    )


def downgrade() -> None:
    op.drop_index("ix_record_postcode", "record")
    op.drop_index("ix_record_uprn", "record")
    op.execute("drop trigger assertions_only_grow on assertion; drop function assertions_only_grow()")
    op.drop_index("ix_record_resident_resident", table_name="record_resident")
    op.drop_table("record_resident")
    op.drop_index(
        "ix_record_key_keys", table_name="record_key", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    )
    op.drop_table("record_key")
    op.drop_index("uq_home_member_now", table_name="home_member", postgresql_where=sa.text("until is null"))
    op.drop_table("home_member")
    op.drop_table("ward")
    op.drop_index("ix_review_item_state", table_name="review_item")
    op.drop_index("ix_review_item_b", table_name="review_item")
    op.drop_table("review_item")
    op.drop_index("ix_resident_person", table_name="resident", postgresql_where=sa.text("person_id is not null"))
    op.drop_table("resident")
    op.drop_index("ix_reidentification_at", table_name="reidentification")
    op.drop_table("reidentification")
    op.drop_index("ix_register_entry_merged", table_name="register_entry")
    op.drop_table("register_entry")
    op.drop_index("uq_pair_rule_standing", table_name="pair_rule", postgresql_where=sa.text("ended_at is null"))
    op.drop_index("ix_pair_rule_b", table_name="pair_rule")
    op.drop_table("pair_rule")
    op.drop_table("linking_run")
    op.drop_table("linkage_model")
    op.drop_index("ix_home_place", table_name="home")
    op.drop_table("home")
    op.drop_table("erasure")
    op.drop_table("common_key")
    op.drop_index("ix_assertion_record", table_name="assertion")
    op.drop_table("assertion")
