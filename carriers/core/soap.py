"""SOAP as carriers use it: an envelope to post, and the fault that may come back instead of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from carriers.core.http import Call
from carriers.core.xml import NOTHING, Node, anywhere, first, said

_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal. `code` and `message` are the service's own where it gives them in the detail, else SOAP's."""

    code: str | None
    message: str


def element(name: str, content: str = "", **attributes: str) -> str:
    """One element around content that is XML already; underscores in attribute names become colons."""
    given = "".join(f' {key.replace("_", ":")}="{written(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{content}</{name}>"


def fields(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """Elements with plain texts, in the order given."""
    pairs = values.items() if isinstance(values, Mapping) else values
    return "".join(element(name, written(value)) for name, value in pairs)


def written(value: str) -> str:
    """A text as it may stand in XML: marks escaped, characters that XML cannot hold left out."""
    return escape("".join(c for c in value if c.isprintable()), {'"': "&quot;"})


def soap_call(url: str, body: str, *, action: str = "", header: str = "", private: bool = False) -> Call:
    """A SOAP 1.1 call. `body` and `header` are XML; see `Call.private`."""
    inner = (element("soap:Header", header) if header else "") + element("soap:Body", body)
    envelope = '<?xml version="1.0" encoding="utf-8"?>' + element("soap:Envelope", inner, xmlns_soap=_ENVELOPE)
    return Call(
        url,
        headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'},
        content=envelope.encode("utf-8", "replace"),
        private=private,
    )


def fault_in(root: Node) -> Fault | None:
    """The fault that an answer is, or None for one that is none."""
    fault = next(iter(anywhere(root, "Fault")), None)
    if fault is None:
        return None
    detail = first(fault, "detail") if first(fault, "detail") is not NOTHING else first(fault, "Detail")
    code = _deep(detail, "errorCode") or said(fault, "faultcode") or said(fault, "Code", "Value")
    message = _deep(detail, "errorMessage") or said(fault, "faultstring") or said(fault, "Reason", "Text")
    return Fault(code, message or f"The carrier refuses ({code}).")


def _deep(node: Node, name: str) -> str | None:
    return next((value for found in anywhere(node, name) if (value := said(found)) is not None), None)
