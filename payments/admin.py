"""The admin of payments: its pages register themselves."""

from payments.desk import (  # noqa: F401  # noqa: F401
    accounts,
    assessments,
    assessments_import,
    days,
    queue_admin,
    register,
    reminders,
    setup,
    statements,
    terms,
    years,
)
