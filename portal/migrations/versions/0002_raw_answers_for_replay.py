"""raw answers once for all their parcels, unknown codes, proof documents, who settled a carrier"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "raw_answer_parcel",
        sa.Column("raw_id", _BIG, nullable=False),
        sa.Column("shipment_id", _BIG, nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_answer.id"], name=op.f("fk_raw_answer_parcel_raw_id_raw_answer"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipment.id"],
            name=op.f("fk_raw_answer_parcel_shipment_id_shipment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("raw_id", "shipment_id", name=op.f("pk_raw_answer_parcel")),
    )
    with op.batch_alter_table("raw_answer_parcel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_raw_answer_parcel_shipment_id"), ["shipment_id"], unique=False)
    op.execute(
        "INSERT INTO raw_answer_parcel (raw_id, shipment_id, number, at)"
        " SELECT r.id, r.shipment_id, coalesce(s.number, ''), r.at"
        " FROM raw_answer r JOIN shipment s ON s.id = r.shipment_id"
    )
    with op.batch_alter_table("raw_answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True))
        batch_op.add_column(sa.Column("asked", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("pushed", sa.Boolean(), nullable=True))
    op.execute("UPDATE raw_answer SET digest = 'before ' || id, asked = '[]', pushed = false")
    with op.batch_alter_table("raw_answer", schema=None) as batch_op:
        batch_op.alter_column("digest", existing_type=sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False)
        batch_op.alter_column("asked", existing_type=sqlmodel.sql.sqltypes.AutoString(), nullable=False)
        batch_op.alter_column("pushed", existing_type=sa.Boolean(), nullable=False)
        batch_op.create_index("uq_raw_answer_digest", ["digest"], unique=True)
        batch_op.drop_index("ix_raw_answer_shipment_id")
        batch_op.drop_constraint("fk_raw_answer_shipment_id_shipment", type_="foreignkey")
        batch_op.drop_column("shipment_id")

    op.create_table(
        "unknown_code",
        sa.Column("carrier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_seen", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_seen", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("carrier", "code", name=op.f("pk_unknown_code")),
    )
    op.create_table(
        "unknown_code_sample",
        sa.Column("carrier", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("shipment_id", _BIG, nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipment.id"],
            name=op.f("fk_unknown_code_sample_shipment_id_shipment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("carrier", "code", name=op.f("pk_unknown_code_sample")),
    )
    with op.batch_alter_table("unknown_code_sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unknown_code_sample_shipment_id"), ["shipment_id"], unique=False)

    op.create_table(
        "proof_document",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("shipment_id", _BIG, nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_proof_document_shipment_id_shipment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_document")),
    )
    with op.batch_alter_table("proof_document", schema=None) as batch_op:
        batch_op.create_index("uq_proof_document_shipment_id_digest", ["shipment_id", "digest"], unique=True)

    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shop_carrier", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("settled_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.execute("UPDATE shipment SET shop_carrier = carrier, settled_by = 'shop' WHERE carrier IS NOT NULL")
    with op.batch_alter_table("tracker", schema=None) as batch_op:
        batch_op.add_column(sa.Column("candidates", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("tracker", schema=None) as batch_op:
        batch_op.drop_column("candidates")
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.drop_column("settled_by")
        batch_op.drop_column("shop_carrier")
    op.drop_table("proof_document")
    op.drop_table("unknown_code_sample")
    op.drop_table("unknown_code")
    op.execute("DELETE FROM raw_answer")  # one body may be about several parcels: the older tables cannot say so
    op.drop_table("raw_answer_parcel")
    with op.batch_alter_table("raw_answer", schema=None) as batch_op:
        batch_op.drop_index("uq_raw_answer_digest")
        batch_op.drop_column("pushed")
        batch_op.drop_column("asked")
        batch_op.drop_column("digest")
        batch_op.add_column(sa.Column("shipment_id", _BIG, nullable=False))
        batch_op.create_foreign_key(
            "fk_raw_answer_shipment_id_shipment", "shipment", ["shipment_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_index("ix_raw_answer_shipment_id", ["shipment_id"], unique=False)
