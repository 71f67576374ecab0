"""Papers in the font that the office uploaded."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from pypdf import PdfReader

from bannmae import roles, testing
from bannmae.models import Municipality, Staff
from bannmae.paper import fonts
from bannmae.paper.office_font import office_font
from bannmae.tests.paper_reading import text_of
from complaints.models import Complaint
from complaints.tests.desk import LIST, as_, page

pytestmark = pytest.mark.django_db
PROFILE = "admin:bannmae_municipality_changelist"
OURS, THEIRS, OTHERS = 1000, 2000, 1500  # units per em: what tells the fonts inside a PDF apart


@pytest.fixture(autouse=True)
def _storage_of_this_test(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private_storage: Path
) -> None:
    settings.VAR_DIR = tmp_path / "var"
    for name in ("paper_font", "paper_font_bold"):
        # The fields took the storage at import.
        monkeypatch.setattr(Municipality._meta.get_field(name), "storage", default_storage)


@pytest.fixture(scope="module")
def make_font() -> Callable[[str, int], bytes]:
    """Another font than ours: its own family name, drawn on a grid of `units` to the em."""

    def make(weight: str, units: int = THEIRS) -> bytes:
        font = TTFont(fonts.sarabun().regular.with_name(f"Sarabun-{weight}.ttf"))
        scale_upem(font, units)
        for record in font["name"].names:
            if record.nameID in (1, 4, 6, 16):
                record.string = f"OfficeSarabun{weight}"
        out = io.BytesIO()
        font.save(out)
        return out.getvalue()

    return make


@pytest.fixture
def keeper() -> Staff:
    """Who keeps the settings."""
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


def upload(keeper: Staff, regular: bytes | None, bold: bytes | None) -> Any:
    """Save the profile in the admin with these files; return the answer."""
    profile = Municipality.get_solo()
    fields = {
        field.name: getattr(profile, field.name) or ""
        for field in Municipality._meta.fields
        if field.name not in ("id", "garuda", "emblem", "paper_font", "paper_font_bold")
    }
    for name, data in (("paper_font", regular), ("paper_font_bold", bold)):
        if data is not None:
            fields[name] = SimpleUploadedFile(f"{name}.ttf", data, "font/ttf")
    return as_(keeper).post(reverse(PROFILE), fields)


def grids_of(pdf: bytes) -> set[int]:
    """The units per em of every font inside a PDF."""
    found = set()
    for one in PdfReader(io.BytesIO(pdf)).pages:
        for font in one["/Resources"]["/Font"].values():
            described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            data = described.get_object()["/FontFile2"].get_object().get_data()
            found.add(TTFont(io.BytesIO(data))["head"].unitsPerEm)
    return found


def memo_of(case: Complaint, officer: Staff) -> bytes:
    """The memo as the list prints it."""
    answer = as_(officer).post(LIST, {"action": "print_memos", "_selected_action": [case.pk]})
    assert answer["Content-Type"] == "application/pdf"
    return bytes(answer.content)


def test_papers_are_set_in_the_uploaded_font(
    keeper: Staff, legal_officer: Staff, make_font: Callable[..., bytes]
) -> None:
    case = testing.make_complaint()
    before = memo_of(case, legal_officer)
    assert grids_of(before) == {OURS}
    answer = upload(keeper, make_font("Regular"), make_font("Bold"))
    assert answer.status_code == 302, answer.content.decode()

    memo = memo_of(case, legal_officer)
    sheet = as_(legal_officer).post(page(case, "print_sheet")).content

    assert grids_of(memo) == {THEIRS}
    assert grids_of(sheet) == {THEIRS}
    # The same drawing on another grid: the same words at the same size on as many pages.
    assert text_of(memo) == text_of(before)


def test_a_bucket_serves_as_well(
    keeper: Staff, legal_officer: Staff, make_font: Callable[..., bytes], settings: Any
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }
    upload(keeper, make_font("Regular"), make_font("Bold"))
    assert grids_of(memo_of(testing.make_complaint(), legal_officer)) == {THEIRS}


def test_another_font_under_the_old_name_is_printed_from_then_on(
    keeper: Staff, legal_officer: Staff, make_font: Callable[..., bytes]
) -> None:
    upload(keeper, make_font("Regular"), make_font("Bold"))
    case = testing.make_complaint()
    memo_of(case, legal_officer)
    profile = Municipality.objects.get()
    for file, weight in ((profile.paper_font, "Regular"), (profile.paper_font_bold, "Bold")):
        with default_storage.open(file.name, "wb") as stored:
            stored.write(make_font(weight, OTHERS))
    assert grids_of(memo_of(case, legal_officer)) == {OTHERS}


@pytest.mark.parametrize("lost", ["paper_font", "paper_font_bold"])
def test_an_upload_that_storage_has_lost_costs_no_paper(
    keeper: Staff,
    legal_officer: Staff,
    make_font: Callable[..., bytes],
    lost: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    upload(keeper, make_font("Regular"), make_font("Bold"))
    case = testing.make_complaint()
    assert grids_of(memo_of(case, legal_officer)) == {THEIRS}
    default_storage.delete(getattr(Municipality.objects.get(), lost).name)

    assert grids_of(memo_of(case, legal_officer)) == {OURS}
    assert "printed in Sarabun" in caplog.text


def test_an_upload_that_rots_in_storage_costs_no_paper(
    keeper: Staff, legal_officer: Staff, make_font: Callable[..., bytes]
) -> None:
    upload(keeper, make_font("Regular"), make_font("Bold"))
    with default_storage.open(Municipality.objects.get().paper_font.name, "wb") as stored:
        stored.write(b"\x00\x01\x00\x00rotten")
    assert grids_of(memo_of(testing.make_complaint(), legal_officer)) == {OURS}


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda font: b"MZ this is a program", "ไม่ใช่แบบอักษร หรือไฟล์เสียหาย"),
        (lambda font: b"", "ไฟล์ที่ส่งว่างเปล่า"),
        (lambda font: font[: len(font) * 2 // 3], "ไม่ใช่แบบอักษร หรือไฟล์เสียหาย"),
        (
            lambda font: (fonts.SOURCE_DIR / "sarabun-latin-400-normal.woff2").read_bytes(),
            "ไม่มีตัวอักษรที่เอกสารต้องใช้",
        ),
    ],
    ids=["no font", "empty", "cut short", "without Thai"],
)
@pytest.mark.parametrize("field", ["paper_font", "paper_font_bold"])
def test_what_cannot_be_printed_with_is_refused_beside_its_field(
    keeper: Staff,
    make_font: Callable[..., bytes],
    spoil: Callable[[bytes], bytes],
    told: str,
    field: str,
) -> None:
    good = {"paper_font": make_font("Regular"), "paper_font_bold": make_font("Bold")}
    files = good | {field: spoil(good[field])}
    answer = upload(keeper, files["paper_font"], files["paper_font_bold"])
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert field in errors
    assert told in errors[field].as_text()
    assert not Municipality.get_solo().paper_font
    assert office_font(Municipality.get_solo()) is None


def test_half_a_font_is_refused(keeper: Staff, make_font: Callable[..., bytes]) -> None:
    for files in ((make_font("Regular"), None), (None, make_font("Bold"))):
        answer = upload(keeper, *files)
        errors = answer.context["adminform"].form.errors
        assert "ทั้งตัวปกติและตัวหนา" in errors["paper_font"].as_text()


def test_letters_as_small_as_the_rules_mean_take_the_rules_sizes(
    make_font: Callable[..., bytes], tmp_path: Path
) -> None:
    small = TTFont(io.BytesIO(make_font("Regular", 1000)))
    # As TH Sarabun is drawn: three quarters as tall on the same grid.
    scale_upem(small, 750)
    small["head"].unitsPerEm = 1000
    small.save(tmp_path / "small.ttf")
    (tmp_path / "tall.ttf").write_bytes(make_font("Regular"))
    assert fonts.size_factor_of(tmp_path / "small.ttf") == 1.0
    assert fonts.size_factor_of(tmp_path / "tall.ttf") == fonts.sarabun().size_factor
