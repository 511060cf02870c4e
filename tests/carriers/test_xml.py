"""XML of carriers: read without prefixes, refused where it is dangerous."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from carriers.core.errors import CarrierError, ErrorKind
from carriers.core.xml import anywhere, attribute, every, first, read_xml, said

BODY = """<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="urn:soap"><s:Body>
  <list n:kind=" two " xmlns:n="urn:n" empty="">
    <row><city> Orl\u00e9ans </city><note><![CDATA[a < b]]></note></row>
    <row><city/></row>
  </list>
</s:Body></s:Envelope>""".encode()


def refusal(body: bytes, http_status: int = 200) -> ErrorKind:
    with pytest.raises(CarrierError) as failure:
        read_xml(body, http_status=http_status)
    return failure.value.kind


def test_elements_attributes_and_texts() -> None:
    root = read_xml(BODY)
    rows = every(first(root, "Body", "list"), "row")
    assert (root.name, len(rows)) == ("Envelope", 2)
    assert [said(row, "city") for row in rows] == ["Orl\u00e9ans", None]
    assert said(rows[0], "note") == "a < b"
    assert attribute(first(root, "Body", "list"), "empty", "kind") == "two"
    assert [row.name for row in anywhere(root, "city")] == ["city", "city"]
    assert (said(root, "no", "such"), first(root, "no").children, attribute(root, "x")) == (None, (), None)


def test_blanks_before_the_declaration() -> None:
    assert said(read_xml(b'\r\n <?xml version="1.0"?><a>x</a>')) == "x"


def test_encodings_that_carriers_still_use() -> None:
    for name in ("iso-8859-1", "windows-1252", "utf-16"):
        body = f'<?xml version="1.0" encoding="{name}"?><a>caf\u00e9</a>'.encode(name)
        assert said(read_xml(body)) == "caf\u00e9"


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>',
        b"<!DOCTYPE html><html></html>",
        b"<a>&nbsp;</a>",
        b"<a>" * 61 + b"</a>" * 61,
        b"<a>" + b"<b/>" * 50_001 + b"</a>",
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        b"<a><b></a>",
        b"<a/>and more",
        b'{"json": true}',
        b"",
    ],
    ids=[
        "bomb",
        "outside",
        "file",
        "web-page",
        "entity",
        "deep",
        "many",
        "encoding",
        "crossed",
        "tail",
        "json",
        "empty",
    ],
)
def test_what_is_not_read(body: bytes) -> None:
    assert refusal(body) is ErrorKind.SERVER


def test_the_status_says_more_than_an_unreadable_body() -> None:
    assert [refusal(b"<half", status) for status in (401, 429, 503)] == [
        ErrorKind.AUTH,
        ErrorKind.RATE_LIMITED,
        ErrorKind.SERVER,
    ]


@given(st.binary(max_size=60) | st.text(alphabet="<>/a&;!\"'= ?", max_size=60).map(str.encode))
@settings(max_examples=30)
def test_junk_is_refused_or_read(body: bytes) -> None:
    read: object
    try:
        read = read_xml(b"<a>" + body + b"</a>").name
    except CarrierError as error:
        read = error.kind
    assert read in ("a", ErrorKind.SERVER)
