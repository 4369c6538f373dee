"""Rights, complaints and agreements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.store import foundation

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    foundation.remember_the_erased(op.get_bind())
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "parties",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{organisation, role, contact}]",
        ),
        sa.Column("arrangement", sa.Text(), nullable=True, comment="joint controllers: who answers for what"),
        sa.Column(
            "datasets", postgresql.ARRAY(sa.Text()), nullable=False, comment="codes of risk's register of sources"
        ),
        sa.Column("fields", sa.Text(), nullable=True, comment="which fields of them, in words"),
        sa.Column("gateway", sa.Text(), nullable=False, comment="the legal power"),
        sa.Column("purposes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("security", sa.Text(), nullable=False),
        sa.Column("single_contact", sa.Text(), nullable=False),
        sa.Column("dpia", sa.Text(), nullable=True, comment="reference of the impact assessment"),
        sa.Column("dpia_on", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="the first day it no longer stands"),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="draft | in_force | suspended | ended"),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("code", name=op.f("uq_agreement_code")),
        comment="Sharing agreements",
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="complaint | data_complaint | councillor_enquiry | compliment"
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="whose it is, if we know them"),
        sa.Column("from_whom", sa.Text(), nullable=True, comment="who wrote, if they are nobody of the register"),
        sa.Column("councillor", sa.Text(), nullable=True),
        sa.Column("about_workers", postgresql.ARRAY(sa.Text()), nullable=False, comment="they never see it"),
        sa.Column("about_service", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=True, comment="what would put it right, in their words"),
        sa.Column("received_on", sa.Date(), nullable=False, comment="of this stage"),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("extended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("extension_reason", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True, comment="what is due next: acknowledgement, then answer"),
        sa.Column("overdue", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("lessons", sa.Text(), nullable=True, comment="what is done differently from now on"),
        sa.Column(
            "stages", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="earlier stages as they ended"
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        comment="Complaints, compliments and councillors' enquiries",
    )
    op.create_index("ix_complaint_person_id", "complaint", ["person_id"], unique=False)
    op.create_index("ix_complaint_received_on", "complaint", ["received_on", "id"], unique=False)
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False, comment="who asks for it"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        comment="Legal holds",
    )
    op.create_index(
        "ix_legal_hold_person_id",
        "legal_hold",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.create_table(
        "rights_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="access | rectification | restriction | objection | erasure"
        ),
        sa.Column(
            "person_id",
            sa.Uuid(),
            nullable=False,
            comment="whose data; an id that leads to nobody once they are erased",
        ),
        sa.Column("asker", sa.Text(), nullable=False, comment="self | parent | representative"),
        sa.Column("asker_person_id", sa.Uuid(), nullable=True, comment="who asks for somebody else, if we know them"),
        sa.Column("authority", sa.Text(), nullable=True, comment="what shows that they may ask"),
        sa.Column("details", sa.Text(), nullable=False, comment="what they want, in their words"),
        sa.Column(
            "purposes",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="of a restriction or objection; none: everything",
        ),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "pauses",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{about, question, since, until}]",
        ),
        sa.Column("extended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("extension_reason", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True, comment="null while it stands still"),
        sa.Column("overdue", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "guarded",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="somebody concerned is kept apart or restricted: the specialist first",
        ),
        sa.Column("cleared_by", sa.Text(), nullable=True, comment="the specialist who let it go on"),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clearance", sa.Text(), nullable=True, comment="what to take care of"),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column(
            "kept", postgresql.ARRAY(sa.Text()), nullable=False, comment="retention codes that an erasure leaves"
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="of the decision or refusal, as the person is told"),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True, comment="SHA-256 of what was released"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
        comment="Requests about rights (UK GDPR Articles 15 to 21)",
    )
    op.create_index("ix_rights_request_asker_person_id", "rights_request", ["asker_person_id"], unique=False)
    op.create_index("ix_rights_request_person_id", "rights_request", ["person_id"], unique=False)
    op.create_index("ix_rights_request_received_on", "rights_request", ["received_on", "id"], unique=False)
    op.create_table(
        "board_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("votes", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="[{member, seat, vote}]"),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_board_decision_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_decision")),
        comment="The board's decisions on agreements",
    )
    op.create_index("ix_board_decision_agreement_id", "board_decision", ["agreement_id", "held_on", "id"], unique=False)
    op.create_table(
        "erasure_proof",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("tables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_erasure_proof_request_id")),
        sa.PrimaryKeyConstraint("request_id", "service", name=op.f("pk_erasure_proof")),
        comment="Proofs of erasure, owner by owner",
    )
    op.create_table(
        "rights_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="the owner's table"),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False, comment="the compartment"),
        sa.Column("shared", sa.Boolean(), nullable=False, comment="about somebody else too"),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False, comment="names of its fields"),
        sa.Column(
            "sealed", sa.Text(), nullable=True, comment="the fields, readable by this service alone; null once over"
        ),
        sa.Column("verdict", sa.Text(), nullable=True, comment="give | redact | withhold; null: not checked"),
        sa.Column("redacted", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("exemption", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_rights_item_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_item")),
        comment="What is held about somebody, item by item, while it is checked",
    )
    op.create_index("ix_rights_item_request_id", "rights_item", ["request_id", "id"], unique=False)
    op.create_table(
        "rights_part",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_rights_part_request_id")),
        sa.PrimaryKeyConstraint("request_id", "service", "part", name=op.f("pk_rights_part")),
        comment="Parts of subject access packages, as they arrive",
    )


def downgrade() -> None:
    op.drop_table("rights_part")
    op.drop_table("rights_item")
    op.drop_table("erasure_proof")
    op.drop_table("board_decision")
    op.drop_table("rights_request")
    op.drop_table("legal_hold")
    op.drop_table("complaint")
    op.drop_table("agreement")
    foundation.forget_the_erased(op.get_bind())
