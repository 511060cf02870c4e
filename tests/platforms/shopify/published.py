"""Our operations, and Shopify's published schemas where they lie beside the checkout."""

from __future__ import annotations

import gzip
import importlib
import json
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from graphql import GraphQLSchema, build_client_schema

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = ROOT.parent / "shared" / "fixtures" / "commerce" / "shopify" / "graphql"
ABSENT = "no published schema of Shopify beside the checkout (../shared/fixtures/commerce/shopify/graphql)"


def writer() -> ModuleType:
    """The script that writes our part of the schema."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return importlib.import_module("shopify_schema")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


def operations() -> dict[str, str]:
    """Every operation by its own name."""
    return {text.split("(")[0].split("{")[0].split()[1]: text for text in writer().texts()}


def schema_file(version: str) -> Path:
    """The published schema of a version; skips the test where it is absent."""
    path = PUBLISHED / f"admin_{version}.schema.json.gz"
    if not path.exists():
        pytest.skip(ABSENT)
    return path


@cache
def published(version: str) -> GraphQLSchema:
    """That schema, built."""
    data = json.loads(gzip.decompress(schema_file(version).read_bytes()))["data"]
    return build_client_schema(data, assume_valid=True)  # it breaks a rule about what is deprecated
