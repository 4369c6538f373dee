"""Organisations, services, and what finds them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


class Vector(UserDefinedType[str]):
    """pgvector's type, as it stood on this day."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "vector(256)"


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alternate_name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False, comment="organisations.domain.Kind"),
        sa.Column("status", sa.Text(), nullable=False, comment="active | ended"),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True, comment="public"),
        sa.Column("phone", sa.Text(), nullable=True, comment="public"),
        sa.Column("legal_status", sa.Text(), nullable=True),
        sa.Column("uri", sa.Text(), nullable=True, comment="a persistent identifier, e.g. a charity register's"),
        sa.Column("listed", sa.Boolean(), nullable=False, comment="shown in the public directory"),
        sa.Column("answers_by", sa.Text(), nullable=False, comment="api | webhook | link | not_at_all"),
        sa.Column("answer_email", sa.Text(), nullable=True, comment="where one-time links go; never public"),
        sa.Column("manager", sa.Text(), nullable=True, comment="our worker who looks after it: silence goes to them"),
        sa.Column("feed_id", sa.Uuid(), nullable=True, comment="the feed it came from; null: entered here"),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        comment="Partner organisations, landlords, and whoever runs a service of the directory",
    )
    op.create_index("ix_organisation_name", "organisation", ["name", "id"])
    op.create_index("ix_organisation_kind", "organisation", ["kind", "name", "id"])
    op.create_index(
        "ix_organisation_feed_id", "organisation", ["feed_id"], postgresql_where=sa.text("feed_id is not null")
    )
    _feeds()
    _terms()
    _services()


def _feeds() -> None:
    op.create_table(
        "directory_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "url", sa.Text(), nullable=True, comment="where it is published; the gateway's egress fetches it"
        ),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "loaded_at", sa.DateTime(timezone=True), nullable=True, comment="when a load last ended"
        ),
        sa.Column("last_load", postgresql.JSONB(), nullable=True, comment="what it did"),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_feed")),
        comment="Feeds that entries of the directory come from",
    )
    op.create_table(
        "directory_received",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "number", name=op.f("pk_directory_received")),
        comment="Records of a feed that wait to be taken in",
    )
    op.create_table(
        "directory_quarantine",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column(
            "record_id",
            sa.Text(),
            nullable=False,
            comment="as the feed names it; its place in the feed if it does not",
        ),
        sa.Column("faults", postgresql.JSONB(), nullable=False, comment="[{pointer, detail, rule}]"),
        sa.Column("record", postgresql.JSONB(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True, comment="it came right, or went"),
        sa.ForeignKeyConstraint(["feed_id"], ["directory_feed.id"], name=op.f("fk_directory_quarantine_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_quarantine")),
        comment="Records of feeds that break a rule",
    )
    op.create_index(
        "uq_directory_quarantine_feed_id_record_id", "directory_quarantine", ["feed_id", "record_id"], unique=True
    )
    op.create_index(
        "ix_directory_quarantine_open",
        "directory_quarantine",
        ["last_seen_at", "id"],
        postgresql_where=sa.text("settled_at is null"),
    )


def _terms() -> None:
    op.create_table(
        "taxonomy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy")),
        comment="Lists of terms that describe services",
    )
    op.create_table(
        "taxonomy_term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("taxonomy_id", sa.Uuid(), nullable=True),
        sa.Column("term", sa.Text(), nullable=True, comment="its code"),
        sa.Column("term_uri", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["taxonomy_id"], ["taxonomy.id"], name=op.f("fk_taxonomy_term_taxonomy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_term")),
        comment="Terms that describe services",
    )
    op.create_index("ix_taxonomy_term_taxonomy_id", "taxonomy_term", ["taxonomy_id", "name"])


def _services() -> None:
    op.create_table(
        "directory_service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=True, comment="null: entered here"),
        sa.Column(
            "digest", sa.Text(), nullable=False, comment="of what the source said: the same again changes nothing"
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, comment="active | inactive | defunct | temporarily closed"),
        sa.Column("document", postgresql.JSONB(), nullable=False, comment="HSDS-UK 3.0, as hsds.py types it"),
        sa.Column(
            "needs", postgresql.ARRAY(sa.Text()), nullable=False, comment="kit.contracts.codes.NeedDomain"
        ),
        sa.Column("term_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("minimum_age", sa.Float(), nullable=True, comment="years"),
        sa.Column("maximum_age", sa.Float(), nullable=True, comment="years"),
        sa.Column(
            "confirmed_on", sa.Date(), nullable=True, comment="when somebody last said that all this is right"
        ),
        sa.Column("confirmed_by", sa.Text(), nullable=True, comment="who: the provider, or our worker's id"),
        sa.Column("places_free", sa.Integer(), nullable=True, comment="when last asked; null: not known"),
        sa.Column("places_on", sa.Date(), nullable=True),
        sa.Column("seen_in", sa.Uuid(), nullable=True, comment="the load that saw it last"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.Column(
            "words", postgresql.TSVECTOR(), nullable=False, comment="name A, organisation B, all else D"
        ),
        sa.Column("line", sa.Text(), nullable=False, comment="name and organisation, for misspelt names"),
        sa.Column("meaning", Vector(), nullable=False, comment="what the words mean (meaning.py)"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_directory_service_organisation_id")
        ),
        sa.ForeignKeyConstraint(["feed_id"], ["directory_feed.id"], name=op.f("fk_directory_service_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_service")),
        comment="Services of the directory",
    )
    op.create_index("ix_directory_service_name", "directory_service", ["name", "id"])
    op.create_index("ix_directory_service_organisation_id", "directory_service", ["organisation_id"])
    op.create_index("ix_directory_service_feed_id", "directory_service", ["feed_id"])
    op.create_index("ix_directory_service_words", "directory_service", ["words"], postgresql_using="gin")
    op.create_index(
        "ix_directory_service_line",
        "directory_service",
        ["line"],
        postgresql_using="gin",
        postgresql_ops={"line": "gin_trgm_ops"},
    )
    op.create_table(
        "directory_place",
        sa.Column("service_id", sa.Uuid(), nullable=False, comment="two feeds may share an id"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="HSDS's service_at_location"),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["directory_service.id"], name=op.f("fk_directory_place_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "id", name=op.f("pk_directory_place")),
        comment="Where services are given",
    )
    op.create_index("ix_directory_place_id", "directory_place", ["id"])
    op.create_table(
        "directory_opening",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("days", postgresql.ARRAY(sa.Text()), nullable=False, comment="MO TU WE TH FR SA SU"),
        sa.Column("opens_at", sa.Time(), nullable=True),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["directory_service.id"], name=op.f("fk_directory_opening_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_id", "id", name=op.f("pk_directory_opening")),
        comment="When services are open",
    )


def downgrade() -> None:
    for table in (
        "directory_opening",
        "directory_place",
        "directory_service",
        "taxonomy_term",
        "taxonomy",
        "directory_quarantine",
        "directory_received",
        "directory_feed",
        "organisation",
    ):
        op.drop_table(table)
