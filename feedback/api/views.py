"""Groups and notes by REST: thin, and the same for tablets and for anybody else's client."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, status
from rest_framework.generics import ListAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from feedback.api import serializers as shapes
from feedback.api.authentication import FormerDevice, FormerDeviceAuthentication
from feedback.models import Note
from feedback.notes import kit as kits
from feedback.notes.actions import apply_ops, hold_ops
from feedback.notes.rows import changes
from feedback.permissions import can_write_late, can_write_notes, find_group, groups_for, left_group
from feedback.states import NoteKind
from feedback.summary.quotes import held_back
from ledger import push
from ledger.epochs import epoch
from ledger.history import Actor
from ledger.models import ActorKind
from ledger.shapes import MOST_OPS
from participants.actions.tablets import seen, tell_status
from participants.models import Device
from workshops.models import Group, Workshop

MOST_ROWS = 500
REFUSALS = dict.fromkeys((400, 401, 403, 404, 413, 429, 503), shapes.RefusalSerializer)


class KnownSomehow(BasePermission):
    """A signed-in user or a tablet; which groups they see is said by `groups_for`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated)


def device_of(request: Request) -> Device | None:
    """The tablet that asks, or None for a user."""
    return request.auth if isinstance(request.auth, Device) else None


def former_device_of(request: Request) -> Device | None:
    """The tablet that asks although it is no longer at its table."""
    return request.auth.device if isinstance(request.auth, FormerDevice) else None


def me(request: Request) -> tuple[Actor, str]:
    """Who asks, for the history, and the first name shown beside notes."""
    device = device_of(request) or former_device_of(request)
    if device is not None:
        return Actor(ActorKind.DEVICE, str(device.pk)), device.first_name
    return Actor(ActorKind.USER, str(request.user.pk)), request.user.first_name


class AuthorThrottle(ScopedRateThrottle):
    """Counts for each author, so that a hall behind one address is not one client."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": me(request)[0].key}


class GroupView(APIView):
    """What all endpoints of one group share: the door to its row."""

    permission_classes = [KnownSomehow]
    throttle_classes = [AuthorThrottle]
    throttle_scope = "reads"

    def get_group(self, request: Request, group_id: uuid.UUID) -> Group:
        device = device_of(request)
        if device is not None:
            seen(device)
        group = find_group(request.user, device, group_id)
        if group is None:
            raise Http404
        return group

    def get_writable(self, request: Request, group_id: uuid.UUID) -> Group:
        """The group, for those who write there. Others who may open it are refused."""
        group = self.get_group(request, group_id)
        if not can_write_notes(request.user, device_of(request), group):
            raise exceptions.PermissionDenied
        return group


class KitView(GroupView):
    @extend_schema(operation_id="group_kit", responses={200: shapes.KitSerializer, **REFUSALS})
    def get(self, request: Request, group_id: uuid.UUID) -> Response:
        """Everything a tablet needs to write at this table without a connection."""
        group = self.get_group(request, group_id)
        actor, name = me(request)
        return Response(kits.kit(group, me={"name": name, "key": actor.key}))


class OpsThrottle(AuthorThrottle):
    """Slower for a tablet no longer at its table: nobody waits for what it hands over, and its cookie may be stolen."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if former_device_of(request) is None:
            return super().allow_request(request, view)
        self.scope, self.rate = "late_ops", self.THROTTLE_RATES["late_ops"]
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super(ScopedRateThrottle, self).allow_request(request, view)


class OpsView(GroupView):
    authentication_classes = [*api_settings.DEFAULT_AUTHENTICATION_CLASSES, FormerDeviceAuthentication]
    throttle_classes = [OpsThrottle]
    throttle_scope = "ops"
    judged_one_by_one = "ops"

    @extend_schema(
        operation_id="send_ops",
        request=shapes.OpsSerializer,
        responses={200: shapes.AcksSerializer, 409: shapes.RefusalSerializer, **REFUSALS},
    )
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Take changes to notes; each op is answered by its id, and sending it again changes nothing."""
        if (former := former_device_of(request)) is not None:
            return self._hold(request, get_object_or_404(groups_for(request.user, former), pk=group_id))
        device = device_of(request)
        try:
            group = self.get_writable(request, group_id)
        except (Http404, exceptions.PermissionDenied):
            left = left_group(request.user, group_id) if device is None else None
            if left is None:
                raise
            return self._hold(request, left)
        if refusal := self._refusal(request):
            return refusal
        actor, name = me(request)
        late = can_write_late(request.user, device, group)
        acks = apply_ops(group, request.data["ops"], by=actor, name=name, late=late)
        return Response({"epoch": epoch(), "seq": group.seq, "acks": acks})

    def _hold(self, request: Request, group: Group) -> Response:
        """Whoever does not write at this table any more hands over what is left; the organiser decides about it."""
        if refusal := self._refusal(request):
            return refusal
        actor, name = me(request)
        acks = hold_ops(group, request.data["ops"], by=actor, name=name)
        return Response({"epoch": epoch(), "seq": 0, "acks": acks})

    def _refusal(self, request: Request) -> Response | None:
        """What is wrong with the body as a whole."""
        ops = request.data.get("ops") if isinstance(request.data, dict) else None
        if not isinstance(ops, list):
            raise exceptions.ParseError(_("The body needs a list “ops”."))
        if len(ops) > MOST_OPS:
            return Response(
                {"code": "too_many_ops", "sentence": _("At most %d ops in one request.") % MOST_OPS},
                status=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
            )
        if request.data.get("as", me(request)[0].key) != me(request)[0].key:
            return Response(
                {"code": "other_author", "sentence": _("Somebody else is signed in on this tablet now.")},
                status=status.HTTP_409_CONFLICT,
            )
        return None


class ChangesView(GroupView):
    @extend_schema(
        operation_id="group_changes",
        parameters=[OpenApiParameter("since", int, description="The seq read up to; 0 for everything.")],
        responses={200: shapes.ChangesSerializer, **REFUSALS},
    )
    def get(self, request: Request, group_id: uuid.UUID) -> Response:
        """The rows that changed since a seq."""
        group = self.get_group(request, group_id)
        since = _whole_number(request.query_params.get("since", "0"))
        return Response(changes(group.pk, since, MOST_ROWS))


class PresenceView(GroupView):
    @extend_schema(operation_id="tell_presence", request=shapes.PresenceSerializer, responses={204: None, **REFUSALS})
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """Tell the others which note is being written; never stored."""
        group = self.get_writable(request, group_id)
        said = shapes.PresenceSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        actor, name = me(request)
        note = said.validated_data["note"]
        signal = {"event": "presence", "name": name, "key": actor.key, "note": str(note) if note else None}
        try:
            push.channel().publish(group.topic, signal)
        except Exception:  # presence is a courtesy: a push channel that is away costs nothing else
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StatusView(GroupView):
    @extend_schema(operation_id="tell_status", request=shapes.TabletStatusSerializer, responses={204: None, **REFUSALS})
    def post(self, request: Request, group_id: uuid.UUID) -> Response:
        """How the tablet is: the last answer is kept, shown to the organiser, and nothing of a person's own browser."""
        self.get_writable(request, group_id)
        device = device_of(request)
        said = shapes.TabletStatusSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        if device is not None:
            tell_status(device, **said.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WorkshopNotesView(ListAPIView):
    """A workshop's notes, for its organisers; filter by `group`, `theme`, `kind`; order by `created_at` or `dots`."""

    permission_classes = [KnownSomehow]
    throttle_classes = [AuthorThrottle]
    throttle_scope = "reads"
    serializer_class = shapes.NoteSerializer
    queryset = Note.objects.none()

    ORDERS = {"created_at": ("created_at", "pk"), "-created_at": ("-created_at", "pk"), "-dots": ("-dots", "pk")}

    @extend_schema(
        operation_id="workshop_notes",
        parameters=[
            OpenApiParameter("group", uuid.UUID),
            OpenApiParameter("theme", uuid.UUID),
            OpenApiParameter("kind", str, enum=NoteKind.values),
            OpenApiParameter("order", str, enum=list(ORDERS)),
        ],
        responses={200: shapes.NoteSerializer(many=True), **REFUSALS},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        if device_of(self.request) is not None:
            raise exceptions.NotFound
        workshop = get_object_or_404(Workshop.objects.organised_by(self.request.user), pk=self.kwargs["workshop_id"])
        notes = Note.objects.of_workshop(workshop).standing().exclude(pk__in=held_back(workshop.pk))
        notes = notes.select_related("group")
        for name in ("group", "theme"):
            if wanted := self.request.query_params.get(name):
                notes = notes.filter(**{name: _uuid(wanted)})
        if kind := self.request.query_params.get("kind"):
            if kind not in NoteKind.values:
                raise exceptions.ValidationError({"kind": [_("This kind of note is not known here.")]})
            notes = notes.filter(kind=kind)
        return notes

    def filter_queryset(self, queryset: Any) -> Any:
        order = self.request.query_params.get("order", "created_at")
        if order not in self.ORDERS:
            raise exceptions.ValidationError({"order": [_("Notes cannot be ordered by this.")]})
        self.paginator.ordering = self.ORDERS[order]
        return queryset


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise exceptions.ValidationError({"id": [_("This is not an id.")]}) from None


def _whole_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise exceptions.ParseError(_("“since” is a whole number."))
    return int(text)
