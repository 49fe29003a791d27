"""What was said and what came of it."""

from feedback.models.messages import Message
from feedback.models.notes import Epoch, Note, Op, RatingTally
from feedback.models.summary import Draft, Evidence, Finding, Outcome, Redaction

__all__ = ["Draft", "Epoch", "Evidence", "Finding", "Message", "Note", "Op", "Outcome", "RatingTally", "Redaction"]
