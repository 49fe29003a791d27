"""How mixed the tables are, for people to look at."""

from collections.abc import Sequence

from participants.allocation.shapes import Balance, Hint, Person, Row, Seating, Table


def balance(people: Sequence[Person], tables: Sequence[Table], seating: Seating) -> Balance:
    """One row per field value, and a hint for each table that lacks a value many have.

    A hint is given only if there are enough people with the value for every table to have one. It names
    somebody free to move from the table that has most of them, each person once.
    """
    values = sorted({value for person in people for value in person.fields.items()})
    rows = [_row(field, value, people, tables, seating) for field, value in values]
    hints = [hint for row in rows for hint in _hints(row, people, tables, seating)]
    return Balance(rows, hints)


def _row(field: str, value: str, people: Sequence[Person], tables: Sequence[Table], seating: Seating) -> Row:
    who = {person.id for person in people if person.fields.get(field) == value}
    counts = {table.id: len(who.intersection(seating.get(table.id, []))) for table in tables}
    return {"field": field, "value": value, "counts": counts, "total": sum(counts.values())}


def _hints(row: Row, people: Sequence[Person], tables: Sequence[Table], seating: Seating) -> list[Hint]:
    if row["total"] < len(tables):
        return []
    lacking = [table.id for table in tables if seating.get(table.id) and not row["counts"][table.id]]
    return [
        {"table": table, "field": row["field"], "value": row["value"], "person": person, "at": origin}
        for table, (person, origin) in zip(lacking, _movable(row, people, tables, seating), strict=False)
    ]


def _movable(row: Row, people: Sequence[Person], tables: Sequence[Table], seating: Seating) -> list[tuple[str, str]]:
    """People with the row's value who sit with another such person and need not stay, fullest table first."""
    who = {person.id for person in people if person.fields.get(row["field"]) == row["value"]}
    fixed = {person for table in tables for person in table.fixed}
    crowded = [id for id, count in row["counts"].items() if count > 1]
    crowded.sort(key=lambda id: -row["counts"][id])
    return [(person, id) for id in crowded for person in seating[id] if person in who - fixed]
