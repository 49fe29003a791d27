"""Notes and the ops that made them."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from feedback.states import MOST_PEOPLE, Answer, NoteKind, OpState
from workshops.models import Group, Initiative, Prompt, Session, Theme, Workshop


class NoteQuerySet(models.QuerySet):
    def standing(self) -> NoteQuerySet:
        return self.filter(deleted=False)

    def of_workshop(self, workshop: Workshop) -> NoteQuerySet:
        return self.filter(group__workshop=workshop)

    def at_the_table(self, group: Group, session_id: uuid.UUID) -> NoteQuerySet:
        return self.filter(group=group, session=session_id)

    def after(self, seq: int) -> NoteQuerySet:
        """What a reader who has seen up to `seq` has not seen, in the order it was stored."""
        return self.filter(seq__gt=seq).order_by("seq")

    def in_reading_order(self) -> NoteQuerySet:
        return self.order_by("session__order", "prompt__order", "group__order", "created_at", "pk")

    def with_places(self) -> NoteQuerySet:
        """With table, theme and initiative for display."""
        return self.select_related("group", "theme", "initiative", "session")

    def newest_first(self) -> NoteQuerySet:
        return self.order_by("-created_at", "-seq")


class Note(models.Model):
    """One thing said, in the group's words. It carries no link to the person who said it.

    `seq` is the group's counter at the last stored op; `revision` counts changes of this note. `variants` are texts
    that clashed and wait for a person's decision: `[{"op", "text", "by", "at"}]`. `backers` and `disagreed` count
    people of the table and name nobody; `same_as` is an earlier note that says the same. `words_revision` is the
    revision in which its kind or text last changed, or in which it was deleted or brought back. `corrections` are those
    made before the whole room, the first one first: `[{"op", "from", "to", "by", "at"}]`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    group = models.ForeignKey(Group, models.CASCADE, related_name="notes")
    session = models.ForeignKey(Session, models.PROTECT, related_name="notes")
    prompt = models.ForeignKey(Prompt, models.SET_NULL, null=True, blank=True, related_name="notes")
    theme = models.ForeignKey(Theme, models.SET_NULL, null=True, blank=True, related_name="notes")
    kind = models.CharField(max_length=12, choices=NoteKind)
    lang = models.CharField(max_length=8, default="it")
    text = models.TextField(max_length=2000, blank=True)
    initiative = models.ForeignKey(Initiative, models.SET_NULL, null=True, blank=True, related_name="notes")
    rating = models.PositiveSmallIntegerField(null=True, blank=True, choices=Answer)
    dots = models.PositiveIntegerField(default=0)
    backers = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MOST_PEOPLE)])
    disagreed = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MOST_PEOPLE)])
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="said_again")
    variants = models.JSONField(default=list, blank=True)
    corrections = models.JSONField(default=list, blank=True)
    deleted = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    base = models.PositiveIntegerField(
        default=0, help_text="Up to which revision it holds the history before the last restore."
    )
    words_revision = models.PositiveIntegerField(default=1)
    seq = models.PositiveBigIntegerField()
    by = models.CharField(max_length=80, blank=True, help_text="First name of the moderator who wrote it first.")
    author_key = models.CharField(max_length=48, blank=True)
    text_by = models.CharField(max_length=80, blank=True, help_text="First name of whoever wrote the text as it is.")
    text_at = models.DateTimeField(null=True, help_text="When the text became what it is.")
    written_at = models.DateTimeField(null=True, help_text="The device's clock: a label, never an order.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "seq"], name="a_seq_of_a_group_belongs_to_one_note"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5), name="rating_is_one_of_five_answers"
            ),
            models.CheckConstraint(
                condition=Q(same_as=None) | ~Q(same_as=F("id")), name="note_is_not_the_same_as_itself"
            ),
        ]
        indexes = [models.Index(fields=["group", "created_at"], name="notes_of_group")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class OpQuerySet(models.QuerySet):
    def held(self) -> OpQuerySet:
        return self.filter(state=OpState.HELD)

    def left_out(self) -> OpQuerySet:
        """Refused by an organiser, with what it said still at hand."""
        return self.filter(state=OpState.REFUSED).exclude(body={})

    def of_organiser(self) -> OpQuerySet:
        """Those an organiser can still decide about: the ones that wait and the ones left out for now."""
        return self.held() | self.left_out()


class Op(models.Model):
    """One change to a note, under the id its device gave it. The primary key makes a second sending harmless.

    `after` is the note's row as it was stored, so that any revision can be shown again.
    """

    id = models.UUIDField(primary_key=True)
    group = models.ForeignKey(Group, models.CASCADE, related_name="ops")
    note = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=OpState)
    code = models.CharField(max_length=40, blank=True)
    body = models.JSONField(help_text="What the device sent.")
    after = models.JSONField(null=True)
    revision = models.PositiveIntegerField(null=True)
    seq = models.PositiveBigIntegerField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=36, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = OpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "seq"], condition=Q(seq__isnull=False), name="each_stored_op_has_its_own_seq"
            ),
            models.UniqueConstraint(
                fields=["note", "revision"], condition=Q(revision__isnull=False), name="a_revision_is_made_by_one_op"
            ),
            models.CheckConstraint(
                condition=~Q(state=OpState.STORED) | Q(seq__isnull=False, after__isnull=False),
                name="stored_op_has_a_seq_and_a_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class RatingTallyQuerySet(models.QuerySet):
    def of_question(self, group: Group, session_id: uuid.UUID, initiative_id: uuid.UUID) -> RatingTallyQuerySet:
        """The up to five counts of one table about one initiative."""
        return self.filter(group=group, session=session_id, initiative=initiative_id)

    def after(self, seq: int) -> RatingTallyQuerySet:
        return self.filter(seq__gt=seq)


class RatingTally(models.Model):
    """How many people of a table gave an answer about an initiative.

    `seq` is the group's counter at the last op that changed it, as with notes.
    """

    group = models.ForeignKey(Group, models.CASCADE, related_name="tallies")
    session = models.ForeignKey(Session, models.CASCADE, related_name="tallies")
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="tallies")
    answer = models.PositiveSmallIntegerField(choices=Answer, validators=[MinValueValidator(1), MaxValueValidator(5)])
    people = models.PositiveSmallIntegerField(default=0)
    seq = models.PositiveBigIntegerField(default=0)

    objects = RatingTallyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "session", "initiative", "answer"], name="one_tally_for_each_table_and_answer"
            ),
            models.CheckConstraint(condition=Q(answer__gte=1, answer__lte=5), name="tally_is_of_one_of_five_answers"),
        ]
        indexes = [models.Index(fields=["group", "seq"], name="tallies_of_group")]

    def __str__(self) -> str:
        return f"{self.people} × {self.answer}"
