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


def size_ranges(
    targets: Mapping[str, int], tables: Sequence[Table], now: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """The least and the most people at each table over all sizes that are as even and take as few moves.

    `targets` are sizes of `even_sizes`. Tables at the two levels between which its last people were shared out may swap
    levels; a table that has enough people now for the higher level takes no move to stay there.
    """
    open_tables = [targets[table.id] for table in tables if targets[table.id] < table.seats]
    if not open_tables:
        return {id: (size, size) for id, size in targets.items()}
    level = min(open_tables)
    givers = [t.id for t in tables if targets[t.id] == level + 1 > len(t.fixed)]
    takers = [t.id for t in tables if targets[t.id] == level < t.seats]
    stay_high = [id for id in givers + takers if now.get(id, 0) > level]
    ranges = {id: (size, size) for id, size in targets.items()}
    if len(givers) < len(stay_high):
        ranges |= dict.fromkeys(stay_high, (level, level + 1))
    elif len(givers) > len(stay_high):
        ranges |= {id: (level, level + 1) for id in givers + takers if id not in stay_high}
    return ranges
