"""The admin of payments: its pages register themselves."""

from payments.desk import (  # noqa: F401  # noqa: F401
    accounts,
    assessments,
    assessments_import,
    days,
    households,
    queue_admin,
    register,
    reminders,
    request_admin,
    setup,
    statements,
    terms,
    years,
)
