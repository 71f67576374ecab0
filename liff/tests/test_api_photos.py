"""Photos over the API: what is taken in, and who gets to see it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from PIL import Image

from bannmae import roles, testing
from bannmae.media import decoding, photos, turns
from bannmae.models import Staff
from chatops.models import Resident
from complaints import workflow
from complaints.models import Category, Complaint, Photo, Status, TimelineEntry
from liff import uploads
from liff.api import base
from liff.models import Upload
from liff.tests.conftest import Caller, LineKeys, with_cookie

pytestmark = pytest.mark.django_db


def _stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_is_taken_in(
    as_somsri: Caller, somsri: Resident, private_storage: Path, file_format: str
) -> None:
    data = testing.picture(96, 64, file_format, position=(18.6137, 98.8936))
    # By content: whatever its name says.
    answer = as_somsri.upload(data, name="memo.pdf")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["width"], told["height"]) == (96, 64)
    assert told["thumbnail_url"] == f"http://testserver/api/v1/photos/{told['id']}/thumbnail"
    assert (told["latitude"], told["longitude"]) == (18.6137, 98.8936)
    upload = Upload.objects.get(resident=somsri)
    assert upload.token == told["id"]
    assert len(_stored(private_storage)) == 2
    shown = as_somsri.get(told["thumbnail_url"])
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    stored = Image.open(BytesIO(as_somsri.get(f"photos/{told['id']}").body))
    assert (stored.format, stored.size, dict(stored.getexif())) == ("JPEG", (96, 64), {})


def test_what_is_no_photo_is_refused(as_somsri: Caller, private_storage: Path) -> None:
    photo = testing.picture(400, 300)
    refused = [
        (b"%PDF-1.7 " + b"x" * 100, 415, "รองรับเฉพาะรูปภาพ JPEG, PNG, WebP และ HEIC"),
        (b"<html>", 415, "รองรับเฉพาะรูปภาพ JPEG, PNG, WebP และ HEIC"),
        (photo[: len(photo) // 2], 400, "เปิดรูปนี้ไม่ได้ ไฟล์อาจเสียหาย กรุณาเลือกรูปอื่น"),
        (b"", 400, "ไฟล์ว่างเปล่า กรุณาเลือกไฟล์ใหม่"),
    ]
    for data, status, message in refused:
        answer = as_somsri.upload(data)
        assert (answer.status_code, answer.json()) == (status, {"file": [message]})
    assert not _stored(private_storage)
    assert not Upload.objects.exists()


def test_a_photo_of_too_many_bytes_is_refused(
    as_somsri: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = testing.picture()
    # Just over what a photo may have: the file itself is refused.
    answer = as_somsri.upload(data + bytes(20 * 1024 * 1024))
    assert answer.status_code == 413
    assert list(answer.json()) == ["file"]
    # Far over it: nobody reads it as a form at all.
    monkeypatch.setattr(uploads, "take", None)
    answer = as_somsri.upload(data + bytes(21 * 1024 * 1024))
    assert (answer.status_code, answer.json()) == (
        413,
        {"detail": "ข้อมูลที่ส่งมามีขนาดใหญ่เกินไป"},
    )


def test_a_body_that_nobody_wants_is_not_waited_for(
    stranger: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "DRAINED_BYTES", 1024)
    answer = stranger.client.generic(
        "POST", "/api/v1/complaints", b"x" * 400_000, content_type="application/json"
    )
    assert answer.status_code == 413


def test_a_form_without_a_photo_is_told(as_somsri: Caller) -> None:
    answer = as_somsri.upload(testing.picture(), field="photo")
    assert (answer.status_code, answer.json()) == (400, {"file": ["กรุณาแนบไฟล์ภาพในช่อง file"]})
    answer = as_somsri.post("photos", {"file": "x"})
    assert answer.status_code == 415
    broken = as_somsri.client.post(
        "/api/v1/photos",
        b"--x\r\n",
        content_type="multipart/form-data; boundary=" + "x" * 300,
        headers=as_somsri.headers,
    )
    assert broken.status_code == 400


def test_a_stranger_uploads_nothing(stranger: Caller, private_storage: Path) -> None:
    assert stranger.upload(testing.picture()).status_code == 401
    assert not _stored(private_storage)


def test_a_row_that_cannot_be_written_leaves_no_file(
    somsri: Resident, private_storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(Upload.objects, "create", fail)
    with pytest.raises(RuntimeError):
        uploads.take(somsri, BytesIO(testing.picture()))
    assert not _stored(private_storage)


def test_english_for_who_reads_no_thai(as_somsri: Caller) -> None:
    as_somsri.headers["Accept-Language"] = "en"
    assert as_somsri.upload(b"%PDF").json() == {
        "file": ["Only JPEG, PNG, WebP and HEIC photos are taken."]
    }


# -- from upload to case ------------------------------------------------------------------


def test_a_case_takes_the_photos_in_their_order(
    as_somsri: Caller, report: dict[str, Any], private_storage: Path
) -> None:
    sizes = [(60, 40), (40, 60), (50, 50)]
    ids = [as_somsri.upload(testing.picture(*size)).json()["id"] for size in sizes]
    ids.reverse()
    number = as_somsri.file(report | {"photos": ids}).json()["number"]
    shown = as_somsri.get(f"complaints/{number}").json()["photos"]
    assert [(one["width"], one["height"]) for one in shown] == sizes[::-1]
    assert not Upload.objects.exists()
    assert len(_stored(private_storage)) == 6
    for one in shown:
        assert as_somsri.get(one["url"]).status_code == 200
        assert as_somsri.get(one["thumbnail_url"]).status_code == 200


@pytest.mark.parametrize("whose", ["used", "another's", "old", "twice"])
def test_photos_that_are_not_hers_to_use_are_refused(
    as_somsri: Caller, as_neighbour: Caller, report: dict[str, Any], photo: bytes, whose: str
) -> None:
    ids = [(as_neighbour if whose == "another's" else as_somsri).upload(photo).json()["id"]]
    if whose == "used":
        as_somsri.file(report | {"photos": ids})
    if whose == "old":
        Upload.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    if whose == "twice":
        ids *= 2
    before = (Complaint.objects.count(), Upload.objects.count())
    answer = as_somsri.file(report | {"photos": ids})
    assert answer.status_code == 400
    assert list(answer.json()) == ["photos"]
    assert (Complaint.objects.count(), Upload.objects.count()) == before


def test_a_report_that_fails_keeps_its_photos(
    as_somsri: Caller, report: dict[str, Any], photo: bytes, private_storage: Path
) -> None:
    ids = [as_somsri.upload(photo).json()["id"]]
    assert as_somsri.file(report | {"photos": ids, "subject": ""}).status_code == 400
    assert as_somsri.file(report | {"photos": ids}).status_code == 201
    assert len(_stored(private_storage)) == 2


def test_she_takes_a_photo_back(
    as_somsri: Caller, as_neighbour: Caller, photo: bytes, private_storage: Path
) -> None:
    token = as_somsri.upload(photo).json()["id"]
    assert as_neighbour.delete(f"photos/{token}").status_code == 404
    assert Caller().delete(f"photos/{token}").status_code == 401
    assert len(_stored(private_storage)) == 2
    assert as_somsri.delete(f"photos/{token}").status_code == 204
    assert as_somsri.delete(f"photos/{token}").status_code == 404
    assert not _stored(private_storage)


def test_a_photo_of_a_case_cannot_be_taken_back(
    as_somsri: Caller, report: dict[str, Any], photo: bytes
) -> None:
    token = as_somsri.upload(photo).json()["id"]
    as_somsri.file(report | {"photos": [token]})
    assert as_somsri.delete(f"photos/{token}").status_code == 404
    assert as_somsri.delete(f"photos/{Photo.objects.get().token}").status_code == 404
    assert Photo.objects.count() == 1


def test_nobody_piles_up_photos(as_somsri: Caller, photo: bytes) -> None:
    tokens = [as_somsri.upload(photo).json()["id"] for _ in range(uploads.MAX_UNUSED)]
    answer = as_somsri.upload(photo)
    assert answer.status_code == 429
    assert "มีภาพที่อัปโหลดไว้แต่ยังไม่ได้ใช้มากเกินไป" in answer.json()["detail"]
    assert 0 < int(answer["Retry-After"]) <= 24 * 3600
    as_somsri.delete(f"photos/{tokens[0]}")
    assert as_somsri.upload(photo).status_code == 201


# -- who sees a photo ---------------------------------------------------------------------


def _addresses(photo: Photo) -> list[str]:
    return [f"photos/{photo.token}", f"photos/{photo.token}/thumbnail"]


def _sees(caller: Caller, photo: Photo) -> bool:
    answers = [caller.get(address) for address in _addresses(photo)]
    statuses = {answer.status_code for answer in answers}
    assert statuses in ({200}, {404})
    for answer in answers:
        if answer.status_code == 200:
            assert answer["Cache-Control"].startswith("private")
            assert answer.body[:2] == b"\xff\xd8"
        else:
            assert answer.json() == {"detail": "ไม่พบข้อมูลที่ต้องการ"}
    return statuses == {200}


@pytest.fixture
def case(somsri: Resident) -> Complaint:
    """A case of สมศรี with a photo, in the hands of กองช่าง."""
    return testing.make_complaint(somsri, photos=[testing.make_photo()])


def test_who_sees_a_photo_and_who_does_not(
    line_keys: LineKeys,
    case: Complaint,
    somsri: Resident,
    as_somsri: Caller,
    as_neighbour: Caller,
    engineer: Staff,
    legal_officer: Staff,
    health_officer: Staff,
    executive: Staff,
    outsider: Staff,
) -> None:
    photo = case.photos.get()
    assert _sees(as_somsri, photo)
    assert _sees(with_cookie(line_keys, somsri), photo)
    assert not _sees(as_neighbour, photo)
    assert not _sees(Caller(), photo)
    seen = {}
    for name, staff in {
        "engineer": engineer,
        "legal": legal_officer,
        "executive": executive,
        "health": health_officer,
        "outsider": outsider,
    }.items():
        caller = Caller()
        caller.client.force_login(staff)
        seen[name] = _sees(caller, photo)
    assert seen == {
        "engineer": True,
        "legal": True,
        "executive": True,
        "health": False,
        "outsider": False,
    }


def test_an_officer_without_the_right_or_the_account_sees_none(
    case: Complaint, engineer: Staff
) -> None:
    photo = case.photos.get()
    caller = Caller()
    caller.client.force_login(engineer)
    Staff.objects.filter(pk=engineer.pk).update(must_change_password=True)
    assert not _sees(caller, photo)
    Staff.objects.filter(pk=engineer.pk).update(must_change_password=False)
    assert _sees(caller, photo)
    engineer.groups.clear()
    assert not _sees(caller, photo)
    engineer.groups.set([Group.objects.get(name=roles.OFFICER)])
    Staff.objects.filter(pk=engineer.pk).update(is_active=False)
    assert not _sees(caller, photo)


def test_the_accused_never_sees_a_photo_of_a_restricted_case(
    somsri: Resident, legal_officer: Staff
) -> None:
    accused = testing.make_legal_officer()
    category = Category.objects.get(slug="misconduct")
    category.readers.set([legal_officer, accused])
    case = testing.make_complaint(somsri, category=category, photos=[testing.make_photo()])
    case.accused.add(accused)
    for staff, expected in ((legal_officer, True), (accused, False)):
        caller = Caller()
        caller.client.force_login(staff)
        assert _sees(caller, case.photos.get()) is expected


def test_an_officer_who_is_also_a_resident_sees_his_cases_and_his_own(
    line_keys: LineKeys, case: Complaint, neighbour: Resident, engineer: Staff
) -> None:
    caller = with_cookie(line_keys, neighbour)
    assert not _sees(caller, case.photos.get())
    caller.client.force_login(engineer)
    assert _sees(caller, case.photos.get())


def test_a_photo_of_the_work_is_seen_once_it_is_public(
    case: Complaint, as_somsri: Caller, legal_officer: Staff
) -> None:
    workflow.move(
        case.pk,
        Status.REJECTED,
        by=legal_officer,
        version=1,
        note="นอกเขต",
        photos=[testing.make_photo()],
    )
    shown = case.photos.get(entry__isnull=False)
    assert _sees(as_somsri, shown)
    inside = TimelineEntry.objects.create(
        complaint=case, at=timezone.now(), kind="note", internal_note="ภายใน", by=legal_officer
    )
    hidden = [
        Photo.objects.create(
            complaint=case,
            entry=entry,
            token=f"token{n}",
            file=shown.file,
            thumbnail=shown.thumbnail,
            width=1,
            height=1,
            public=public,
        )
        for n, (entry, public) in enumerate([(inside, True), (None, False)])
    ]
    for photo in hidden:
        assert not _sees(as_somsri, photo)
        officer = Caller()
        officer.client.force_login(legal_officer)
        assert _sees(officer, photo)


def test_an_invalid_token_beside_a_good_cookie_is_refused(
    line_keys: LineKeys, case: Complaint, somsri: Resident
) -> None:
    caller = with_cookie(line_keys, somsri)
    caller.headers["Authorization"] = "Bearer rubbish"
    assert caller.get(_addresses(case.photos.get())[0]).status_code == 401


@pytest.mark.parametrize("token", ["x", "%00", "ก", "a" * 500, "..%2f..%2fetc%2fpasswd", "%20"])
def test_made_up_addresses_lead_nowhere(as_somsri: Caller, token: str) -> None:
    for address in (f"photos/{token}", f"photos/{token}/thumbnail"):
        assert as_somsri.get(address).status_code == 404
    assert as_somsri.delete(f"photos/{token}").status_code == 404


def test_a_photo_whose_file_is_lost_is_not_there(as_somsri: Caller, case: Complaint) -> None:
    photo = case.photos.get()
    photos.delete([photo.file, photo.thumbnail])
    assert not _sees(as_somsri, photo)


def test_what_a_browser_has_already_is_not_sent_again(as_somsri: Caller, case: Complaint) -> None:
    address = _addresses(case.photos.get())[0]
    first = as_somsri.get(address)
    again = as_somsri.get(address, **{"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_who_comes_while_too_many_are_read_is_asked_to_come_again(
    as_somsri: Caller, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.01)
    with decoding.DECODER:
        answer = as_somsri.upload(photo)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json() == {"file": ["ขณะนี้มีผู้ส่งไฟล์พร้อมกันจำนวนมาก กรุณารอสักครู่แล้วลองอีกครั้ง"]}
    assert Upload.objects.count() == 0
    assert as_somsri.upload(photo).status_code == 201
