"""Who may not: every page of a case, for everybody who has no business with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from bannmae import roles, testing
from bannmae.models import AccessLog, Staff
from chatops.models import OutboundMessage
from complaints import workflow
from complaints.models import Complaint, Photo, Status, TimelineEntry
from complaints.tests.desk import LIST, as_, order_of, page, restricted_case

pytestmark = pytest.mark.django_db
SECRET = "เรื่องลับของสมศรี"


@pytest.fixture
def case() -> Complaint:
    """กองช่าง's case with a photo, an order's scan and an undelivered notice."""
    made = testing.make_complaint(subject=SECRET, photos=[testing.make_photo()])
    legal = testing.make_legal_officer()
    workflow.move(
        made.pk,
        Status.ASSIGNED,
        by=legal,
        version=1,
        order=order_of(made, scan=testing.make_photo().name),
    )
    OutboundMessage.objects.update(state="dead", last_error="400")
    made.refresh_from_db()
    return made


def requests_about(case: Complaint) -> dict[str, Callable[[Client], int]]:
    """Everything that one can ask about a case, as status of the answer."""
    photo = Photo.objects.filter(complaint=case).first()
    token = photo.token if photo else "x"
    scan = TimelineEntry.objects.filter(complaint=case, order__isnull=False).first()
    message = OutboundMessage.objects.filter(about=f"complaint:{case.pk}").first()
    posts = {
        "move": page(case, "move", "in_progress"),
        "preview": page(case, "preview"),
        "note": page(case, "note"),
        "accused": page(case, "accused"),
        "reveal": page(case, "reveal"),
        "print sheet": page(case, "print_sheet"),
        "print memo (post)": page(case, "print_memo"),
        "send again": f"/admin/chatops/outboundmessage/{message.pk if message else 0}/send-again/",
    }
    gets = {
        "case": page(case),
        "case with a panel": f"{page(case)}?to=in_progress",
        "photo": page(case, "photo", token),
        "thumbnail": page(case, "thumbnail", token),
        "scan": page(case, "scan", scan.pk if scan else 0),
        "print memo": page(case, "print_memo"),
    }
    body = {
        "version": case.version,
        "internal_note": "x",
        "to": "in_progress",
        "subject": "x",
        "facts": "x",
    }
    asked: dict[str, Callable[[Client], int]] = {}
    for name, url in posts.items():
        asked[name] = lambda client, url=url: client.post(url, body).status_code
    for name, url in gets.items():
        asked[name] = lambda client, url=url: client.get(url).status_code
    return asked


def traces(case: Complaint) -> tuple[int, ...]:
    """What any success would have left behind."""
    case.refresh_from_db()
    return (
        case.version,
        case.timeline.count(),
        case.accused.count(),
        AccessLog.objects.count(),
        OutboundMessage.objects.filter(state="dead").count(),
    )


def assert_hidden(staff: Staff, case: Complaint, closed: tuple[int, ...] = (404,)) -> None:
    """Everything about `case` is as if it did not exist."""
    before = traces(case)
    client = as_(staff)
    for name, ask in requests_about(case).items():
        assert ask(client) in closed, name
    assert traces(case) == before


def assert_not_listed(staff: Staff) -> None:
    """Neither list, search, first screen nor messages tell of it."""
    client = as_(staff)
    for url in (
        "/admin/",
        LIST,
        f"{LIST}?q=ลับของ",
        f"{LIST}?q=0001",
        f"{LIST}?q={testing.PHONE}",
        f"{LIST}?q={testing.NATIONAL_ID}",
        f"{LIST}?show=unread",
        "/admin/chatops/outboundmessage/?state=all",
    ):
        answer = client.get(url)
        if answer.status_code == 200:
            text = answer.content.decode()
            assert SECRET not in text, url
            assert "69-0001" not in text, url
        else:
            assert answer.status_code == 403, url


def test_another_division_sees_nothing_of_it(case: Complaint, health_officer: Staff) -> None:
    assert_hidden(health_officer, case)
    assert_not_listed(health_officer)


def test_a_finance_clerk_sees_nothing_of_it(case: Complaint, finance_clerk: Staff) -> None:
    assert_hidden(finance_clerk, case)
    assert_not_listed(finance_clerk)


def test_an_outsider_sees_nothing_of_it(case: Complaint, outsider: Staff) -> None:
    assert_hidden(outsider, case, closed=(404, 403))
    assert_not_listed(outsider)


def test_the_keeper_of_accounts_sees_no_case(case: Complaint) -> None:
    keeper = testing.make_staff(role=roles.ADMINISTRATOR)
    assert_hidden(keeper, case, closed=(404, 403))
    assert_not_listed(keeper)


def test_the_accused_officer_sees_nothing_of_it(case: Complaint, engineer: Staff) -> None:
    assert as_(engineer).get(page(case)).status_code == 200
    case.accused.add(engineer)
    assert_hidden(engineer, case)
    assert_not_listed(engineer)


def test_a_closed_account_sees_nothing_of_it(case: Complaint, engineer: Staff) -> None:
    client = as_(engineer)
    Staff.objects.filter(pk=engineer.pk).update(is_active=False)
    before = traces(case)
    for name, ask in requests_about(case).items():
        assert ask(client) == 302, name
    assert traces(case) == before


def test_nobody_sees_anything_without_signing_in(case: Complaint) -> None:
    before = traces(case)
    for name, ask in requests_about(case).items():
        assert ask(Client()) == 302, name
    for url in (LIST, f"{LIST}?q=69", "/admin/chatops/outboundmessage/", "/admin/"):
        assert Client().get(url).status_code == 302
    assert traces(case) == before


def test_an_executive_reads_and_changes_nothing(case: Complaint, executive: Staff) -> None:
    client = as_(executive)
    shown = client.get(page(case)).content.decode()
    assert SECRET in shown
    assert 'name="version"' not in shown
    assert "data-reveal" not in shown
    before = traces(case)
    asked = requests_about(case)
    for name in ("move", "preview", "note", "accused", "reveal"):
        assert asked[name](client) == 403, name
    assert asked["send again"](client) in (403, 404)
    assert client.get("/admin/complaints/complaint/add/").status_code == 403
    assert client.post("/admin/complaints/complaint/add/", {"subject": "x"}).status_code == 403
    assert traces(case) == before


def test_who_sees_all_cases_sees_no_restricted_one(
    legal_officer: Staff, executive: Staff, engineer: Staff
) -> None:
    superuser = testing.make_staff(is_superuser=True)
    hidden = restricted_case(executive, subject=SECRET, photos=[testing.make_photo()])
    OutboundMessage.objects.update(state="dead")
    for staff in (legal_officer, engineer, superuser):
        assert_hidden(staff, hidden)
        assert_not_listed(staff)
    assert as_(executive).get(page(hidden)).status_code == 200


def test_a_named_reader_sees_it_and_each_look_is_noted(executive: Staff) -> None:
    hidden = restricted_case(executive)
    client = as_(executive)
    client.get(page(hidden))
    client.get(page(hidden))
    looks = AccessLog.objects.filter(action=AccessLog.Action.VIEW_CASE, staff=executive)
    assert [look.subject for look in looks] == [f"complaint:{hidden.number}"] * 2


def test_an_accused_reader_sees_it_no_more(executive: Staff) -> None:
    hidden = restricted_case(executive, subject=SECRET)
    hidden.accused.add(executive)
    assert_hidden(executive, hidden, closed=(404, 403))


def test_a_photo_opens_only_beside_its_own_case(case: Complaint, engineer: Staff) -> None:
    other = testing.make_complaint()
    token = Photo.objects.get(complaint=case, entry=None).token
    client = as_(engineer)
    assert client.get(page(other, "photo", token)).status_code == 404
    answer = client.get(page(case, "photo", token))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert "private" in answer["Cache-Control"]
    b"".join(answer.streaming_content)


def test_a_signed_paper_opens_only_beside_its_own_case_and_is_noted(
    case: Complaint, engineer: Staff
) -> None:
    entry = TimelineEntry.objects.get(complaint=case, order__isnull=False)
    client = as_(engineer)
    assert client.get(page(testing.make_complaint(), "scan", entry.pk)).status_code == 404
    assert not AccessLog.objects.exists()
    answer = client.get(page(case, "scan", entry.pk))
    assert answer.status_code == 200
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert "ETag" not in answer, "every look is asked for, and noted"
    b"".join(answer.streaming_content)
    assert AccessLog.objects.get().action == AccessLog.Action.VIEW_SCAN


# -- the national ID -----------------------------------------------------------------------


def test_the_national_id_is_a_mask_until_asked_for_and_each_look_is_noted(
    case: Complaint, engineer: Staff
) -> None:
    client = as_(engineer)
    shown = client.get(page(case)).content.decode()
    assert "x-xxxx-xxxxx-12-1" in shown
    assert "1-2345-67890-12-1" not in shown
    assert testing.NATIONAL_ID not in shown
    assert client.get(page(case, "reveal"))["Location"] == page(case)
    assert not AccessLog.objects.filter(action=AccessLog.Action.REVEAL_NATIONAL_ID).exists()
    answer = client.post(page(case, "reveal"), headers={"X-Requested-With": "fetch"})
    assert "1-2345-67890-12-1" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    [look] = AccessLog.objects.all()
    assert (look.action, look.staff, look.subject) == (
        AccessLog.Action.REVEAL_NATIONAL_ID,
        engineer,
        f"complaint:{case.number}",
    )
    assert "1-2345-67890-12-1" not in client.get(page(case)).content.decode()


def test_without_the_log_there_is_no_national_id(
    case: Complaint, engineer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr("complaints.desk_files.record", fail)
    with pytest.raises(RuntimeError):
        as_(engineer).post(page(case, "reveal"))


def test_a_case_without_an_id_shows_none(engineer: Staff) -> None:
    from complaints.intake import Reporter

    bare = testing.make_complaint(reporter=Reporter("สมศรี ใจดี", testing.PHONE))
    assert as_(engineer).post(page(bare, "reveal")).status_code == 404
    assert "เลขบัตรประชาชน" not in as_(engineer).get(page(bare)).content.decode()


# -- what is counted -----------------------------------------------------------------------


def test_figures_count_only_what_one_may_see(
    case: Complaint, engineer: Staff, health_officer: Staff
) -> None:
    restricted_case()
    theirs = as_(health_officer).get("/admin/").context["tiles"]
    assert [tile.figure for tile in theirs] == ["0"] * len(theirs)
    ours = {tile.title: tile.figure for tile in as_(engineer).get("/admin/").context["tiles"]}
    assert ours["เรื่องใหม่"] == "1"
    assert ours["รอเราดำเนินการ"] == "1"
    assert ours["ข้อความส่งไม่ถึง"] == "2"


def test_earlier_cases_of_the_reporter_are_those_that_one_may_see(
    engineer: Staff, health_officer: Staff
) -> None:
    first = testing.make_complaint()
    garbage = testing.make_complaint(first.resident, category="garbage", subject="ขยะ")
    road = testing.make_complaint(first.resident, subject="ถนนอีกสาย")
    earlier = as_(engineer).get(page(first)).context["earlier"]
    assert [row.number for row in earlier] == [road.number]
    assert garbage.number not in as_(engineer).get(page(first)).content.decode()
