"""orders that are gone"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("gone_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index("ix_order_platform_shop_changed_at", ["platform", "shop", "changed_at"], unique=False)


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.drop_index("ix_order_platform_shop_changed_at")
        batch_op.drop_column("gone_at")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("changed_at")
