from collections import deque
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from participants.allocation import Person, Rules, Table, balance, broken_rules, penalty, rebalance, suggest
from participants.allocation.split import Split

pytestmark = pytest.mark.one_database
NAMES = ["Olmo", "Tiglio", "Acero", "Gelso"]
FIELDS = {
    "theme": ["mobility", "energy", "food", "community"],
    "age_band": ["18-35", "36-60", "60+"],
    "first_time": ["yes", "no"],
    "area": ["Porta Romana", "Chiaravalle"],
}


def make_people(count, *, seed=1, needs=None):
    chance = Random(seed)
    needs = needs or {}
    return [
        Person(
            f"p{number:03}",
            {name: chance.choice(values) for name, values in FIELDS.items()},
            frozenset(needs.get(f"p{number:03}", ())),
        )
        for number in range(count)
    ]


def make_tables(count=4, *, seats=5, **has):
    names = NAMES if count <= 4 else [f"t{number:02}" for number in range(count)]
    return [Table(name, seats, frozenset(has.get(name, ()))) for name in names[:count]]


def sizes(seating):
    return sorted(len(those) for those in seating.values())


def random_split(people, tables, chance):
    order = chance.sample([person.id for person in people], len(people))
    return {table.id: order[place :: len(tables)] for place, table in enumerate(tables)}


def test_eighteen_people_at_four_tables_sit_four_and_five():
    mix = suggest(make_people(18), make_tables(), Rules(), seed=3)
    assert sizes(mix.seating) == [4, 4, 5, 5]
    assert (mix.unseated, mix.broken, mix.repeats) == ([], [], [])


def test_the_same_seed_gives_the_same_mix_and_another_seed_another():
    people, tables = make_people(18), make_tables()
    first, again, other = (suggest(people, tables, Rules(), seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first.seating != other.seating


def test_a_mix_beats_a_thousand_random_splits():
    people, tables = make_people(30), make_tables(seats=8)
    rules = Rules(together=(("p001", "p002"),), apart=(("p003", "p004"),), met={("p005", "p006"): 2})
    chance = Random(7)
    best = min(penalty(people, tables, rules, random_split(people, tables, chance)) for _ in range(1000))
    assert suggest(people, tables, rules, seed=1).penalty < best


def test_fields_that_can_be_spread_evenly_are():
    people = [Person(f"p{number:02}", {"theme": FIELDS["theme"][number % 4]}) for number in range(16)]
    mix = suggest(people, make_tables(), Rules(), seed=1)
    counts = [row["counts"] for row in balance(people, make_tables(), mix.seating).rows]
    assert counts == [dict.fromkeys(NAMES, 1)] * 4


def test_pairs_sit_together_or_apart_as_asked():
    rules = Rules(together=(("p000", "p001"), ("p001", "p002")), apart=(("p003", "p004"), ("p004", "p005")))
    mix = suggest(make_people(18), make_tables(), rules, seed=5)
    at = {person: table for table, those in mix.seating.items() for person in those}
    assert at["p000"] == at["p001"] == at["p002"]
    assert at["p004"] not in (at["p003"], at["p005"])
    assert mix.broken == []


def test_needs_are_met_where_a_table_can_meet_them():
    people = make_people(18, needs={"p007": ["step-free"], "p011": ["step-free", "hearing loop"]})
    tables = make_tables(Olmo=["step-free", "hearing loop"], Gelso=["step-free"])
    mix = suggest(people, tables, Rules(), seed=2)
    assert "p011" in mix.seating["Olmo"]
    assert "p007" in mix.seating["Olmo"] + mix.seating["Gelso"]
    assert mix.broken == []


def test_every_rule_that_cannot_hold_is_named():
    people = make_people(5, needs={"p000": ["step-free"]})
    tables = [Table("Olmo", 2, fixed=("p001",)), Table("Tiglio", 2, fixed=("p002", "p003"))]
    rules = Rules(together=(("p001", "p002"),), apart=(("p002", "p003"),))
    assert suggest(people, tables, rules, seed=1).broken == [
        {"rule": "together", "people": ["p001", "p002"]},
        {"rule": "apart", "people": ["p002", "p003"]},
        {"rule": "need", "people": ["p000"], "tables": ["Olmo"], "need": "step-free"},
        {"rule": "seats", "people": ["p004"]},
    ]


def test_sizes_that_people_have_fixed_apart_are_named():
    tables = [Table("Olmo", 5, fixed=("p000", "p001", "p002")), Table("Tiglio", 1)]
    mix = suggest(make_people(4), tables, Rules(), seed=1)
    assert mix.broken == [{"rule": "even", "people": [], "tables": ["Olmo", "Tiglio"]}]


def test_people_who_are_fixed_stay_and_people_nobody_knows_are_refused():
    tables = [Table("Olmo", 5, fixed=("p000", "p001")), Table("Tiglio", 5)]
    assert suggest(make_people(9), tables, Rules(), seed=1).seating["Olmo"][:2] == ["p000", "p001"]
    with pytest.raises(ValueError, match="fixed at a table but not among the people: p001"):
        suggest(make_people(1), tables, Rules(), seed=1)
    with pytest.raises(ValueError, match="fixed at two tables: p000"):
        suggest(make_people(9), [*tables, Table("Acero", 5, fixed=("p000",))], Rules(), seed=1)


@pytest.mark.parametrize("seed", [1, 2, 3, 11, 29, 36, 46, 49])  # climbing without annealing fails from 11 on
def test_rules_and_needs_that_can_all_hold_do(seed):
    chance = Random(seed)
    planted = [place % 4 for place in chance.sample(range(16), 16)]  # tables of a seating that keeps every rule
    offers = [frozenset(need for need in ("step-free", "quiet") if chance.random() < 0.5) for _table in NAMES]
    ids = [f"p{number:03}" for number in range(16)]
    people = [
        Person(id, person.fields, frozenset(need for need in offers[place] if chance.random() < 0.5))
        for id, person, place in zip(ids, make_people(16, seed=seed), planted, strict=True)
    ]
    pairs = chance.sample(list(combinations(range(16), 2)), 60)
    rules = Rules(
        together=tuple((ids[one], ids[other]) for one, other in pairs if planted[one] == planted[other])[:6],
        apart=tuple((ids[one], ids[other]) for one, other in pairs if planted[one] != planted[other])[:12],
    )
    tables = [Table(name, 4, has) for name, has in zip(NAMES, offers, strict=True)]
    assert suggest(people, tables, rules, seed=1).broken == []


def test_people_who_have_met_are_parted_where_that_is_possible():
    people = [Person(f"p{number:02}") for number in range(16)]
    earlier = [[f"p{number:02}" for number in range(start, start + 4)] for start in range(0, 16, 4)]
    met = {pair: 1 for table in earlier for pair in combinations(table, 2)}
    assert suggest(people, make_tables(), Rules(met=met), seed=1).repeats == []


def test_five_hundred_people_at_sixty_tables_are_mixed_better_than_by_chance():
    chance = Random(2)
    people, tables = make_people(500), make_tables(60, seats=9)
    ids = [person.id for person in people]
    met = {tuple(sorted(chance.sample(ids, 2))): 1 for _ in range(3000)}
    rules = Rules(together=tuple(zip(ids[:20:2], ids[1:20:2], strict=True)), met=met)
    mix = suggest(people, tables, rules, seed=1)
    assert (set(sizes(mix.seating)), mix.broken) == ({8, 9}, [])
    assert mix.penalty < min(penalty(people, tables, rules, random_split(people, tables, chance)) for _ in range(20))


@given(st.lists(st.integers(0, 3), min_size=12, max_size=12), st.permutations(range(12)), st.integers(0, 3))
def test_the_change_foretold_is_the_change_of_the_penalty(at, order, table):
    people = make_people(12, needs={"p007": ["step-free"]})
    tables = make_tables(seats=12, Olmo=["step-free"])
    rules = Rules(together=(("p000", "p001"),), met={("p002", "p003"): 1, ("p004", "p005"): 2})
    split = Split(people, tables, rules, at)

    def penalty_now():
        seating = {name: [p.id for p, at in zip(people, split.at, strict=True) if NAMES[at] == name] for name in NAMES}
        return penalty(people, tables, rules, seating)

    one, other, before = order[0], order[1], penalty_now()
    foretold = split.change_of_swap(one, other) if at[one] != at[other] else 0.0
    split.swap(one, other)
    swapped = penalty_now()
    assert swapped - before == pytest.approx(foretold, abs=1e-6)
    foretold = split.change_of_move(one, table) if split.at[one] != table else 0.0
    split.move(one, table)
    assert penalty_now() - swapped == pytest.approx(foretold, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 14), st.lists(st.integers(0, 6), min_size=1, max_size=4), st.integers(0, 99))
def test_everybody_has_one_seat_or_is_named_and_sizes_are_as_even_as_seats_allow(count, seats, seed):
    people = make_people(count)
    tables = [Table(name, number) for name, number in zip(NAMES, seats, strict=False)]
    mix = suggest(people, tables, Rules(), seed=seed)
    assert sorted([id for those in mix.seating.values() for id in those] + mix.unseated) == [p.id for p in people]
    most = max(len(those) for those in mix.seating.values())
    for table in tables:
        assert len(mix.seating[table.id]) <= table.seats
        assert len(mix.seating[table.id]) in (most, most - 1, table.seats)


def test_the_card_counts_each_value_at_each_table_and_hints_at_what_is_missing():
    themes = {"p0": "food", "p1": "food", "p2": "energy", "p3": "energy", "p4": "food"}
    people = [Person(id, {"theme": theme}) for id, theme in themes.items()]
    tables = [Table("Olmo", 3), Table("Tiglio", 3, fixed=("p0",))]
    seating = {"Olmo": ["p2", "p3"], "Tiglio": ["p0", "p1", "p4"]}
    card = balance(people, tables, seating)
    assert card.rows == [
        {"field": "theme", "value": "energy", "counts": {"Olmo": 2, "Tiglio": 0}, "total": 2},
        {"field": "theme", "value": "food", "counts": {"Olmo": 0, "Tiglio": 3}, "total": 3},
    ]
    assert card.hints == [
        {"table": "Tiglio", "field": "theme", "value": "energy", "person": "p2", "at": "Olmo"},
        {"table": "Olmo", "field": "theme", "value": "food", "person": "p1", "at": "Tiglio"},
    ]


def test_no_hint_is_given_where_too_few_people_share_a_value():
    people = [Person("p0", {"theme": "food"}), Person("p1"), Person("p2")]
    tables = make_tables(2)
    assert balance(people, tables, {"Olmo": ["p0", "p1"], "Tiglio": ["p2"]}).hints == []


def fewest_moves_by_search(now, seats):
    """The shortest way to sizes within one (or full), by trying all sequences of moves breadth first."""

    def is_even(state):
        pairs = list(zip(state, seats, strict=True))
        return all(low <= room and (max(state) - low < 2 or low == room) for low, room in pairs)

    seen, queue = {tuple(now)}, deque([(tuple(now), 0)])
    while queue:
        state, moves = queue.popleft()
        if is_even(state):
            return moves
        for origin, to in ((a, b) for a in range(len(state)) for b in range(len(state)) if a != b):
            step = list(state)
            step[origin] -= 1
            step[to] += 1
            if step[origin] >= 0 and step[to] <= seats[to] and tuple(step) not in seen:
                seen.add(tuple(step))
                queue.append((tuple(step), moves + 1))
    raise AssertionError("no even state can be reached")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=18, max_size=18), st.permutations([7, 6, 5, 4]))
def test_evening_out_eighteen_people_takes_no_more_moves_than_an_exhaustive_search_finds(choices, seats):
    people = make_people(18)
    seating = {name: [] for name in NAMES}
    for person, choice in zip(people, choices, strict=True):
        seating[NAMES[choice]].append(person.id)
    tables = [Table(name, room) for name, room in zip(NAMES, seats, strict=True)]
    now = [len(seating[name]) for name in NAMES]
    evened = rebalance(people, tables, Rules(), seating)
    assert len(evened.moves) == fewest_moves_by_search(now, seats)
    assert (evened.unseated, evened.broken) == ([], [])


def test_after_no_shows_one_person_moves_and_the_one_who_breaks_no_rule():
    people = [Person(id) for id in ("p0", "p1", "p2", "p4", "p5")]
    tables = [Table("Olmo", 5, fixed=("p0", "gone")), Table("Tiglio", 5), Table("Acero", 5)]
    seating = {"Olmo": ["p0", "p1", "p2"], "Tiglio": ["p4", "p5"], "Acero": ["gone"]}
    evened = rebalance(people, tables, Rules(together=(("p0", "p1"),)), seating)
    assert evened.moves == [{"person": "p2", "origin": "Olmo", "to": "Acero"}]
    assert evened.seating == {"Olmo": ["p0", "p1"], "Tiglio": ["p4", "p5"], "Acero": ["p2"]}


def test_people_who_come_late_are_seated_before_anybody_moves():
    people = [Person(id) for id in ("p0", "p1", "p2", "late")]
    evened = rebalance(people, make_tables(2), Rules(), {"Olmo": ["p0", "p1", "p2"]})
    assert evened.moves == [
        {"person": "late", "origin": None, "to": "Tiglio"},
        {"person": "p0", "origin": "Olmo", "to": "Tiglio"},
    ]


def test_even_tables_need_no_move():
    people = [Person(id) for id in ("p0", "p1", "p2")]
    seating = {"Olmo": ["p0", "p1"], "Tiglio": ["p2"]}
    assert rebalance(people, make_tables(2), Rules(), seating).moves == []
    assert broken_rules(people, make_tables(2), Rules(), seating) == []


def even_plans(people, tables, seating):
    """All plans with the fewest moves to the most even sizes, by trying every way to send people to tables.

    Each is a dict of person to table. Sizes are the more even the smaller the sum of their squares; nobody who is fixed
    moves, no table gets more people than seats.
    """
    at = {person: table for table, those in seating.items() for person in those}
    fixed = {person for table in tables for person in table.fixed}
    standing = [person.id for person in people if person.id not in at]
    free = [person.id for person in people if person.id in at and person.id not in fixed]
    now = {table.id: len(seating[table.id]) for table in tables}

    def unevenness(sizes):
        full = any(sizes[table.id] > table.seats for table in tables)
        return None if full else sum(size**2 for size in sizes.values())

    best, found = None, []
    for moving in range(len(free) + 1):
        for movers in combinations(free, moving):
            for places in product(now, repeat=moving + len(standing)):
                plan = dict(zip([*standing, *movers], places, strict=True))
                if any(at.get(person) == place for person, place in plan.items()):
                    continue
                sizes = dict(now)
                for person, place in plan.items():
                    sizes[place] += 1
                    if person in at:
                        sizes[at[person]] -= 1
                score = unevenness(sizes)
                if score is not None and (best is None or (score, moving) < best):
                    best, found = (score, moving), []
                if score is not None and (score, moving) == best:
                    found.append(plan)
        if best and moving > best[1] + 1:  # one more move would have been enough to do better
            break
    return found


def seating_after(seating, plan):
    after = {table: [person for person in those if person not in plan] for table, those in seating.items()}
    for person, table in plan.items():
        after[table] = [*after[table], person]
    return after


@settings(max_examples=12, deadline=None)
@given(
    st.permutations(range(18)),
    st.integers(2, 4),
    st.integers(1, 2),
    st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=6),
    st.integers(0, 99),
    st.booleans(),
)
def test_for_eighteen_people_with_absent_ones_and_walk_ins_no_plan_of_an_exhaustive_search_is_better(
    order, absent, walk_ins, pairs, seed, is_fixed
):
    everybody = make_people(18 + walk_ins, seed=seed, needs={"p005": ["step-free"], "p018": ["step-free"]})
    seats = {name: [everybody[number].id for number in order[place::4]] for place, name in enumerate(NAMES)}
    people = [person for person in everybody if person.id not in [*seats["Olmo"][:2], *seats["Acero"][:2]][:absent]]
    here = {person.id for person in people}
    seating = {name: [person for person in those if person in here] for name, those in seats.items()}
    stays = tuple(seating["Tiglio"][:1]) if is_fixed else ()
    tables = [
        Table(name, 6, frozenset(["step-free"] if name == "Gelso" else []), stays if name == "Tiglio" else ())
        for name in NAMES
    ]
    named = [(f"p{one:03}", f"p{other:03}") for one, other in pairs if one != other]
    rules = Rules(together=tuple(named[:2]), apart=tuple(named[2:]))
    evened = rebalance(people, tables, rules, seating)
    plans = even_plans(people, tables, seating)
    assert len(evened.moves) == len(plans[0])
    least = min(penalty(people, tables, rules, seating_after(seating, plan)) for plan in plans)
    assert penalty(people, tables, rules, evened.seating) == pytest.approx(least, abs=1e-6)
    assert evened.broken == broken_rules(people, tables, rules, evened.seating)
    assert max(sizes(evened.seating)) - min(sizes(evened.seating)) < 2


def test_two_who_come_late_share_out_the_free_seats_so_that_both_needs_are_met():
    people = [Person(f"p{n}") for n in range(4)]
    people += [Person("first"), Person("second", needs=frozenset(["step-free"]))]
    tables = [Table("Olmo", 3, frozenset(["step-free"])), Table("Tiglio", 3)]
    evened = rebalance(people, tables, Rules(), {"Olmo": ["p0", "p1"], "Tiglio": ["p2", "p3"]})
    assert evened.seating == {"Olmo": ["p0", "p1", "second"], "Tiglio": ["p2", "p3", "first"]}


def test_which_table_gets_one_more_is_chosen_by_the_needs_too():
    people = [Person(f"p{n}") for n in range(6)] + [Person("late", needs=frozenset(["step-free"]))]
    tables = [Table("Olmo", 4), Table("Tiglio", 4), Table("Acero", 4, frozenset(["step-free"]))]
    seating = {"Olmo": ["p0", "p1"], "Tiglio": ["p2", "p3"], "Acero": ["p4", "p5"]}
    evened = rebalance(people, tables, Rules(), seating)
    assert (evened.seating["Acero"], evened.broken) == (["p4", "p5", "late"], [])


def test_eighteen_people_of_whom_three_stay_away_and_one_walks_in_need_two_moves():
    people = make_people(19)
    full = {name: [person.id for person in people[:18][place::4]] for place, name in enumerate(NAMES)}
    gone = set(full["Olmo"][:3])
    here = [person for person in people if person.id not in gone]
    seating = {name: [person for person in those if person not in gone] for name, those in full.items()}
    evened = rebalance(here, make_tables(seats=6), Rules(), seating)
    assert [len(those) for those in seating.values()] == [2, 5, 4, 4]
    assert [(move["origin"], move["to"]) for move in evened.moves] == [(None, "Olmo"), ("Tiglio", "Olmo")]
    assert sizes(evened.seating) == [4, 4, 4, 4]


def test_a_rule_decides_who_moves_and_one_that_no_plan_can_keep_is_named():
    people = [Person(id) for id in ("p0", "p1", "p2", "p3", "p4", "p5")]
    seating = {"Olmo": ["p0", "p1", "p2", "p3"], "Tiglio": ["p4", "p5"]}
    together = Rules(together=(("p0", "p1"), ("p2", "p5")))
    assert rebalance(people, make_tables(2), together, seating).moves == [
        {"person": "p2", "origin": "Olmo", "to": "Tiglio"}
    ]
    apart = Rules(apart=(("p4", "p5"),))
    assert rebalance(people, make_tables(2), apart, seating).broken == [{"rule": "apart", "people": ["p4", "p5"]}]


def test_more_people_than_seats_leave_the_last_ones_standing_and_say_so():
    people = [Person(id) for id in ("p0", "p1", "late", "later")]
    evened = rebalance(people, [Table("Olmo", 2), Table("Tiglio", 1)], Rules(), {"Olmo": ["p0", "p1"]})
    assert evened.moves == [{"person": "late", "origin": None, "to": "Tiglio"}]
    assert (evened.unseated, evened.broken) == (["later"], [{"rule": "seats", "people": ["later"]}])


def test_a_hall_too_large_to_try_everything_is_still_evened_out_with_the_fewest_moves():
    people, tables = make_people(300), make_tables(30, seats=20)
    seating = {table.id: [] for table in tables}
    for number, person in enumerate(people):
        seating[tables[number % 7].id].append(person.id)
    tables = [Table(table.id, 50) for table in tables]
    evened = rebalance(people, tables, Rules(), seating)
    assert set(sizes(evened.seating)) == {10}
    assert len(evened.moves) == sum(max(len(those) - 10, 0) for those in seating.values())


@settings(max_examples=60, deadline=None)
@example([0, 0, 2, 3, 2], [0, 1, 0, 0], 0, 0)
@given(
    st.lists(st.integers(0, 3), min_size=5, max_size=7),
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
    st.integers(0, 2),
    st.integers(0, 3),
)
def test_with_fixed_people_and_people_who_stand_no_fewer_moves_would_do(choices, spare, standing, fixed):
    people = make_people(len(choices) + standing)
    seating = {name: [] for name in NAMES}
    for person, choice in zip(people, choices, strict=False):
        seating[NAMES[choice]].append(person.id)
    tables = [
        Table(name, len(seating[name]) + room, fixed=tuple(seating[name][:fixed]))
        for name, room in zip(NAMES, spare, strict=True)
    ]
    seats_left = sum(spare)
    seated = people[: len(choices) + min(standing, seats_left)]
    evened = rebalance(people, tables, Rules(), seating)
    assert len(evened.moves) == len(even_plans(seated, tables, seating)[0])
    assert evened.unseated == [person.id for person in people[len(seated) :]]
