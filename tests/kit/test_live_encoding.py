"""A frame as bytes of an event stream: what the library makes of it, and nothing that could end the event early."""

from __future__ import annotations

from hypothesis import given, strategies as st
from sse_starlette import ServerSentEvent

from portal.kit.live import Frame, encode


def test_line_breaks_of_a_fragment_cannot_end_its_event() -> None:
    data = encode(Frame(3, "<p>a\n\nid: 9\r\nevent: x\rdata: y</p>"))
    assert data.count(b"\n\n") == 1
    assert data.endswith(b"\n\n")
    lines = data.decode().splitlines()
    assert [line for line in lines if line and not line.startswith("data: ")] == ["id: 3"]


@given(st.text(alphabet="<p>é\r\n\u2028 ", max_size=40), st.integers(0, 2**62))
def test_a_frame_is_encoded_as_the_library_would(html: str, number: int) -> None:
    assert encode(Frame(number, html)) == ServerSentEvent(html, id=str(number), sep="\n").encode()
