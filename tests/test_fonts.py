"""Fonts of the PDFs, asked through typst itself."""

import io
import os
import shutil
from pathlib import Path

import pikepdf
import pytest
import typst

from config.fonts import FACES, make_typst_fonts

pytestmark = pytest.mark.one_database
PACKAGES = Path(__file__).parent.parent / "node_modules" / "@fontsource-variable"


@pytest.fixture(scope="module")
def fonts(tmp_path_factory) -> Path:
    """The faces of the build where it is fresh, else made anew."""
    target = Path(__file__).parent.parent / "build" / "typst-fonts"
    make_typst_fonts(PACKAGES, target)
    return target


def compiled(text: str, fonts: Path, folder: Path) -> pikepdf.Pdf:
    source = folder / "page.typ"
    source.write_text(text)
    return pikepdf.open(io.BytesIO(typst.compile(source, font_paths=[str(fonts)], ignore_system_fonts=True)))


def fonts_used(pdf: pikepdf.Pdf) -> set[str]:
    faces = [font for page in pdf.pages for font in page.Resources.get("/Font", {}).values()]
    return {str(face.BaseFont).partition("+")[2] for face in faces}


def test_italian_hungarian_and_romanian_letters_come_from_the_sans_font_alone(fonts, tmp_path):
    pdf = compiled('#set text(font: "Tavolo UI", fallback: false)\nè ő ț', fonts, tmp_path)
    assert fonts_used(pdf) == {"TavoloUI-400"}


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.file_name)
def test_every_face_is_found_by_family_weight_and_slant(face, fonts, tmp_path):
    slant = "italic" if face.italic else "normal"
    asked = f'#set text(font: "{face.family}", weight: {face.weight}, style: "{slant}", fallback: false)\nVoce'
    assert fonts_used(compiled(asked, fonts, tmp_path)) == {face.file_name.removesuffix(".ttf")}


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.file_name)
def test_every_face_holds_the_letters_of_our_languages(face, fonts):
    from fontTools.ttLib import TTFont

    letters = TTFont(fonts / face.file_name).getBestCmap()
    assert [letter for letter in "aèàùőțžłß’«»“”€" if ord(letter) not in letters] == []


def test_a_letter_no_font_has_does_not_stop_the_document(fonts, tmp_path):
    pdf = compiled('#set text(font: "Tavolo UI")\nCaffè 日', fonts, tmp_path)
    assert len(pdf.pages) == 1


def test_fresh_fonts_are_left_as_they_are_and_stale_ones_made_again(fonts, tmp_path, monkeypatch):
    copy = tmp_path / "fonts"
    shutil.copytree(fonts, copy)
    stale = copy / FACES[0].file_name
    os.utime(stale, (0, 0))
    made = []
    monkeypatch.setattr("config.fonts._make", lambda face, source, target: made.append(target))
    assert make_typst_fonts(PACKAGES, copy) == [copy / face.file_name for face in FACES]
    assert made == [stale]
