"""What was said and what came of it."""

from feedback.models.acts import Act
from feedback.models.carried import Carried
from feedback.models.confirmations import Confirmation
from feedback.models.messages import Message
from feedback.models.notes import Note, Op, RatingTally
from feedback.models.parts import Part
from feedback.models.quotes import SaidBy
from feedback.models.reviews import Feedback, Reply, Review
from feedback.models.summary import Draft, Evidence, Finding, Outcome, Redaction

__all__ = [
    "Act",
    "Carried",
    "Confirmation",
    "Draft",
    "Evidence",
    "Feedback",
    "Finding",
    "Message",
    "Note",
    "Op",
    "Outcome",
    "Part",
    "RatingTally",
    "Redaction",
    "Reply",
    "Review",
    "SaidBy",
]
