"""What is wrong with a seating: one number to compare seatings by, and the broken rules by name."""

from collections import Counter
from collections.abc import Mapping, Sequence

from participants.allocation.shapes import Broken, Person, Rules, Seating, Table

RULE = 1000.0
"""Weight of a broken pair rule or an unmet need: more than any gain in mixing."""
MET = 3.0
"""Weight of a pair that meets again, for each time they have met."""


def penalty(people: Sequence[Person], tables: Sequence[Table], rules: Rules, seating: Seating) -> float:
    """Broken rules and repeated pairs by weight, plus how far each table is from the mix of all people.

    The last is the sum over tables and field values of the squared difference, in people, between those who
    sit there and those who would if everybody were spread in proportion.
    """
    seat_of = {person: table for table, those in seating.items() for person in those}
    broken = sum(each["rule"] in ("together", "apart", "need") for each in broken_rules(people, tables, rules, seating))
    again = sum(rules.met[pair] for pair in repeated_pairs(rules, seat_of))
    return RULE * broken + MET * again + unevenness([p for p in people if p.id in seat_of], seating)


def unevenness(people: Sequence[Person], seating: Seating) -> float:
    """Squared distance of every table from the mix of all `people`, who must all be seated."""
    fields = {person.id: list(person.fields.items()) for person in people}
    everybody = Counter(value for values in fields.values() for value in values)
    total = 0.0
    for those in seating.values():
        here = Counter(value for person in those for value in fields.get(person, []))
        share = len(those) / max(len(people), 1)
        total += sum((here[value] - count * share) ** 2 for value, count in everybody.items())
    return total


def repeated_pairs(rules: Rules, seat_of: Mapping[str, str]) -> list[tuple[str, str]]:
    """The pairs who have met before and share a table again, in order."""
    return sorted(pair for pair, times in rules.met.items() if times and _share(pair, seat_of))


def broken_rules(people: Sequence[Person], tables: Sequence[Table], rules: Rules, seating: Seating) -> list[Broken]:
    """Every rule this seating breaks. A pair of whom one is not seated breaks nothing."""
    seat_of = {person: table for table, those in seating.items() for person in those}
    return [
        *_broken_pairs(rules, seat_of),
        *_unmet_needs(people, tables, seat_of),
        *_lack_of_seats(people, tables, seating, seat_of),
        *_uneven_tables(tables, seating),
    ]


def _broken_pairs(rules: Rules, seat_of: Mapping[str, str]) -> list[Broken]:
    both = seat_of.keys()
    parted: list[Broken] = [
        {"rule": "together", "people": list(pair)}
        for pair in rules.together
        if both >= set(pair) and not _share(pair, seat_of)
    ]
    joined: list[Broken] = [{"rule": "apart", "people": list(pair)} for pair in rules.apart if _share(pair, seat_of)]
    return parted + joined


def _unmet_needs(people: Sequence[Person], tables: Sequence[Table], seat_of: Mapping[str, str]) -> list[Broken]:
    has = {table.id: table.has for table in tables}
    return [
        {"rule": "need", "people": [person.id], "tables": [seat_of[person.id]], "need": need}
        for person in people
        if person.id in seat_of
        for need in sorted(person.needs - has[seat_of[person.id]])
    ]


def _lack_of_seats(
    people: Sequence[Person], tables: Sequence[Table], seating: Seating, seat_of: Mapping[str, str]
) -> list[Broken]:
    standing = [person.id for person in people if person.id not in seat_of]
    lack: list[Broken] = [{"rule": "seats", "people": standing}] if standing else []
    for table in tables:
        those = seating.get(table.id, [])
        if len(those) > table.seats:
            lack.append({"rule": "seats", "people": list(those), "tables": [table.id]})
    return lack


def _uneven_tables(tables: Sequence[Table], seating: Seating) -> list[Broken]:
    sizes = {table.id: len(seating.get(table.id, [])) for table in tables}
    if not sizes or max(sizes.values()) - min(sizes.values()) < 2:
        return []
    ends = (min(sizes.values()), max(sizes.values()))
    return [{"rule": "even", "people": [], "tables": [id for id, size in sizes.items() if size in ends]}]


def _share(pair: tuple[str, str], seat_of: Mapping[str, str]) -> bool:
    one, other = pair
    return one in seat_of and seat_of[one] == seat_of.get(other)
