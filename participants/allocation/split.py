"""One split of the people over the tables, and what a swap or a move would change about it."""

from collections import defaultdict
from collections.abc import Sequence

from participants.allocation.penalty import MET, RULE
from participants.allocation.shapes import Person, Rules, Table

STANDING = -1
"""The table number of somebody without a seat."""


class Split:
    """People and tables by number; `at` is each person's table, `size` the number of people at each table.

    The changes it foretells are changes of `penalty`, worked out from what moves and not from everybody.
    """

    def __init__(self, people: Sequence[Person], tables: Sequence[Table], rules: Rules, at: Sequence[int]) -> None:
        self.at = [STANDING] * len(people)
        self.size = [0] * len(tables)
        self._unmet = [[RULE * len(person.needs - table.has) for table in tables] for person in people]
        self._pulls = _pair_weights(people, rules)
        self._values, self._share = _number_values(people)
        self._count = [[0] * len(self._share) for _ in tables]
        self._squares = sum(share**2 for share in self._share)
        self._weighted = [0.0 for _ in tables]  # sum of count times share
        for person, table in enumerate(at):
            if table != STANDING:
                self.move(person, table)

    def move(self, person: int, table: int) -> None:
        """Let somebody go to a table from their own, or take a first seat there."""
        if self.at[person] != STANDING:
            self._tally(person, self.at[person], -1)
        self.at[person] = table
        self._tally(person, table, 1)

    def back(self, person: int, table: int) -> None:
        """Undo a move: to the table they came from, or to where they stood."""
        if table != STANDING:
            self.move(person, table)
            return
        self._tally(person, self.at[person], -1)
        self.at[person] = STANDING

    def swap(self, one: int, other: int) -> None:
        """Let two people change tables."""
        here, there = self.at[one], self.at[other]
        self.move(one, there)
        self.move(other, here)

    def change_of_swap(self, one: int, other: int) -> float:
        """By how much the penalty changes if two people at different tables swap; below zero is better."""
        here, there = self.at[one], self.at[other]
        change = self._unmet[one][there] - self._unmet[one][here]
        change += self._unmet[other][here] - self._unmet[other][there]
        change += self._change_of_company(one, there) + self._change_of_company(other, here)
        change -= 2 * self._pulls[one].get(other, 0.0)
        return change + self._change_of_mix(one, other)

    def change_of_move(self, person: int, table: int) -> float:
        """By how much the penalty changes if one person moves to another table; below zero is better."""
        here = self.at[person]
        change = self._unmet[person][table] + self._change_of_company(person, table)
        change += self._change_of_distance(person, table, 1)
        if here != STANDING:
            change += self._change_of_distance(person, here, -1) - self._unmet[person][here]
        return change

    def _tally(self, person: int, table: int, sign: int) -> None:
        self.size[table] += sign
        for value in self._values[person]:
            if value >= 0:
                self._count[table][value] += sign
                self._weighted[table] += sign * self._share[value]

    def _change_of_company(self, person: int, table: int) -> float:
        here, at = self.at[person], self.at
        change = 0.0
        for other, weight in self._pulls[person].items():
            if at[other] == table:
                change += weight
            elif at[other] == here != STANDING:
                change -= weight
        return change

    def _change_of_mix(self, one: int, other: int) -> float:
        """Change of the sum of squares: one fewer where a value has `d` too many changes it by 1 - 2d."""
        here, there = self.at[one], self.at[other]
        change = 0.0
        for lost, won in zip(self._values[one], self._values[other], strict=True):
            if lost != won:
                for value, sign in ((lost, 1), (won, -1)):
                    if value >= 0:
                        too_many = self._surplus(there, value) - self._surplus(here, value)
                        change += 2 + 2 * sign * too_many
        return change

    def _surplus(self, table: int, value: int) -> float:
        return self._count[table][value] - self.size[table] * self._share[value]

    def _change_of_distance(self, person: int, table: int, sign: int) -> float:
        """Change of a table's sum of squares when one person more (or, with -1, fewer) sits there.

        One person more lowers every surplus by its value's share, and raises that of the person's own values by one.
        """
        change = self._squares - 2 * sign * (self._weighted[table] - self.size[table] * self._squares)
        for value in self._values[person]:
            if value >= 0:
                change += 1 + 2 * sign * (self._surplus(table, value) - sign * self._share[value])
        return change


def _pair_weights(people: Sequence[Person], rules: Rules) -> list[dict[int, float]]:
    """For each person, what it costs (or, below zero, saves) to share a table with another."""
    number = {person.id: place for place, person in enumerate(people)}
    pulls: list[dict[int, float]] = [defaultdict(float) for _ in people]
    weights = [(pair, -RULE) for pair in rules.together] + [(pair, RULE) for pair in rules.apart]
    for (one, other), weight in weights + [(pair, MET * times) for pair, times in rules.met.items()]:
        if one in number and other in number:
            pulls[number[one]][number[other]] += weight
            pulls[number[other]][number[one]] += weight
    return pulls


def _number_values(people: Sequence[Person]) -> tuple[list[tuple[int, ...]], list[float]]:
    """Each person's field values as numbers, -1 for none, and the share of people who have each value."""
    fields = sorted({name for person in people for name in person.fields})
    numbers: dict[tuple[str, str], int] = {}
    values = [
        tuple(
            numbers.setdefault((name, person.fields[name]), len(numbers)) if name in person.fields else -1
            for name in fields
        )
        for person in people
    ]
    share = [0.0] * len(numbers)
    for person_values in values:
        for value in person_values:
            if value >= 0:
                share[value] += 1 / len(people)
    return values, share
