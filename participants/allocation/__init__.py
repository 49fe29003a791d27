"""Who sits at which table: suggest a mix, show how mixed it is, and even it out on the day.

Plain Python with plain values, so that a mix can be tried at a desk; the same seed always gives the same mix.
"""

from participants.allocation.evening import rebalance
from participants.allocation.mixing import suggest
from participants.allocation.penalty import broken_rules, penalty
from participants.allocation.shapes import (
    Allocation,
    Balance,
    Broken,
    Hint,
    Move,
    Person,
    Rebalance,
    Row,
    Rules,
    Seating,
    Table,
)
from participants.allocation.view import balance

__all__ = [
    "Allocation",
    "Balance",
    "Broken",
    "Hint",
    "Move",
    "Person",
    "Rebalance",
    "Row",
    "Rules",
    "Seating",
    "Table",
    "balance",
    "broken_rules",
    "penalty",
    "rebalance",
    "suggest",
]
