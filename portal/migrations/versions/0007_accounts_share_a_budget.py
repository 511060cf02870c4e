"""accounts share a budget"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "poll_account",
        sa.Column("account", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("levels", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("rests_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("rests_for", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("stretch", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("planned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_poll_account")),
    )
    op.create_table(
        "poll_worker",
        sa.Column("account", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account", "worker", name=op.f("pk_poll_worker")),
    )
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expired_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    with op.batch_alter_table("tracker", schema=None) as batch_op:
        batch_op.add_column(sa.Column("urgency", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("expected_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("quiet_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_tracker_due"), sqlite_where=sa.text("next_poll_at IS NOT NULL"))
        batch_op.create_index(
            "ix_tracker_due",
            ["carrier", "urgency", "next_poll_at"],
            unique=False,
            postgresql_where=sa.text("next_poll_at IS NOT NULL"),
            sqlite_where=sa.text("next_poll_at IS NOT NULL"),
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("tracker", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_tracker_due",
            postgresql_where=sa.text("next_poll_at IS NOT NULL"),
            sqlite_where=sa.text("next_poll_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_tracker_due"),
            ["carrier", "next_poll_at"],
            unique=False,
            sqlite_where=sa.text("next_poll_at IS NOT NULL"),
        )
        batch_op.drop_column("digest")
        batch_op.drop_column("quiet_until")
        batch_op.drop_column("expected_at")
        batch_op.drop_column("urgency")

    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.drop_column("expired_at")

    op.drop_table("poll_worker")
    op.drop_table("poll_account")
