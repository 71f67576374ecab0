"""The workflow: what may be done from where, by whom, and what each move leaves behind."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bannmae import testing
from bannmae.models import Division, Staff
from bannmae.thai.numerals import to_thai_digits
from chatops.models import OutboundMessage, Resident
from complaints import workflow
from complaints.models import Category, Complaint, Order, Status, TimelineEntry

S = Status
# CONTRACT: the legal moves, written out here a second time on purpose.
EXPECTED = {
    "received": {"submitted", "assigned", "referred", "rejected", "duplicate"},
    "submitted": {"assigned", "referred", "rejected", "duplicate"},
    "assigned": {"in_progress", "completed", "referred", "assigned"},
    "in_progress": {"waiting", "completed", "closed", "referred", "assigned"},
    "waiting": {"in_progress", "closed"},
    "completed": {"reopened"},
    "closed": {"reopened"},
    "rejected": {"reopened"},
    "referred": {"reopened"},
    "reopened": {"assigned", "referred", "rejected", "duplicate"},
    "duplicate": set(),
    "withdrawn": set(),
}


def order_to(division: Division, **changes: object) -> workflow.ExecutiveOrder:
    """An order as the mayor writes it on the memo."""
    fields = {
        "decision": Order.Decision.ASSIGN,
        "ordered_by": "นายกเทศมนตรีตำบลบ้านแม",
        "ordered_on": timezone.localdate(),
        "division": division,
    }
    return workflow.ExecutiveOrder(**{**fields, **changes})  # type: ignore[arg-type]


def move(complaint: Complaint, to: Status, by: Staff, **changes: object) -> TimelineEntry:
    """Make a move with all that it asks for, at the version that stands."""
    complaint.refresh_from_db()
    arguments: dict[str, object] = {"by": by, "version": complaint.version, "note": "แจ้งผู้แจ้ง"}
    if to == S.ASSIGNED:
        arguments["order"] = order_to(complaint.division)
    if to == S.DUPLICATE:
        arguments["duplicate_of"] = testing.make_complaint(complaint.resident).number
    return workflow.move(complaint.pk, to, **(arguments | changes))  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "to"), list(product(Status, Status)))
def test_each_pair_of_statuses_is_a_legal_move_or_is_refused(
    start: Status, to: Status, legal_officer: Staff
) -> None:
    complaint = testing.make_complaint()
    original = testing.make_complaint(complaint.resident) if start == S.DUPLICATE else None
    Complaint.objects.filter(pk=complaint.pk).update(status=start, duplicate_of=original)
    before = complaint.timeline.count()
    if to.value in EXPECTED[start.value]:
        entry = move(complaint, to, legal_officer)
        complaint.refresh_from_db()
        assert (complaint.status, entry.status, entry.public) == (to, to, True)
        assert complaint.timeline.count() == before + 1
    else:
        with pytest.raises((workflow.IllegalMove, workflow.Incomplete)):
            move(complaint, to, legal_officer)
        complaint.refresh_from_db()
        assert (complaint.status, complaint.timeline.count()) == (start, before)


@pytest.mark.django_db
def test_the_page_offers_exactly_the_legal_moves() -> None:
    complaint = testing.make_complaint()
    for status in Status:
        complaint.status = status
        assert {one.value for one in workflow.legal_moves(complaint)} == EXPECTED[status.value]


@pytest.mark.django_db
def test_two_officers_at_once_the_second_is_told(engineer: Staff, legal_officer: Staff) -> None:
    complaint = testing.make_complaint()
    seen = complaint.version
    workflow.move(complaint.pk, S.SUBMITTED, by=legal_officer, version=seen)
    with pytest.raises(workflow.StaleCase, match="เสนอผู้บริหารพิจารณา"):
        workflow.move(
            complaint.pk,
            S.ASSIGNED,
            by=engineer,
            version=seen,
            order=order_to(complaint.division),
        )
    complaint.refresh_from_db()
    assert complaint.status == S.SUBMITTED


@pytest.mark.django_db
@pytest.mark.parametrize(
    "who", [testing.make_health_officer, testing.make_executive, testing.make_outsider]
)
def test_who_may_not_move_a_case_of_the_engineers(who: object) -> None:
    complaint = testing.make_complaint(category="road")
    with pytest.raises(workflow.NotAllowed):
        workflow.move(complaint.pk, S.SUBMITTED, by=who(), version=1)  # type: ignore[operator]
    complaint.refresh_from_db()
    assert (complaint.status, complaint.version) == (S.RECEIVED, 1)


@pytest.mark.django_db
def test_nobody_moves_a_case_about_himself(legal_officer: Staff) -> None:
    complaint = testing.make_complaint(category="road")
    complaint.accused.add(legal_officer)
    with pytest.raises(workflow.NotAllowed):
        workflow.move(complaint.pk, S.SUBMITTED, by=legal_officer, version=1)


@pytest.mark.django_db
def test_a_restricted_case_is_moved_by_named_persons_alone(legal_officer: Staff) -> None:
    complaint = testing.make_complaint(category="misconduct")
    with pytest.raises(workflow.NotAllowed):
        workflow.move(complaint.pk, S.SUBMITTED, by=legal_officer, version=1)
    Category.objects.get(slug="misconduct").readers.add(legal_officer)
    named = Staff.objects.get(pk=legal_officer.pk)
    workflow.move(complaint.pk, S.SUBMITTED, by=named, version=1)
    complaint.refresh_from_db()
    assert complaint.status == S.SUBMITTED


@pytest.mark.django_db
@pytest.mark.parametrize("to", [S.REFERRED, S.REJECTED])
def test_a_refusal_says_why(to: Status, legal_officer: Staff) -> None:
    complaint = testing.make_complaint()
    with pytest.raises(workflow.Incomplete) as refused:
        move(complaint, to, legal_officer, note="  ")
    assert refused.value.field == "note"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ordered_by": " "}, "ordered_by"),
        ({"ordered_on": timezone.localdate() + timedelta(days=2)}, "ordered_on"),
        ({"decision": Order.Decision.OTHER}, "order_text"),
    ],
)
def test_an_order_is_complete(changes: dict[str, object], field: str, legal_officer: Staff) -> None:
    complaint = testing.make_complaint()
    with pytest.raises(workflow.Incomplete) as refused:
        move(
            complaint,
            S.ASSIGNED,
            legal_officer,
            order=order_to(complaint.division, **changes),
        )
    assert refused.value.field == field
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_an_order_is_kept_and_hands_the_case_to_its_division(
    legal_officer: Staff, health_officer: Staff
) -> None:
    complaint = testing.make_complaint(category="road")
    workflow.mark_read(complaint)
    health = Division.objects.get(slug="health")
    entry = move(complaint, S.ASSIGNED, legal_officer, order=order_to(health, text="ด่วน"))
    complaint.refresh_from_db()
    assert complaint.division == health
    assert complaint.read_at is None, "the new division has not read it"
    assert (entry.order.division, entry.order.text) == (health, "ด่วน")
    assert move(complaint, S.IN_PROGRESS, health_officer).by == health_officer


@pytest.mark.django_db
def test_each_public_step_reaches_the_resident_once(somsri: Resident, legal_officer: Staff) -> None:
    complaint = testing.make_complaint(somsri)
    for to in (S.SUBMITTED, S.ASSIGNED, S.IN_PROGRESS, S.COMPLETED):
        move(complaint, to, legal_officer)
    texts = [
        message["altText"]
        for row in OutboundMessage.objects.filter(resident=somsri).order_by("id")
        for message in row.messages
    ]
    assert texts == [
        f"เรื่องเลขที่ {complaint.number} {status.label}"
        for status in (S.RECEIVED, S.SUBMITTED, S.ASSIGNED, S.IN_PROGRESS, S.COMPLETED)
    ]


@pytest.mark.django_db
def test_a_notice_holds_no_personal_data(legal_officer: Staff) -> None:
    complaint = testing.make_complaint(hide_name=True)
    move(complaint, S.SUBMITTED, legal_officer)
    told = str(list(OutboundMessage.objects.values_list("messages", flat=True)))
    for secret in (testing.NATIONAL_ID, testing.PHONE, "somsri@example.com", "สมศรี ใจดี"):
        assert secret not in told


@pytest.mark.django_db
def test_a_case_joins_another_but_never_itself_or_one_unseen(
    legal_officer: Staff,
) -> None:
    complaint, original = testing.make_complaint(), testing.make_complaint()
    hidden = testing.make_complaint(category="misconduct")
    for wrong in (complaint.number, hidden.number, "99-9999", ""):
        with pytest.raises(workflow.Incomplete):
            move(complaint, S.DUPLICATE, legal_officer, duplicate_of=wrong)
    move(complaint, S.DUPLICATE, legal_officer, duplicate_of=to_thai_digits(original.number))
    complaint.refresh_from_db()
    assert complaint.duplicate_of == original


@pytest.mark.django_db
def test_the_resident_withdraws_an_open_case_only() -> None:
    complaint = testing.make_complaint()
    workflow.withdraw(complaint)
    complaint.refresh_from_db()
    assert complaint.status == S.WITHDRAWN
    assert complaint.ended_at is not None
    with pytest.raises(workflow.IllegalMove):
        workflow.withdraw(complaint)


@pytest.mark.django_db
def test_what_was_not_really_done_is_opened_again_with_a_new_clock(
    legal_officer: Staff,
) -> None:
    complaint = testing.make_complaint()
    with pytest.raises(workflow.IllegalMove):
        workflow.give_feedback(complaint, resolved=True)
    move(complaint, S.ASSIGNED, legal_officer)
    move(complaint, S.COMPLETED, legal_officer)
    Complaint.objects.filter(pk=complaint.pk).update(
        due_on=timezone.localdate() - timedelta(days=3)
    )
    workflow.give_feedback(complaint, resolved=False, rating=1, comment="ไฟยังดับ")
    complaint.refresh_from_db()
    assert complaint.status == S.REOPENED
    assert complaint.ended_at is None
    assert complaint.due_on > timezone.localdate()
    assert complaint.read_at is None


@pytest.mark.django_db
def test_history_cannot_be_changed_or_deleted(legal_officer: Staff) -> None:
    complaint = testing.make_complaint()
    entry = move(complaint, S.ASSIGNED, legal_officer)
    entry.note = "อื่น"
    for rewrite in (entry.save, entry.delete, entry.order.delete):
        with pytest.raises(TypeError):
            rewrite()


class CaseMachine(RuleBasedStateMachine):
    """Any sequence of staff's and resident's acts keeps the case and its history in step."""

    def __init__(self) -> None:
        super().__init__()
        self.staff = testing.make_legal_officer()
        self.complaint = testing.make_complaint()
        self.statuses = [S.RECEIVED]

    def _now(self) -> Complaint:
        return Complaint.objects.get(pk=self.complaint.pk)

    @rule(to=st.sampled_from(list(Status)))
    def staff_moves(self, to: Status) -> None:
        legal = to.value in EXPECTED[self._now().status]
        try:
            move(self.complaint, to, self.staff)
        except workflow.WorkflowError:
            assert not legal
        else:
            assert legal
            self.statuses.append(to)

    @rule(to=st.sampled_from(list(Status)), back=st.integers(1, 3))
    def staff_moves_an_old_page(self, to: Status, back: int) -> None:
        with pytest.raises(workflow.WorkflowError):
            move(self.complaint, to, self.staff, version=self._now().version - back)

    @rule()
    def resident_withdraws(self) -> None:
        open_before = self._now().is_open
        try:
            workflow.withdraw(self.complaint)
        except workflow.IllegalMove:
            assert not open_before
        else:
            assert open_before
            self.statuses.append(S.WITHDRAWN)

    @precondition(lambda self: self._now().status == S.COMPLETED)
    @rule(resolved=st.booleans())
    def resident_judges(self, resolved: bool) -> None:
        workflow.give_feedback(self.complaint, resolved=resolved)
        if not resolved:
            self.statuses.append(S.REOPENED)

    @invariant()
    def history_tells_the_truth(self) -> None:
        steps = TimelineEntry.objects.filter(
            complaint=self.complaint, kind=TimelineEntry.Kind.STATUS
        ).order_by("id")
        assert [step.status for step in steps] == self.statuses
        now = self._now()
        assert now.status == self.statuses[-1]
        assert now.version == len(self.statuses)
        assert (now.ended_at is None) == now.is_open
        told = OutboundMessage.objects.filter(about=f"complaint:{now.pk}")
        assert told.count() == len(self.statuses)


class TestCaseMachine(TestCase, CaseMachine.TestCase):  # type: ignore[misc, name-defined]
    """Runs the machine, each example in a transaction of its own."""

    settings = settings(
        max_examples=25,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
