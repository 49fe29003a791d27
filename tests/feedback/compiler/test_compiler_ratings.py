import pytest

from feedback.compiler.ratings import add_up, is_split, mean_of


def test_ratings_are_added_up_by_initiative_and_group():
    ratings = [
        {"initiative": "i2", "group": "olmo", "counts": [0, 0, 1, 2, 1]},
        {"initiative": "i1", "group": "olmo", "counts": [0, 1, 0, 0, 0]},
        {"initiative": "i2", "group": "acero", "counts": [0, 0, 0, 1, 1]},
        {"initiative": "i2", "group": "olmo", "counts": [0, 0, 0, 0, 1]},
    ]
    assert add_up(ratings) == (
        [
            {
                "initiative": "i1",
                "counts": [0, 1, 0, 0, 0],
                "n": 1,
                "mean": None,
                "per_group": {"olmo": [0, 1, 0, 0, 0]},
                "split": False,
            },
            {
                "initiative": "i2",
                "counts": [0, 0, 1, 3, 3],
                "n": 7,
                "mean": None,
                "per_group": {"acero": [0, 0, 0, 1, 1], "olmo": [0, 0, 1, 2, 2]},
                "split": False,
            },
        ],
        [],
    )


@pytest.mark.parametrize(
    ("counts", "per_group", "split"),
    [
        ([3, 1, 0, 1, 3], {}, True),
        ([1, 0, 6, 0, 1], {}, False),
        ([1, 0, 0, 0, 1], {}, False),
        ([0, 4, 0, 4, 1], {"olmo": [0, 4, 0, 0, 0], "acero": [0, 0, 0, 4, 1]}, True),
        ([0, 0, 4, 4, 9], {"olmo": [0, 0, 4, 0, 0], "acero": [0, 0, 0, 4, 9]}, True),
        ([0, 0, 1, 4, 9], {"olmo": [0, 0, 1, 0, 0], "acero": [0, 0, 0, 4, 9]}, False),
        ([0, 0, 0, 0, 0], {}, False),
    ],
)
def test_ratings_are_split_when_both_ends_are_held_or_two_tables_lie_apart(counts, per_group, split):
    assert is_split(counts, per_group) is split


@pytest.mark.parametrize("counts", [None, [1, 2], [1, 2, 3, 4, "5"], [1, 2, 3, 4, -5]])
def test_a_tally_that_is_not_five_counts_is_named(counts):
    reason = "ratings of i1 by olmo are not 5 counts"
    assert add_up([{"initiative": "i1", "group": "olmo", "counts": counts}]) == (
        [],
        [{"section": None, "note": None, "reason": reason}],
    )


@pytest.mark.parametrize(("counts", "mean"), [([0, 0, 0, 29, 0], None), ([10, 0, 0, 0, 20], 3.67), ([0] * 5, None)])
def test_a_mean_is_told_of_thirty_answers_and_never_of_fewer(counts, mean):
    assert mean_of(counts) == mean
