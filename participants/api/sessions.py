"""A workshop's agenda with people, by REST, for its organisers."""

from __future__ import annotations

import uuid

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from participants.sessions import sessions_with_people
from workshops.api import SignedIn
from workshops.models import Workshop
from workshops.states import ModeratorRole, SessionKind, SessionState


class ModeratorSerializer(serializers.Serializer):
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=ModeratorRole.choices)


class TableThenSerializer(serializers.Serializer):
    """A table in one session."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    moderators = ModeratorSerializer(many=True)
    people = serializers.ListField(child=serializers.CharField(), help_text="Names of those who sit there then.")


class QuestionThenSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    text = serializers.DictField(child=serializers.CharField(), help_text="By language.")


class SessionSerializer(serializers.Serializer):
    """A block of the agenda; `tables` is empty where people are not at the tables."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=SessionKind.choices)
    title = serializers.DictField(child=serializers.CharField(), help_text="By language.")
    minutes = serializers.IntegerField()
    state = serializers.ChoiceField(choices=SessionState.choices)
    starts_at = serializers.DateTimeField(help_text="As planned.")
    ends_at = serializers.DateTimeField(help_text="As planned.")
    prompts = QuestionThenSerializer(many=True)
    tables = TableThenSerializer(many=True)


class SessionsSerializer(serializers.Serializer):
    results = SessionSerializer(many=True)


class SessionsView(APIView):
    """The sessions of a workshop of one's own in order, with questions, tables, moderators and who sits where."""

    permission_classes = [SignedIn]

    @extend_schema(operation_id="sessions", responses={200: SessionsSerializer})
    def get(self, request: Request, workshop_id: uuid.UUID) -> Response:
        workshop = Workshop.objects.organised_by(request.user).only("starts_at").filter(pk=workshop_id).first()
        if workshop is None:
            raise Http404
        return Response({"results": sessions_with_people(workshop)})
