"""From what was issued to what is printed: rows of the register become papers' forms."""

from __future__ import annotations

from bannmae.models import Municipality
from bannmae.paper.office_font import office_font
from bannmae.paper.office_picture import office_picture
from payments import notices
from payments.models import Method, Receipt, ReceiptVoid
from payments.papers.forms import Office, ReceiptLinePaper, ReceiptPaper, VoidPaper
from payments.papers.receipt import ReceiptLayout, receipt_pdf

RELATED = ("issued_by", "replaces", "replaced_by")


def receipt_paper(receipt: Receipt, *, copy_no: int | None = None) -> ReceiptPaper:
    """Return a receipt's paper: the original, or the `copy_no`-th reprint.

    All but the emblem, which says nothing, is what was written down when it was issued.
    """
    void = receipt.voids.filter(state=ReceiptVoid.State.APPROVED).first()
    replaced_by = Receipt.objects.filter(replaces=receipt).first()
    return ReceiptPaper(
        office=Office(
            name=receipt.municipality_name,
            address=receipt.municipality_address,
            tax_id=receipt.municipality_tax_id,
            phone=receipt.municipality_phone,
            emblem=office_picture(Municipality.get_solo().emblem),
        ),
        revenue=receipt.revenue_name,
        book_label=receipt.book_label,
        number_label=receipt.number_label,
        issued_on=receipt.issued_on,
        payer_name=receipt.payer_name,
        payer_address=receipt.payer_address,
        lines=tuple(
            ReceiptLinePaper(
                text=line.text,
                period=line.period,
                is_arrears=line.is_arrears,
                amount=line.amount,
                surcharge=line.surcharge,
            )
            for line in receipt.lines.all()
        ),
        total=receipt.total,
        total_text=receipt.total_text,
        method=Method(receipt.method).label,
        money_seen_on=receipt.money_seen_on,
        received_by_name=receipt.received_by_name,
        received_by_position=receipt.received_by_position,
        verify_url=notices.verify_url(receipt),
        is_copy=copy_no is not None,
        copy_no=copy_no or 0,
        void=_void_paper(void) if void is not None else None,
        replaces=str(receipt.replaces) if receipt.replaces else "",
        replaced_by=str(replaced_by) if replaced_by else "",
        note=receipt.note
        if receipt.mode == Receipt.Mode.OWN
        else f"ออกในระบบ e-LAAS {receipt.note}".strip(),
    )


def receipt_bytes(receipt: Receipt, layout: ReceiptLayout, *, copy_no: int | None = None) -> bytes:
    """Return the PDF of a receipt in the office's font. Call it outside a transaction."""
    paper = receipt_paper(receipt, copy_no=copy_no)
    return receipt_pdf([paper], layout=layout, font=office_font(Municipality.get_solo()))


def _void_paper(void: ReceiptVoid) -> VoidPaper:
    if void.decided_by is None or void.decided_at is None:
        raise ValueError("An approved void was decided by somebody")
    return VoidPaper(
        reason=void.reason,
        at=void.decided_at,
        by_name=str(void.asked_by),
        by_position=void.asked_by.position,
        approved_by_name=str(void.decided_by),
        approved_by_position=void.acting or void.decided_by.position,
    )
