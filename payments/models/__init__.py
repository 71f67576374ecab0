"""Money: what residents tell of, what is issued, what the bank says, what is assessed."""

from payments.models.assessment import (
    Assessment,
    AssessmentImport,
    ProofAttempt,
    ReminderRecipient,
    ReminderRun,
    TaxpayerLink,
    TaxTerms,
)
from payments.models.garbage import Household, HouseholdRate
from payments.models.notice import (
    Method,
    NoticeEntry,
    NoticeSeries,
    PaymentNotice,
    PaymentRequest,
    Slip,
    SlipLikeness,
    SlipMatch,
    Status,
)
from payments.models.receipt import (
    DailyRemittance,
    HouseholdMonth,
    Receipt,
    ReceiptFile,
    ReceiptLine,
    ReceiptPrint,
    ReceiptVoid,
)
from payments.models.revenue import (
    FiscalYear,
    MoneyDuty,
    PaymentSettings,
    ReceiptBook,
    Revenue,
    active_revenues,
)
from payments.models.statement import BankAccount, StatementImport, StatementLine

__all__ = [
    "Assessment",
    "AssessmentImport",
    "BankAccount",
    "DailyRemittance",
    "FiscalYear",
    "Household",
    "HouseholdMonth",
    "HouseholdRate",
    "Method",
    "MoneyDuty",
    "NoticeEntry",
    "NoticeSeries",
    "PaymentNotice",
    "PaymentRequest",
    "PaymentSettings",
    "ProofAttempt",
    "Receipt",
    "ReceiptBook",
    "ReceiptFile",
    "ReceiptLine",
    "ReceiptPrint",
    "ReceiptVoid",
    "ReminderRecipient",
    "ReminderRun",
    "Revenue",
    "Slip",
    "SlipLikeness",
    "SlipMatch",
    "StatementImport",
    "StatementLine",
    "Status",
    "TaxTerms",
    "TaxpayerLink",
    "active_revenues",
]
