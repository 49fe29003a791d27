"""The shapes of docs/sync.md for machines: the OpenAPI file is made from these."""

from __future__ import annotations

from rest_framework import serializers

from feedback.notes.shape import DOINGS
from feedback.states import Answer, NoteKind, OpState
from workshops.states import Scale


class VariantSerializer(serializers.Serializer):
    op = serializers.UUIDField()
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class CorrectionSerializer(serializers.Serializer):
    """What a note said before the room put it right, and since."""

    op = serializers.UUIDField()
    to = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    vars()["from"] = serializers.CharField()


class RowSerializer(serializers.Serializer):
    """A note on the wire."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    revision = serializers.IntegerField()
    base = serializers.IntegerField(help_text="Up to which revision it holds the history before the last restore.")
    words_revision = serializers.IntegerField(help_text="When kind, text or deletion last changed.")
    deleted = serializers.BooleanField()
    session = serializers.UUIDField()
    prompt = serializers.UUIDField(allow_null=True)
    kind = serializers.ChoiceField(choices=NoteKind.choices)
    theme = serializers.UUIDField(allow_null=True)
    lang = serializers.CharField()
    text = serializers.CharField()
    initiative = serializers.UUIDField(allow_null=True)
    rating = serializers.ChoiceField(choices=Answer.choices, allow_null=True)
    dots = serializers.IntegerField()
    backers = serializers.IntegerField(allow_null=True)
    disagreed = serializers.IntegerField(allow_null=True)
    same_as = serializers.UUIDField(allow_null=True)
    by = serializers.CharField()
    text_by = serializers.CharField()
    text_at = serializers.DateTimeField()
    written_at = serializers.DateTimeField(allow_null=True)
    variants = VariantSerializer(many=True)
    corrections = CorrectionSerializer(many=True)


class TallySerializer(serializers.Serializer):
    """How the people of a table answered about an initiative: five counts, from the lowest step of the scale."""

    session = serializers.UUIDField()
    initiative = serializers.UUIDField()
    seq = serializers.IntegerField()
    counts = serializers.ListField(child=serializers.IntegerField(), min_length=5, max_length=5)


class ConfirmationSerializer(serializers.Serializer):
    """A table heard its notes of a session and confirmed them."""

    id = serializers.UUIDField(help_text="The id of its op.")
    session = serializers.UUIDField()
    seq = serializers.IntegerField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    people = serializers.IntegerField(allow_null=True)
    notes = serializers.DictField(
        child=serializers.IntegerField(), help_text="The revision of each note read; 0: the server has other words."
    )


class OpSerializer(serializers.Serializer):
    op = serializers.UUIDField()
    note = serializers.UUIDField(required=False, help_text="Of every op about one note.")
    do = serializers.ChoiceField(choices=DOINGS)
    set = serializers.DictField(required=False, help_text='{"text": {"from": "…", "to": "…"}, …}')
    add = serializers.ChoiceField(choices=[1, -1], required=False)
    session = serializers.UUIDField(required=False, help_text="Of a tally and of a confirmation.")
    initiative = serializers.UUIDField(required=False, help_text="Of a tally.")
    answer = serializers.IntegerField(min_value=1, max_value=5, required=False, help_text="Of a tally.")
    variants = serializers.ListField(child=serializers.UUIDField(), required=False)
    knew = serializers.IntegerField(min_value=0, required=False, help_text="Of an offer after a restore: its revision.")
    notes = serializers.DictField(
        child=serializers.CharField(), required=False, help_text="Of a confirmation: the fingerprint of each note read."
    )
    people = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text="Of a confirmation: how many were there."
    )
    written_at = serializers.DateTimeField(required=False, allow_null=True)


class OpsSerializer(serializers.Serializer):
    ops = OpSerializer(many=True)
    vars()["as"] = serializers.CharField(
        required=False, help_text="`me.key` of the kit: whose ops these are. Another author is answered 409."
    )


class AckSerializer(serializers.Serializer):
    op = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(choices=OpState.choices)
    code = serializers.CharField(required=False)
    sentence = serializers.CharField(required=False)
    note = RowSerializer(allow_null=True)
    tally = TallySerializer(required=False)
    confirmation = ConfirmationSerializer(required=False)


class AcksSerializer(serializers.Serializer):
    epoch = serializers.CharField()
    seq = serializers.IntegerField()
    acks = AckSerializer(many=True)


class ChangesSerializer(serializers.Serializer):
    epoch = serializers.CharField()
    seq = serializers.IntegerField()
    notes = RowSerializer(many=True)
    tallies = TallySerializer(many=True)
    confirmations = ConfirmationSerializer(many=True)
    more = serializers.BooleanField()


class PresenceSerializer(serializers.Serializer):
    note = serializers.UUIDField(allow_null=True)


class TabletStatusSerializer(serializers.Serializer):
    """All that a tablet tells about itself; what its browser does not tell is null."""

    unsent = serializers.IntegerField(min_value=0, max_value=9999)
    battery = serializers.IntegerField(min_value=0, max_value=100, allow_null=True, help_text="Percent.")
    charging = serializers.BooleanField(allow_null=True)
    ready = serializers.BooleanField(
        allow_null=True,
        required=False,
        help_text="Whether it would work without a connection; null: not known yet.",
    )


class PersonBesideSerializer(serializers.Serializer):
    name = serializers.CharField()
    role = serializers.CharField()


class KitGroupSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    seats = serializers.IntegerField()
    people = serializers.IntegerField()
    seq = serializers.IntegerField()
    moderators = PersonBesideSerializer(many=True)


class KitPromptSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    text = serializers.CharField()
    initiative = serializers.UUIDField(allow_null=True)


class KitSessionSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    minutes = serializers.IntegerField()
    dots_per_person = serializers.IntegerField()
    rates = serializers.BooleanField()
    scale = serializers.ChoiceField(choices=Scale.choices, help_text="What its five answers mean.")
    asked = serializers.UUIDField(allow_null=True, help_text="The prompt the organiser put on wall and tablets.")
    people = serializers.IntegerField(
        allow_null=True, help_text="Who sits here in this session; null: the group's people."
    )
    kinds = serializers.ListField(child=serializers.CharField(), help_text="Those offered in this session.")
    themes = serializers.ListField(child=serializers.UUIDField(), help_text="Those offered in this session.")
    prompts = KitPromptSerializer(many=True)


class KitThemeSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    short = serializers.CharField()
    slot = serializers.IntegerField()
    icon = serializers.CharField()


class KitInitiativeSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    short = serializers.CharField()
    question = serializers.CharField()


class MeSerializer(serializers.Serializer):
    name = serializers.CharField()
    key = serializers.CharField()


class KitWorkshopSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    state = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    zone = serializers.CharField()
    report_back = serializers.BooleanField(help_text="The room hears the tables now: corrections are taken.")


class KitMessageSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    all = serializers.BooleanField(help_text="Told to all tables.")


class KitSerializer(serializers.Serializer):
    """Everything needed to write without a connection."""

    epoch = serializers.CharField()
    server_time = serializers.DateTimeField()
    me = MeSerializer()
    workshop = KitWorkshopSerializer()
    group = KitGroupSerializer()
    kinds = serializers.ListField(child=serializers.CharField())
    themes = KitThemeSerializer(many=True)
    initiatives = KitInitiativeSerializer(many=True)
    sessions = KitSessionSerializer(many=True)
    tallies = TallySerializer(many=True)
    confirmations = ConfirmationSerializer(many=True)
    messages = KitMessageSerializer(many=True)


class NoteSerializer(serializers.Serializer):
    """A note as organisers read it."""

    id = serializers.UUIDField()
    group = serializers.UUIDField(source="group_id")
    table = serializers.CharField(source="group.name")
    session = serializers.UUIDField(source="session_id")
    prompt = serializers.UUIDField(source="prompt_id", allow_null=True)
    theme = serializers.UUIDField(source="theme_id", allow_null=True)
    kind = serializers.ChoiceField(choices=NoteKind.choices)
    lang = serializers.CharField()
    text = serializers.CharField()
    initiative = serializers.UUIDField(source="initiative_id", allow_null=True)
    rating = serializers.IntegerField(allow_null=True)
    dots = serializers.IntegerField()
    backers = serializers.IntegerField(allow_null=True)
    disagreed = serializers.IntegerField(allow_null=True)
    same_as = serializers.UUIDField(source="same_as_id", allow_null=True)
    by = serializers.CharField()
    created_at = serializers.DateTimeField()
    revision = serializers.IntegerField()
    corrections = CorrectionSerializer(many=True)


class RefusalSerializer(serializers.Serializer):
    code = serializers.CharField()
    sentence = serializers.CharField()
