"""Fonts for PDFs: typst wants static TrueType files, the packages hold variable WOFF2 split by alphabet."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory

SUBSETS = ("latin", "latin-ext")


@dataclass(frozen=True)
class Face:
    """One static face: where it comes from, and the family, weight and slant typst knows it by."""

    package: str
    file_axis: str
    family: str
    weight: int
    italic: bool = False

    @property
    def file_name(self) -> str:
        return f"{self.family.replace(' ', '')}-{self.weight}{'-italic' if self.italic else ''}.ttf"

    def sources(self, root: Path) -> list[Path]:
        style = "italic" if self.italic else "normal"
        folder = root / self.package / "files"
        return [folder / f"{self.package}-{subset}-{self.file_axis}-{style}.woff2" for subset in SUBSETS]


ATKINSON = "atkinson-hyperlegible-next"
FACES = (
    Face(ATKINSON, "wght", "Tavolo UI", 400),
    Face(ATKINSON, "wght", "Tavolo UI", 700),
    Face("bricolage-grotesque", "opsz", "Tavolo Head", 720),
    Face("literata", "wght", "Tavolo Voice", 420),
    Face("literata", "wght", "Tavolo Voice", 420, italic=True),
)


def make_typst_fonts(source: Path, target: Path) -> list[Path]:
    """Write one TTF per face into `target` from the font packages in `source`, and return their paths.

    A face newer than this file and its sources is left as it is. Raises `FileNotFoundError` when a
    package is absent.
    """
    target.mkdir(parents=True, exist_ok=True)
    stale = [f for f in FACES if not _is_fresh(target / f.file_name, [*f.sources(source), Path(__file__)])]
    if len(stale) > 1:
        with ProcessPoolExecutor() as processes:  # a second or two of arithmetic for each face
            list(processes.map(_make, stale, repeat(source), [target / face.file_name for face in stale]))
    else:
        for face in stale:
            _make(face, source, target / face.file_name)
    return [target / face.file_name for face in FACES]


def _is_fresh(made: Path, sources: list[Path]) -> bool:
    return made.exists() and made.stat().st_mtime >= max(path.stat().st_mtime for path in sources)


def _make(face: Face, source: Path, made: Path) -> None:
    """Join the two alphabets of a face at one weight. The first file wins where both hold a letter."""
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    with TemporaryDirectory() as scratch:
        parts = []
        for number, path in enumerate(face.sources(source)):
            part = Path(scratch) / f"{number}.ttf"
            _at_one_weight(TTFont(path), face.weight).save(part)
            parts.append(str(part))
        joined = Merger().merge(parts)
        _name(joined, face)
        joined.save(made)


def _at_one_weight(font, weight: int):
    """A static copy: the wanted weight, every other axis at its default."""
    from fontTools.varLib.instancer import instantiateVariableFont

    font.flavor = None
    wanted = {axis.axisTag: weight if axis.axisTag == "wght" else axis.defaultValue for axis in font["fvar"].axes}
    static = instantiateVariableFont(font, wanted)
    for table in ("STAT", "MVAR", "HVAR", "DSIG", "meta"):
        if table in static:
            del static[table]
    return static


def _name(font, face: Face) -> None:
    """Give the face its family name, so that a document asks for it by our words."""
    style = "Italic" if face.italic else "Regular"
    postscript = face.file_name.removesuffix(".ttf")
    font["name"].names = []
    wanted = {
        1: face.family,
        2: style,
        3: postscript,
        4: postscript,
        6: postscript,
        16: face.family,
        17: style,
    }
    for identifier, words in wanted.items():
        font["name"].setName(words, identifier, 3, 1, 0x409)
    font["OS/2"].usWeightClass = face.weight
    font["OS/2"].fsSelection = 0x01 if face.italic else 0x40
    font["head"].macStyle = 0x02 if face.italic else 0x00
