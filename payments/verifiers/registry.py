"""Which service the office has chosen; none at first."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from payments.models import PaymentSettings
from payments.verifiers.base import Verifier
from payments.verifiers.slipok import ADDRESS, SlipOK


def _slipok(chosen: PaymentSettings) -> Verifier:
    # Another address is for tests of the whole way alone.
    return SlipOK(
        chosen.verifier_branch, chosen.verifier_key, getattr(settings, "SLIPOK_URL", ADDRESS)
    )


# What stands in PaymentSettings.verifier: its name, and what makes it.
VERIFIERS: dict[str, tuple[str, Callable[[PaymentSettings], Verifier]]] = {
    "slipok": (SlipOK.name, _slipok),
}
CHOICES = [("", "ไม่ใช้ (ข้อมูลในสลิปไม่ออกจากระบบ)"), *((key, one[0]) for key, one in VERIFIERS.items())]


def current() -> Verifier | None:
    """Return the service that is switched on, None where there is none."""
    chosen = PaymentSettings.get_solo()
    known = VERIFIERS.get(chosen.verifier)
    return known[1](chosen) if known else None
