"""SOAP: what is posted, and faults in both of its versions."""

from __future__ import annotations

from carriers.core.soap import Fault, element, fault_in, fields, soap_call
from carriers.core.xml import attribute, first, read_xml, said


def test_an_envelope_holds_whatever_text() -> None:
    values = {"a": '<&>"\x00é', "b": ""}
    call = soap_call(
        "https://soap.test", element("x:ask", fields(values), xmlns_x='urn:"x"'), action="urn:ask", header="<h/>"
    )
    assert call.content is not None
    root = read_xml(call.content)
    assert [child.name for child in root.children] == ["Header", "Body"]
    asked = first(root, "Body", "ask")
    assert (said(asked, "a"), said(asked, "b"), attribute(asked, "x")) == ('<&>"é', None, 'urn:"x"')
    assert call.headers["SOAPAction"] == '"urn:ask"'


def test_faults() -> None:
    old = b"<E><B><s:Fault><faultcode>s:Server</faultcode><faultstring>Oh.</faultstring>%b</s:Fault></B></E>"
    detail = b"<detail><own><errorCode>E7</errorCode><errorMessage>No.</errorMessage></own></detail>"
    new = b"<E><Fault><Code><Value>Sender</Value></Code><Reason><Text>Why?</Text></Reason></Fault></E>"
    assert fault_in(read_xml(old % b"")) == Fault("s:Server", "Oh.")
    assert fault_in(read_xml(old % detail)) == Fault("E7", "No.")
    assert fault_in(read_xml(new)) == Fault("Sender", "Why?")
    assert fault_in(read_xml(b"<E/>")) is None
