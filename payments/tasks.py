"""What the alarm clock rings for in this room. Tasks carry no data: the work is in rows."""

from __future__ import annotations

from celery import shared_task


@shared_task
def draw_papers() -> int:
    """Draw receipts that were issued or voided."""
    from payments.files import draw_due

    return draw_due()


@shared_task
def draw_registers() -> int:
    """Make the long registers that officers have asked for."""
    from payments.desk.register_files import draw_due

    return draw_due()


@shared_task
def read_slips() -> int:
    """Read slips that have come in."""
    from payments.slips.jobs import read_due

    return read_due()


@shared_task
def send_reminders() -> int:
    """Give the next reminders of due dates to the outbox."""
    from payments.assessments.sending import send_due

    return send_due()


@shared_task
def forget_what_is_done_with() -> int:
    """Delete unconfirmed files of assessments, old tries and old registers, once a day."""
    from payments.assessments.importing import forget_unconfirmed
    from payments.assessments.proof import forget_old_tries
    from payments.desk.register_files import forget_old

    return forget_unconfirmed() + forget_old_tries() + forget_old()
