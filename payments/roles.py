"""What each role may do with money; seeing any takes belonging to กองคลัง too (access.py)."""

from __future__ import annotations

from django.apps import AppConfig

from bannmae import roles

_KEPT_BY_CLERKS = ("household", "householdrate", "assessment", "bankaccount", "taxterms")
_READ_BY_CLERKS = (
    "receipt",
    "receiptbook",
    "receiptvoid",
    "dailyremittance",
    "statementline",
    "statementimport",
    "assessmentimport",
    "reminderrun",
    "paymentrequest",
    "revenue",
    "moneyduty",
    "paymentsettings",
)
_SET_UP_BY_HEADS = ("revenue", "moneyduty", "paymentsettings")


def grant_all(sender: AppConfig) -> None:
    """Give the roles of กองคลัง their permissions, once (see bannmae.roles)."""
    clerk = [
        "view_paymentnotice",
        "change_paymentnotice",
        *(f"view_{name}" for name in _READ_BY_CLERKS),
        *(f"{act}_{name}" for name in _KEPT_BY_CLERKS for act in ("view", "add", "change")),
        "change_receipt",
        "change_statementline",
        "change_reminderrun",
    ]
    head = [*clerk, *(f"{act}_{name}" for name in _SET_UP_BY_HEADS for act in ("add", "change"))]
    roles.grant(sender, {roles.FINANCE: clerk, roles.FINANCE_HEAD: [*head, "delete_moneyduty"]})
