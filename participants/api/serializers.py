"""The shapes of docs/arrivals.md for machines: the OpenAPI file is made from these."""

from __future__ import annotations

from rest_framework import serializers

from participants.arrivals.shape import LONGEST_NAME, LONGEST_REASON, WAYS_IN
from participants.states import ArrivalDoing, RegistrationState


class ExpectedSerializer(serializers.Serializer):
    """Somebody with a place or a turn on the waiting list."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=RegistrationState.choices)
    table = serializers.UUIDField(allow_null=True)
    seat = serializers.IntegerField(allow_null=True)
    code = serializers.CharField(help_text="What is said at the door and stands in the QR, in large letters, no dash.")
    arrival = serializers.UUIDField(allow_null=True, help_text="Names this coming in; null: not here.")
    since = serializers.DateTimeField(allow_null=True)


class DeskSerializer(serializers.Serializer):
    key = serializers.CharField()
    may_exceed = serializers.BooleanField(help_text="May let people in over the limit, with a reason.")


class DeskAudienceSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class DeskWorkshopSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    zone = serializers.CharField()
    places = serializers.IntegerField()
    audiences = DeskAudienceSerializer(many=True, help_text="Whom places are reserved for.")
    is_over = serializers.BooleanField(help_text="What was sent is to go from the device.")


class DeskTableSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    seats = serializers.IntegerField()


class ElsewhereSerializer(serializers.Serializer):
    starts_at = serializers.DateTimeField()
    codes = serializers.ListField(child=serializers.CharField())


class ArrivalsListSerializer(serializers.Serializer):
    """What a desk keeps. Without `people`, `tables` and `elsewhere`, the version it knows is still the one."""

    epoch = serializers.CharField()
    server_time = serializers.DateTimeField()
    me = DeskSerializer()
    workshop = DeskWorkshopSerializer()
    version = serializers.CharField()
    people = ExpectedSerializer(many=True, required=False)
    tables = DeskTableSerializer(many=True, required=False)
    elsewhere = ElsewhereSerializer(many=True, required=False)


class ArrivalOpSerializer(serializers.Serializer):
    op = serializers.UUIDField()
    do = serializers.ChoiceField(choices=ArrivalDoing.choices)
    registration = serializers.UUIDField(help_text="Of a walk-in: made on the device.")
    at = serializers.DateTimeField(required=False, allow_null=True)
    name = serializers.CharField(required=False, max_length=LONGEST_NAME, help_text="Of a walk-in.")
    audience = serializers.UUIDField(required=False, allow_null=True, help_text="Of a walk-in: what they take part as.")
    place = serializers.ChoiceField(choices=WAYS_IN, required=False, help_text="The answer to a choice.")
    reason = serializers.CharField(required=False, max_length=LONGEST_REASON, help_text="With `over`.")
    of = serializers.UUIDField(required=False, allow_null=True, help_text="Of `not_here`: the arrival taken back.")


class ArrivalOpsSerializer(serializers.Serializer):
    ops = ArrivalOpSerializer(many=True)
    vars()["as"] = serializers.CharField(
        required=False, help_text="`me.key` of the list: whose ops these are. Another one is answered 409."
    )


class ArrivalAckSerializer(serializers.Serializer):
    op = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(choices=["stored", "refused", "choice", "held"])
    code = serializers.CharField(required=False)
    sentence = serializers.CharField(required=False)
    person = ExpectedSerializer(allow_null=True)


class ArrivalAcksSerializer(serializers.Serializer):
    epoch = serializers.CharField()
    acks = ArrivalAckSerializer(many=True)


class DeskRefusalSerializer(serializers.Serializer):
    code = serializers.CharField()
    sentence = serializers.CharField()
