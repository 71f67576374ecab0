"""The fonts that set-up joins, and those that an office uploads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from bannmae.paper import fonts
from bannmae.paper.fonts import FontError

LATIN_ONLY = fonts.SOURCE_DIR / "sarabun-latin-400-normal.woff2"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return fonts.build(tmp_path_factory.mktemp("fonts"))


def test_each_weight_is_one_file_with_thai_latin_digits_and_signs(built: list[Path]) -> None:
    assert [path.name for path in built] == ["Sarabun-Regular.ttf", "Sarabun-Bold.ttf"]
    for path in built:
        letters = TTFont(path).getBestCmap()
        for sign in "AZaz09 ~กฮะาำ็่้๊๋์ฯๆ฿๐๑๒๓๔๕๖๗๘๙๏๚๛“”‘’–—…•":
            assert ord(sign) in letters, f"{path.name} lacks {sign!r}"


def test_thai_shaping_rules_and_latin_kerning_are_both_kept(built: list[Path]) -> None:
    for path in built:
        font = TTFont(path)
        scripts = {
            record.ScriptTag
            for tag in ("GSUB", "GPOS")
            for record in font[tag].table.ScriptList.ScriptRecord
        }
        assert {"thai", "latn"} <= scripts


def test_the_same_sources_make_the_same_bytes(built: list[Path], tmp_path: Path) -> None:
    again = fonts.build(tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in built]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(p.name for p in built)


def test_a_missing_source_is_told_and_nothing_half_written(tmp_path: Path) -> None:
    with pytest.raises(FontError, match="npm ci"):
        fonts.build(tmp_path / "out", source_dir=tmp_path)
    assert list((tmp_path / "out").iterdir()) == []


def test_halves_that_lack_letters_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for script in fonts.SCRIPTS:
        for weight in fonts.WEIGHTS.values():
            shutil.copy(LATIN_ONLY, source / f"sarabun-{script}-{weight}-normal.woff2")
    with pytest.raises(FontError, match="U\\+0E01"):
        fonts.build(tmp_path / "out", source_dir=source)


def test_the_command_writes_both_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fonts.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.count(".ttf") == 2


def test_before_set_up_the_font_is_asked_for_by_name(tmp_path: Path) -> None:
    with pytest.raises(FontError, match="bannmae.paper.fonts"):
        fonts.sarabun(tmp_path)


def test_an_uploaded_font_is_taken_with_its_own_size(built: list[Path]) -> None:
    font = fonts.uploaded(built[0], built[1], 0.8)
    assert font == fonts.PaperFont(built[0], built[1], 0.8)


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x00\x01\x00\x00" + b"\xff" * 400])
def test_an_upload_that_is_no_font_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(content)
    with pytest.raises(FontError):
        fonts.uploaded(path)


def test_an_upload_without_thai_is_refused() -> None:
    with pytest.raises(FontError, match="U\\+0E01"):
        fonts.uploaded(LATIN_ONLY)


def test_an_absurd_size_is_refused(built: list[Path]) -> None:
    with pytest.raises(FontError, match="size_factor"):
        fonts.uploaded(built[0], size_factor=16)
