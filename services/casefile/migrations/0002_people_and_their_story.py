"""People, households, timeline, cases, access, imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("formed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("formed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        comment="Households: casefile mints the ids that everyone else uses",
    )
    op.create_table(
        "import_refusal",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_refusal")),
        comment="Rows an import left out, and why",
    )
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_row")),
        comment="Rows of an import waiting to be worked off",
    )
    op.create_table(
        "known_seal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("previous_digest", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_seal")),
        comment="Every service's seals, from <service>.access.recorded",
    )
    op.create_index("ix_known_seal_service_batch", "known_seal", ["service", "batch"], unique=False)
    op.create_table(
        "name_token",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column(
            "keys",
            postgresql.ARRAY(sa.BigInteger()),
            nullable=False,
            comment="digests: spelling less one letter, sounds, the full names it stands for",
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_name_token")),
        comment="Distinct name tokens of all people, for tolerant search",
    )
    op.create_index(
        "ix_name_token_beginning", "name_token", ["token"], unique=False, postgresql_ops={"token": "text_pattern_ops"}
    )
    op.create_index(
        "ix_name_token_keys",
        "name_token",
        ["keys"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "names",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{given, family, kind}], the present one first",
        ),
        sa.Column("date_of_birth", sa.Text(), nullable=True, comment="YYYY, YYYY-MM or YYYY-MM-DD"),
        sa.Column("nhs_number", sa.Text(), nullable=True),
        sa.Column("nino", sa.Text(), nullable=True),
        sa.Column("upn", sa.Text(), nullable=True),
        sa.Column(
            "addresses",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{uprn, lines, postcode, ward, since, until}], the present one first",
        ),
        sa.Column(
            "contacts", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="[{kind, value, safe, note}]"
        ),
        sa.Column(
            "languages", postgresql.ARRAY(sa.Text()), nullable=False, comment="BCP 47 codes, the preferred one first"
        ),
        sa.Column("communication_needs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("restricted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False, comment="registered | import | introduced"),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("merged_into <> id", name=op.f("ck_person_not_into_itself")),
        sa.ForeignKeyConstraint(["merged_into"], ["person.id"], name=op.f("fk_person_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        comment="People: casefile mints the ids that everyone else uses",
    )
    op.create_index(
        "ix_person_merged_into",
        "person",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into is not null"),
    )
    op.create_index(
        "ix_person_nhs_number",
        "person",
        ["nhs_number"],
        unique=False,
        postgresql_where=sa.text("nhs_number is not null"),
    )
    op.create_index("ix_person_nino", "person", ["nino"], unique=False, postgresql_where=sa.text("nino is not null"))
    op.create_table(
        "person_search",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False, comment="folded tokens: given ... | family ...; one line a name"),
        sa.Column("born", sa.Text(), nullable=False, comment="YYYY, YYYY-MM or YYYY-MM-DD; empty if not known"),
        sa.Column(
            "marks",
            postgresql.ARRAY(sa.BigInteger()),
            nullable=False,
            comment="digests: name tokens, birth year, birthday, identifiers, postcodes, UPRNs, phones",
        ),
        sa.Column(
            "searchable",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="false: restricted, or merged into another person",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_search")),
        comment="Person search: one row a person, rebuilt from the person at any time",
    )
    op.create_index(
        "ix_person_search_marks",
        "person_search",
        ["marks"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "timeline_entry",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="the aggregate: contact, case, person ..."),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, comment="what happened, in words"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False, comment="address of the owner's record"),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("household_id", "occurred_at", "event_id", name=op.f("pk_timeline_entry")),
        comment="The timeline's page: a projection of the log, the same bytes on rebuild",
    )
    op.create_index("ix_timeline_entry_event_id", "timeline_entry", ["event_id"], unique=False)
    op.create_table(
        "timeline_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_head")),
    )
    op.create_table(
        "timeline_log",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False, comment="1, 2, 3 ... no gaps"),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("household_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True, comment="the fact as canonical JSON; null once erased"),
        sa.Column("salt", sa.LargeBinary(), nullable=True, comment="null once erased"),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of salt and payload"),
        sa.Column("chain", sa.LargeBinary(), nullable=False, comment="SHA-256 of the chain before and the digest"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_timeline_log")),
        sa.UniqueConstraint("event_id", name=op.f("uq_timeline_log_event_id")),
        comment="The timeline's log: hash-chained, never rebuilt",
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="open | closed"),
        sa.Column(
            "layer", sa.Text(), nullable=False, comment="universal | targeted | statutory: the strongest workstream's"
        ),
        sa.Column(
            "workstreams",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{decision_id, layer, specialism, statutory_service}]",
        ),
        sa.Column("decision_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("account_manager", sa.Text(), nullable=True),
        sa.Column("lead", sa.Text(), nullable=True),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("close_note", sa.Text(), nullable=True),
        sa.Column(
            "episodes",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="earlier episodes: opened, closed, why",
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_case_file_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        comment="Cases",
    )
    op.create_index(
        "ix_case_file_account_manager_open",
        "case_file",
        ["account_manager"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_case_file_household_id", "case_file", ["household_id"], unique=False)
    op.create_index("ix_case_file_opened_at", "case_file", ["opened_at", "id"], unique=False)
    op.create_index(
        "uq_case_file_one_open", "case_file", ["household_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "household_source",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_source_household_id")),
        sa.PrimaryKeyConstraint("source", "reference", name=op.f("pk_household_source")),
        comment="Sources of households",
    )
    op.create_index("ix_household_source_household_id", "household_source", ["household_id"], unique=False)
    op.create_table(
        "match_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("new_person_id", sa.Uuid(), nullable=False),
        sa.Column("existing_person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["existing_person_id"], ["person.id"], name=op.f("fk_match_review_existing_person_id")),
        sa.ForeignKeyConstraint(["new_person_id"], ["person.id"], name=op.f("fk_match_review_new_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_review")),
        comment="Possible matches with restricted people",
    )
    op.create_table(
        "membership",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until is null or until >= since", name=op.f("ck_membership_in_order")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_membership_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("household_id", "person_id", "since", name=op.f("pk_membership")),
        comment="A person may belong to more than one household",
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"], unique=False)
    op.create_index(
        "uq_membership_current",
        "membership",
        ["household_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_table(
        "merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_by", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unmerge_reason", sa.Text(), nullable=True),
        sa.Column("unmerged_by", sa.Text(), nullable=True),
        sa.Column("unmerged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_merge_person_id")),
        sa.ForeignKeyConstraint(["survivor_id"], ["person.id"], name=op.f("fk_merge_survivor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
        comment="Merges and unmerges, for ever",
    )
    op.create_index("ix_merge_person_id", "merge", ["person_id"], unique=False)
    op.create_index("ix_merge_survivor_id", "merge", ["survivor_id"], unique=False)
    op.create_table(
        "person_source",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the row as it came"),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_source_person_id")),
        sa.PrimaryKeyConstraint("source", "reference", name=op.f("pk_person_source")),
        comment="Sources of people",
    )
    op.create_index("ix_person_source_person_id", "person_source", ["person_id"], unique=False)
    op.create_table(
        "relationship",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parental_responsibility", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("carer", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("person_id <> other_id", name=op.f("ck_relationship_two_people")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_relationship_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_relationship_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relationship")),
        comment="person_id is <kind> of other_id",
    )
    op.create_index("ix_relationship_other_id", "relationship", ["other_id"], unique=False)
    op.create_index("ix_relationship_person_id", "relationship", ["person_id"], unique=False)
    op.create_index("uq_relationship_pair", "relationship", ["person_id", "other_id", "kind"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_relationship_pair", table_name="relationship")
    op.drop_index("ix_relationship_person_id", table_name="relationship")
    op.drop_index("ix_relationship_other_id", table_name="relationship")
    op.drop_table("relationship")
    op.drop_index("ix_person_source_person_id", table_name="person_source")
    op.drop_table("person_source")
    op.drop_index("ix_merge_survivor_id", table_name="merge")
    op.drop_index("ix_merge_person_id", table_name="merge")
    op.drop_table("merge")
    op.drop_index("uq_membership_current", table_name="membership", postgresql_where=sa.text("until is null"))
    op.drop_index("ix_membership_person_id", table_name="membership")
    op.drop_table("membership")
    op.drop_table("match_review")
    op.drop_index("ix_household_source_household_id", table_name="household_source")
    op.drop_table("household_source")
    op.drop_index("uq_case_file_one_open", table_name="case_file", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_case_file_opened_at", table_name="case_file")
    op.drop_index("ix_case_file_household_id", table_name="case_file")
    op.drop_index(
        "ix_case_file_account_manager_open", table_name="case_file", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_table("case_file")
    op.drop_table("timeline_log")
    op.drop_table("timeline_head")
    op.drop_index("ix_timeline_entry_event_id", table_name="timeline_entry")
    op.drop_table("timeline_entry")
    op.drop_index(
        "ix_person_search_marks",
        table_name="person_search",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_table("person_search")
    op.drop_index("ix_person_nino", table_name="person", postgresql_where=sa.text("nino is not null"))
    op.drop_index("ix_person_nhs_number", table_name="person", postgresql_where=sa.text("nhs_number is not null"))
    op.drop_index("ix_person_merged_into", table_name="person", postgresql_where=sa.text("merged_into is not null"))
    op.drop_table("person")
    op.drop_index(
        "ix_name_token_keys", table_name="name_token", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    )
    op.drop_index("ix_name_token_beginning", table_name="name_token", postgresql_ops={"token": "text_pattern_ops"})
    op.drop_table("name_token")
    op.drop_index("ix_known_seal_service_batch", table_name="known_seal")
    op.drop_table("known_seal")
    op.drop_table("import_row")
    op.drop_table("import_refusal")
    op.drop_table("household")
