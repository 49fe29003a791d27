"""Even out the tables on the day, when some people did not come, with as few moves as can be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from participants.allocation.penalty import broken_rules
from participants.allocation.shapes import Move, Person, Rebalance, Rules, Seating, Table
from participants.allocation.sizes import even_sizes, size_ranges
from participants.allocation.split import STANDING, Split

STEPS = 20_000
"""Steps of the search for the best plan: some tenths of a second. A hall of 18 people takes a few thousand."""

Plan = list[tuple[int, int]]
"""People by number and the tables they go to, in order."""


def rebalance(people: Sequence[Person], tables: Sequence[Table], rules: Rules, seating: Seating) -> Rebalance:
    """The fewest moves that bring sizes within one of each other, as far as seats and fixed people let them.

    `people` are those who are here: others in `seating` have left their table already, and whoever is not in it gets
    a seat first. Of all plans with the fewest moves it is the one with the least penalty or, where there are more of
    them than `STEPS` allows to look at, the best one seen.
    """
    here = {person.id for person in people}
    tables = [replace(table, fixed=tuple(id for id in table.fixed if id in here)) for table in tables]
    fixed = {person for table in tables for person in table.fixed}
    table_of = {person: place for place, table in enumerate(tables) for person in seating.get(table.id, [])}
    split = Split(people, tables, rules, [table_of.get(person.id, STANDING) for person in people])
    movable = [number for number, person in enumerate(people) if person.id not in fixed]
    origin = list(split.at)
    moves: list[Move] = [
        {
            "person": people[person].id,
            "origin": tables[origin[person]].id if origin[person] != STANDING else None,
            "to": tables[to].id,
        }
        for person, to in _best_plan(split, tables, movable)
    ]
    now = _after(seating, here, moves, tables)
    seated = {person for those in now.values() for person in those}
    standing = [person.id for person in people if person.id not in seated]
    return Rebalance(moves, now, standing, broken_rules(people, tables, rules, now))


def _best_plan(split: Split, tables: Sequence[Table], movable: Sequence[int]) -> Plan:
    """The plan with the least penalty among those with the fewest moves."""
    sizes_now = {table.id: split.size[place] for place, table in enumerate(tables)}
    targets = even_sizes(len(split.at), tables, sizes_now)
    plan, cost = _one_at_a_time(split, [targets[table.id] for table in tables], movable)
    ranges = [size_ranges(targets, tables, sizes_now)[table.id] for table in tables]
    standing = [person for person, table in enumerate(split.at) if table == STANDING]
    seats_left = sum(targets.values()) - sum(split.size)
    leavers = [p for p in movable if split.at[p] != STANDING and split.size[split.at[p]] > ranges[split.at[p]][0]]
    leavers.sort(key=lambda person: split.at[person])
    search = _Search(split, [*standing[: max(seats_left, 0)], *leavers], ranges, plan, cost)
    search.go_on()
    return search.best


def _one_at_a_time(split: Split, targets: Sequence[int], movable: Sequence[int]) -> tuple[Plan, float]:
    """A plan with the fewest moves and its cost: always the move that costs least now. The split stays as it is."""
    origin, plan, cost = list(split.at), [], 0.0
    while options := _options(split, targets, movable):
        changes = {option: split.change_of_move(*option) for option in options}
        person, to = min(options, key=lambda option: round(changes[option], 6))
        cost += changes[person, to]
        split.move(person, to)
        plan.append((person, to))
    for person, _to in plan:
        split.back(person, origin[person])
    return plan, cost


def _options(split: Split, targets: Sequence[int], movable: Sequence[int]) -> list[tuple[int, int]]:
    """Every next move, person and table, that leads to the target sizes: people without a seat first, in order."""
    short = [table for table, size in enumerate(split.size) if size < targets[table]]
    standing = [person for person, table in enumerate(split.at) if table == STANDING]
    if standing:
        return [(standing[0], table) for table in short]
    from_full = [person for person in movable if split.size[split.at[person]] > targets[split.at[person]]]
    return [(person, table) for person in from_full for table in short]


@dataclass
class _Search:
    """Goes through all plans with the fewest moves, person after person, and keeps the `best` with its `cost`.

    `who` may move: first those who stand (they must), then people table by table. `ranges` are the least and the most
    people that a table has after such a plan.
    """

    split: Split
    who: list[int]
    ranges: list[tuple[int, int]]
    best: Plan
    cost: float
    plan: Plan = field(default_factory=list)
    steps: int = STEPS

    def __post_init__(self) -> None:
        """Only tables that are short now take people: one that lets somebody go and takes another wastes a move."""
        self.takers = [table for table, (_least, most) in enumerate(self.ranges) if self.split.size[table] < most]

    def go_on(self, place: int = 0, cost: float = 0.0) -> None:
        """Decide about the person at `place` of `who`, and then about all after them."""
        self.steps -= 1
        if self.steps < 0:
            return
        if place == len(self.who):
            self._take(cost)
            return
        person = self.who[place]
        origin = self.split.at[person]
        if origin == STANDING or self.split.size[origin] > self.ranges[origin][0]:
            self._try_tables(place, person, origin, cost)
        if origin != STANDING and self._enough_can_still_leave(place, origin):
            self.go_on(place + 1, cost)

    def _try_tables(self, place: int, person: int, origin: int, cost: float) -> None:
        for table in self.takers:
            if self.split.size[table] < self.ranges[table][1]:
                change = self.split.change_of_move(person, table)
                self.split.move(person, table)
                self.plan.append((person, table))
                self.go_on(place + 1, cost + change)
                self.plan.pop()
                self.split.back(person, origin)

    def _enough_can_still_leave(self, place: int, origin: int) -> bool:
        after = sum(self.split.at[person] == origin for person in self.who[place + 1 :])
        return self.split.size[origin] - after <= self.ranges[origin][1]

    def _take(self, cost: float) -> None:
        is_even = all(least <= size <= most for size, (least, most) in zip(self.split.size, self.ranges, strict=True))
        if is_even and round(cost, 6) < round(self.cost, 6):
            self.best, self.cost = list(self.plan), cost


def _after(seating: Seating, here: set[str], moves: Sequence[Move], tables: Sequence[Table]) -> Seating:
    """The seating of those who are here after the moves; who moved sits last."""
    staying = here - {move["person"] for move in moves}
    after = {table.id: [person for person in seating.get(table.id, []) if person in staying] for table in tables}
    for move in moves:
        after[move["to"]].append(move["person"])
    return after
