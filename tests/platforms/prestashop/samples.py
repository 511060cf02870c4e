"""Invented PrestaShop rows in the format of its webservice, and their XML."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from portal.platforms.neutral import NeutralOrder
from portal.platforms.prestashop import documents
from portal.platforms.prestashop.record import Reading

Json = dict[str, Any]

ALONE = {"addresses": "address", "currencies": "currency", "countries": "country", "order_histories": "order_history",
         "order_slip": "order_slip"}  # fmt: skip


def detail(number: int = 11, **changes: Any) -> Json:
    """A line: two T-shirts in S, white, of 24.00 with 20 % tax in it."""
    body = {
        "id": str(number), "id_order": "5", "product_id": "1", "product_attribute_id": "3", "product_quantity": "2",
        "product_quantity_refunded": "0", "product_quantity_return": "0", "product_quantity_reinjected": "0",
        "product_name": "Linen shirt (Size: S - Color: White)", "product_reference": "shirt_1", "download_hash": "",
        "unit_price_tax_incl": "24.000000", "unit_price_tax_excl": "20.000000", "total_price_tax_incl": "48.000000",
        "total_price_tax_excl": "40.000000", "id_customization": "0",
    }  # fmt: skip
    return body | changes


def order(**changes: Any) -> Json:
    """An order's own row."""
    body = {
        "id": "5", "id_address_delivery": "4", "id_address_invoice": "4", "id_cart": "7", "id_currency": "1",
        "id_lang": "1", "id_customer": "2", "id_carrier": "3", "current_state": "2", "module": "ps_checkout",
        "invoice_number": "0", "delivery_date": "0000-00-00 00:00:00", "valid": "1", "date_add": "2026-10-01 09:00:00",
        "date_upd": "2026-10-02 10:30:00", "shipping_number": "", "secure_key": "b44a", "payment": "Card",
        "total_discounts_tax_incl": "0.000000", "total_paid": "53.000000", "total_paid_tax_incl": "53.000000",
        "total_paid_tax_excl": "44.170000", "total_paid_real": "53.000000", "total_products": "40.000000",
        "total_products_wt": "48.000000", "total_shipping_tax_incl": "5.000000", "total_wrapping_tax_incl": "0.000000",
        "conversion_rate": "1.000000", "reference": "KHWLILZLL",
        "associations": {"order_rows": [{
            "id": "11", "product_id": "1", "product_attribute_id": "3", "product_quantity": "2",
            "product_name": "Linen shirt (Size: S - Color: White)", "product_reference": "shirt_1",
            "unit_price_tax_incl": "24.000000", "unit_price_tax_excl": "20.000000", "id_customization": "0",
        }]},
    }  # fmt: skip
    return body | changes


def address(**changes: Any) -> Json:
    """An address."""
    body = {
        "id": "4", "id_customer": "2", "id_country": "8", "id_state": "0", "alias": "Home", "company": "",
        "lastname": "Ferrand", "firstname": "Inès", "vat_number": "", "address1": "4 quai des Tanneurs", "address2": "",
        "postcode": "69005", "city": "Lyon", "other": "", "phone": "+33400000000", "phone_mobile": "", "dni": "",
        "deleted": "0",
    }  # fmt: skip
    return body | changes


def state(number: int, name: str, **flags: Any) -> Json:
    """An order state, with its name in two languages."""
    told = [{"id": "1", "value": name}, {"id": "2", "value": f"{name} (en)"}]
    return {"id": str(number), "name": told, "template": "", "paid": "0", "shipped": "0", **flags}


def slip(**changes: Any) -> Json:
    """A credit slip of one shirt."""
    body = {
        "id": "31", "id_order": "5", "total_products_tax_incl": "24.000000", "total_products_tax_excl": "20.000000",
        "total_shipping_tax_incl": "0.000000", "total_shipping_tax_excl": "0.000000", "amount": "20.000000",
        "date_add": "2026-10-03 09:00:00",
        "associations": {"order_slip_details": [{"id_order_detail": "11", "product_quantity": "1"}]},
    }  # fmt: skip
    return body | changes


def carrier(**changes: Any) -> Json:
    """A carrier."""
    return {"id": "3", "name": "Colissimo", "url": "https://carrier.example/?n=@", "external_module_name": ""} | changes


def shop(**changes: Any) -> Json:
    """Everything that belongs to one order, as one answer would hold it."""
    body: Json = {
        "orders": [order()],
        "order_details": [detail()],
        "order_carriers": [{"id": "8", "id_order": "5", "id_carrier": "3", "tracking_number": ""}],
        "order_slips": [],
        "order_states": [state(2, "Paiement accepté", paid="1")],
        "customers": [{"id": "2", "firstname": "Inès", "lastname": "Ferrand", "email": "ines@example.test"}],
        "addresses": [address()],
        "countries": [{"id": "8", "iso_code": "FR"}],
        "currencies": [{"id": "1", "iso_code": "EUR"}, {"id": "2", "iso_code": "USD"}],
        "languages": [{"id": "1", "iso_code": "fr", "locale": "fr-FR"}],
        "carriers": [carrier()],
    }
    return body | changes


def read(body: Json | None = None, **changes: Any) -> NeutralOrder:
    """The neutral order of such an answer."""
    (found,) = documents({**shop(), **(body or {}), **changes}, Reading("shop.example"))
    return found


def xml(resource: str, rows: list[Json]) -> str:
    """Rows as the webservice writes them."""
    alone = ALONE.get(resource, resource.removesuffix("s"))
    many = "order_slips" if resource == "order_slip" else resource
    inner = "".join(
        f"<{alone}>{''.join(_member(name, value) for name, value in row.items())}</{alone}>" for row in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<{many}>{inner}</{many}></prestashop>"
    )


def _member(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"<{name}>{''.join(_list(key, rows) for key, rows in value.items())}</{name}>"
    if isinstance(value, list):
        told = "".join(f'<language id="{one["id"]}">{escape(one["value"])}</language>' for one in value)
        return f"<{name}>{told}</{name}>"
    return f"<{name}><![CDATA[{value}]]></{name}>" if value else f"<{name}></{name}>"


def _list(name: str, rows: list[Json]) -> str:
    alone = name.removesuffix("s")
    inner = "".join(f"<{alone}>{''.join(_member(key, one) for key, one in row.items())}</{alone}>" for row in rows)
    return f'<{name} nodeType="{alone}" virtualEntity="true">{inner}</{name}>'
