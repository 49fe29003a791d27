"""How many people each table should have."""

from collections.abc import Mapping, Sequence

from participants.allocation.shapes import Table


def even_sizes(people: int, tables: Sequence[Table], now: Mapping[str, int]) -> dict[str, int]:
    """Table sizes within one of each other, as far as seats and people who must stay allow.

    Where some tables get one more than others it is those with most people `now`, which keeps moves few;
    among equals the first. The sum is `people` or, if that is less, the number of seats.
    """
    sizes = {table.id: len(table.fixed) for table in tables}
    seats = {table.id: max(table.seats, len(table.fixed)) for table in tables}
    for _ in range(people - sum(sizes.values())):
        open_tables = [id for id in sizes if sizes[id] < seats[id]]
        if not open_tables:
            break
        lowest = min(open_tables, key=lambda id: (sizes[id], -now.get(id, 0)))
        sizes[lowest] += 1
    return sizes
