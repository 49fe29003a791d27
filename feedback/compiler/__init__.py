"""Notes in, summary out.

The compiler brings notes that say the same, or speak of the same matter, together under points; it orders
the points and adds up ratings. It needs no database, clock, network or model, it writes no sentence of its
own, and equal input gives equal bytes whatever the order of the notes. The heavy arithmetic is imported
only when something is compiled.

Run as a child process, `python -m feedback.compiler` reads a document on standard input and writes the
result.
"""

from typing import Any

from feedback.compiler.document import dumps

__all__ = ["compile_notes", "dumps"]


def compile_notes(document: dict[str, Any]) -> dict[str, Any]:
    """Compile a whole document: settings, language, groups, notes, must_link, ratings and earlier.

    The module `document` has the shapes. Points in `earlier` pass their keys on to points that hold half of
    their notes; with the setting `frozen` they keep every note, and new notes join or stand beside them.

    A note that cannot be read is named under "problems" and excluded; a section that breaks is given as its
    bare notes and named there too. Raises `ValueError` for settings nobody knows.
    """
    from feedback.compiler.whole import compile_document

    return compile_document(document)
