"""Projects, participation, commissions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('commission_load',
    sa.Column('organisation_id', sa.Uuid(), nullable=False, comment="triage's id"),
    sa.Column('month', sa.Date(), nullable=False, comment='its first day'),
    sa.Column('referrals', sa.Integer(), nullable=False),
    sa.Column('refused_full', sa.Integer(), nullable=False, comment='refused because the service was full'),
    sa.Column('entered_by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('organisation_id', 'month', name=op.f('pk_commission_load')),
    comment='Referrals that organisations carried'
    )
    op.create_table('project',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('ward', sa.Text(), nullable=True),
    sa.Column('proposal_id', sa.Uuid(), nullable=True, comment='what it came of'),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('state_reason', sa.Text(), nullable=True),
    sa.Column('fixer_worker', sa.Text(), nullable=True, comment='clears the way for it'),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False, comment='business time, like all below'),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project')),
    comment='Projects that residents run'
    )
    op.create_index('ix_project_made_at', 'project', ['made_at', 'id'], unique=False)
    op.create_table('commission',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False, comment='bid | recommended | agreed | declined | ended'),
    sa.Column('years', postgresql.JSONB(), nullable=False, comment='[{year, pence, paid_on}]'),
    sa.Column('fund_id', sa.Uuid(), nullable=True),
    sa.Column('bid_by', sa.Text(), nullable=False),
    sa.Column('bid_at', sa.DateTime(timezone=True), nullable=False, comment='business time, like all below'),
    sa.Column('forum_words', sa.Text(), nullable=True, comment="the residents' forum's recommendation; public"),
    sa.Column('forum_on', sa.Date(), nullable=True),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_words', sa.Text(), nullable=True, comment='public'),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_commission_fund_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commission')),
    comment='Commissions'
    )
    op.create_index('ix_commission_bid_at', 'commission', ['bid_at', 'id'], unique=False)
    op.create_table('community_business',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('ward', sa.Text(), nullable=True),
    sa.Column('project_id', sa.Uuid(), nullable=True),
    sa.Column('trading', sa.Text(), nullable=False, comment='starting | trading | closed'),
    sa.Column('jobs', sa.Integer(), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_community_business_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_business')),
    comment='Community businesses'
    )
    op.create_table('project_blocker',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('owner_worker', sa.Text(), nullable=False),
    sa.Column('raised_on', sa.Date(), nullable=False),
    sa.Column('raised_by', sa.Text(), nullable=False),
    sa.Column('cleared_on', sa.Date(), nullable=True),
    sa.Column('cleared_words', sa.Text(), nullable=True),
    sa.Column('cleared_by', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_project_blocker_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_blocker')),
    comment='Blockers of projects'
    )
    op.create_index('ix_project_blocker_open', 'project_blocker', ['raised_on', 'id'], unique=False, postgresql_where=sa.text('cleared_on is null'))
    op.create_index('ix_project_blocker_project_id', 'project_blocker', ['project_id'], unique=False)
    op.create_table('project_session',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('counted', sa.Boolean(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('first_time', sa.Integer(), nullable=False),
    sa.Column('children', sa.Integer(), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_project_session_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_session')),
    comment='Sessions of projects, people counted without names'
    )
    op.create_index('ix_project_session_held_on', 'project_session', ['project_id', 'held_on', 'id'], unique=False)
    op.create_table('commission_member',
    sa.Column('commission_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False, comment="triage's id"),
    sa.Column('place', sa.Integer(), nullable=False, comment='0 answers for the bid'),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['commission_id'], ['commission.id'], name=op.f('fk_commission_member_commission_id')),
    sa.PrimaryKeyConstraint('commission_id', 'organisation_id', name=op.f('pk_commission_member')),
    comment='Organisations of commissions'
    )
    op.create_index('ix_commission_member_organisation_id', 'commission_member', ['organisation_id'], unique=False)


def downgrade() -> None:
    op.drop_table('commission_member')
    op.drop_table('project_session')
    op.drop_table('project_blocker')
    op.drop_table('community_business')
    op.drop_table('commission')
    op.drop_table('project')
    op.drop_table('commission_load')
