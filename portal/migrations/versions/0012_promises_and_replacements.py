"""promises and replacements"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "estimate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("said_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("said_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_estimate_shipment_id_shipment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimate")),
    )
    with op.batch_alter_table("estimate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_estimate_shipment_id"), ["shipment_id"], unique=False)

    op.create_table(
        "promise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day_from", sa.Date(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("said_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_promise_order_id_order"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_order_id"), ["order_id"], unique=False)

    op.create_table(
        "replacement",
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["shipment.id"], name=op.f("fk_replacement_by_id_shipment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_replacement_shipment_id_shipment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shipment_id", name=op.f("pk_replacement")),
    )
    with op.batch_alter_table("replacement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replacement_by_id"), ["by_id"], unique=False)

    with op.batch_alter_table("order_private", schema=None) as batch_op:
        batch_op.add_column(sa.Column("instructions", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("shop_note", sqlmodel.sql.sqltypes.AutoString(), nullable=True))

    # What is said now is where the record begins.
    op.execute(
        "INSERT INTO promise (order_id, day_from, day, said_at) SELECT id, "
        "CASE WHEN promise_to IS NOT NULL AND promise_from <> promise_to THEN promise_from END, "
        'COALESCE(promise_to, promise_from), updated_at FROM "order" '
        "WHERE promise_to IS NOT NULL OR promise_from IS NOT NULL"
    )
    op.execute(
        "INSERT INTO estimate (shipment_id, said_by, day, said_at) "
        "SELECT id, 'shop', shop_estimate_day, updated_at FROM shipment WHERE shop_estimate_day IS NOT NULL"
    )
    op.execute(
        "INSERT INTO estimate (shipment_id, said_by, day, said_at) "
        "SELECT id, 'carrier', estimate_day, updated_at FROM shipment WHERE estimate_day IS NOT NULL"
    )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("order_private", schema=None) as batch_op:
        batch_op.drop_column("shop_note")
        batch_op.drop_column("instructions")

    with op.batch_alter_table("replacement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replacement_by_id"))

    op.drop_table("replacement")
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_order_id"))

    op.drop_table("promise")
    with op.batch_alter_table("estimate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_estimate_shipment_id"))

    op.drop_table("estimate")
