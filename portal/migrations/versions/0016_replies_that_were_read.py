"""replies that were read"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("tracker", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reply", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("tracker", schema=None) as batch_op:
        batch_op.drop_column("reply")
