"""The outcome as a text document (Office Open XML, ECMA-376), from the data of `printed`.

Headings, lists, quotes and tables are real ones, each text carries its language, and nothing in it is a field, a link
or a macro: what people wrote is text.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MADE = (1980, 1, 1, 0, 0, 0)
"""The date of every file inside, so that equal outcomes are equal bytes."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def document(data: dict[str, Any]) -> bytes:
    """The bytes of a .docx file; equal data gives equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in _files(data).items():
            package.writestr(zipfile.ZipInfo(name, MADE), _HEAD + content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _files(data: dict[str, Any]) -> dict[str, str]:
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations(
            ("rId1", f"{OFFICE}/officeDocument", "word/document.xml"),
            ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _core(data),
        "word/_rels/document.xml.rels": _relations(("rId1", f"{OFFICE}/styles", "styles.xml")),
        "word/styles.xml": _styles(data["language"]),
        "word/document.xml": _document("".join(_body(data))),
    }


def _document(body: str) -> str:
    page = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"/>'
    return f'<w:document xmlns:w="{WORDS}"><w:body>{body}<w:sectPr>{page}</w:sectPr></w:body></w:document>'


def _body(data: dict[str, Any]) -> list[str]:
    labels = data["labels"]
    blocks = [
        _paragraph(data["eyebrow"]),
        _paragraph(data["title"], "Title"),
        _paragraph(data["lead"], "Subtitle"),
        _paragraph(", ".join(data["figures"])),
        _paragraph(f"{labels['checked']}. {' '.join(data['checked'])}"),
        _paragraph(" ".join(filter(None, (data["waited"], data["held_back"])))),
    ]
    if data["corrections"]:
        blocks += [_paragraph(labels["corrections"], "Heading1"), *map(_paragraph, data["corrections"])]
    for rated in data["ratings"]:
        head = [labels["initiative"], *rated["answers"]]
        rows = [[name, *counts] for name, counts in rated["rows"]]
        blocks += [_paragraph(rated["heading"], "Heading1"), _table(head, rows), *map(_paragraph, rated["facts"])]
    for part in data["parts"]:
        blocks += _part(part, labels)
    if data["heat"]["rows"] and data["heat"]["tables"]:
        head = [labels["theme"], *data["heat"]["tables"], labels["all"]]
        rows = [[name, *counts, total] for name, counts, total in data["heat"]["rows"]]
        blocks += [_paragraph(labels["heat"], "Heading1"), _table(head, rows)]
    if data["funder"]:
        blocks += [_paragraph(labels["funder"], "Heading1"), *map(_paragraph, data["funder"])]
    return [*blocks, _paragraph(data["organisation"]), _paragraph(data["link"])]


def _part(part: dict[str, Any], labels: dict[str, str]) -> list[str]:
    blocks = [_paragraph(part["name"], "Heading1"), _paragraph(part["silence"])]
    for finding in part["findings"]:
        blocks += [_paragraph(finding["title"], "Heading2"), _paragraph(finding["text"]), _paragraph(finding["facts"])]
        blocks += [_paragraph(f"→ {step}") for step in finding["way"]]
        if finding["quote"]:
            blocks.append(_paragraph(finding["quote"]["text"], "Quote", finding["quote"]["lang"]))
        blocks.append(_paragraph(f"{labels['notes']} ({len(finding['notes'])})", "Heading3"))
        blocks += [_note(note) for note in finding["notes"]]
    if part["others"]:
        blocks += [_paragraph(labels["others"], "Heading2"), *map(_note, part["others"])]
    return blocks


def _note(note: dict[str, Any]) -> str:
    by = ", ".join(note[name] for name in ("kind", "table", "dots") if note[name])
    return f'<w:p><w:pPr><w:pStyle w:val="Note"/></w:pPr>{_run(note["text"], note["lang"])}{_run(f" ({by})")}</w:p>'


def _paragraph(text: str, style: str = "", lang: str = "") -> str:
    if not text:
        return ""
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}{_run(text, lang)}</w:p>"


def _run(text: str, lang: str = "") -> str:
    """A run of text; line ends become line breaks, what XML cannot hold is left out."""
    spoken = f"<w:rPr><w:lang w:val={quoteattr(lang)}/></w:rPr>" if lang else ""
    lines = _NOT_XML.sub("", text).splitlines() or [""]
    inside = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r>{spoken}{inside}</w:r>"


def _table(head: list[Any], rows: list[list[Any]]) -> str:
    look = '<w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="5000" w:type="pct"/><w:tblLook w:firstRow="1"/></w:tblPr>'
    grid = "<w:tblGrid>" + "<w:gridCol/>" * len(head) + "</w:tblGrid>"
    first = "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + "".join(map(_cell, head)) + "</w:tr>"
    others = "".join("<w:tr>" + "".join(map(_cell, row)) + "</w:tr>" for row in rows)
    return f"<w:tbl>{look}{grid}{first}{others}</w:tbl><w:p/>"


def _cell(value: Any) -> str:
    return f"<w:tc><w:tcPr/><w:p>{_run(str(value))}</w:p></w:tc>"


def _relations(*targets: tuple[str, str, str]) -> str:
    lines = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in targets)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def _core(data: dict[str, Any]) -> str:
    title, author = (escape(_NOT_XML.sub("", text)) for text in (data["title"], data["organisation"]))
    return (
        f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>{data['language']}</dc:language>"
        "</cp:coreProperties>"
    )


def _styles(language: str) -> str:
    names = {
        "Title": ("Title", 52, ""),
        "Subtitle": ("Subtitle", 26, ""),
        "Heading1": ("heading 1", 34, '<w:outlineLvl w:val="0"/>'),
        "Heading2": ("heading 2", 27, '<w:outlineLvl w:val="1"/>'),
        "Heading3": ("heading 3", 22, '<w:outlineLvl w:val="2"/>'),
        "Quote": ("Quote", 26, '<w:ind w:left="360"/>'),
        "Note": ("Note", 21, '<w:ind w:left="360"/>'),
    }
    bold = {"Title", "Heading1", "Heading2", "Heading3"}
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
        f'<w:pPr><w:spacing w:before="160" w:after="80"/>{more}</w:pPr>'
        f"<w:rPr>{'<w:b/>' if key in bold else ''}{'<w:i/>' if key == 'Quote' else ''}"
        f'<w:sz w:val="{size}"/></w:rPr></w:style>'
        for key, (name, size, more) in names.items()
    )
    edges = "".join(f'<w:{edge} w:val="single" w:sz="4"/>' for edge in ("top", "bottom", "insideH"))
    return (
        f'<w:styles xmlns:w="{WORDS}"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/>'
        f'<w:lang w:val="{language}"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        f'{styles}<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>{edges}'
        "</w:tblBorders></w:tblPr></w:style></w:styles>"
    )


_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{MEDIA_TYPE}.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{MEDIA_TYPE.removesuffix("document")}styles+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
