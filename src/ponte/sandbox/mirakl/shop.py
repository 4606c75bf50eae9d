"""The shop as A01 shows it."""

from __future__ import annotations

from typing import Any

from ponte.sandbox.mirakl.answers import moment
from ponte.sandbox.mirakl.market import Operator
from ponte.sandbox.mirakl.settings import SHOP_ID


def account(operator: Operator) -> dict[str, Any]:
    now = moment(operator.clock())
    return {
        "shop_id": SHOP_ID,
        "shop_name": "Loja Sandbox",
        "shop_state": operator.settings.shop_state,
        "billing_info": {"bank_city": "São Paulo", "owner": "Loja Sandbox"},
        "channels": [],
        "contact_informations": {
            "city": "São Paulo",
            "country": "BRA",
            "email": "loja@sandbox.example",
            "lastname": "Sandbox",
            "street1": "Rua do Teste, 1",
        },
        "currency_iso_code": "BRL",
        "date_created": now,
        "default_billing_information": {"default_language": "pt_BR", "id": "1", "registration_address": _address()},
        "domains": ["PRODUCT"],
        "evaluations_count": 0,
        "free_shipping": False,
        "is_professional": True,
        "last_updated_date": now,
        "offers_count": len(operator.offers),
        "orders_count": 0,
        "payment_details": {"paid_balance": 0, "payable_balance": 0, "pending_balance": 0},
        "payment_method_mandatory": False,
        "premium": False,
        "pro_details": {
            "VAT_number": "",
            "corporate_name": "Loja Sandbox",
            "identification_number": "",
            "tax_identification_number": "",
        },
        "shipping": {},
        "shipping_types": [],
        "shipping_zones": [],
        "shop_additional_fields": [],
    }


def _address() -> dict[str, str]:
    return {"city": "São Paulo", "country_iso_code": "BRA", "street_1": "Rua do Teste, 1"}
