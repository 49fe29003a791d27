"""Who has come, by REST: thin, and the same for our own desk page and for anybody else's client."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from ledger.epochs import epoch
from ledger.history import Actor
from ledger.models import ActorKind
from ledger.shapes import MOST_OPS
from participants.actions.arrivals import hold_arrivals, take_arrivals
from participants.api import serializers as shapes
from participants.arrivals.rows import kept_list
from participants.permissions import left_door
from workshops.api import SignedIn
from workshops.models import Workshop
from workshops.permissions import can_organise

REFUSALS = dict.fromkeys((400, 401, 403, 404, 413, 429, 503), shapes.DeskRefusalSerializer)


class DeskThrottle(ScopedRateThrottle):
    """One rate for reading and one for sending."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        view.throttle_scope = "reads" if request.method == "GET" else "ops"  # type: ignore[attr-defined]
        return super().allow_request(request, view)


class ArrivalsView(APIView):
    permission_classes = [SignedIn]
    throttle_classes = [DeskThrottle]
    judged_one_by_one = "ops"

    @extend_schema(
        operation_id="arrivals",
        parameters=[OpenApiParameter("known", str, description="The version the device has; empty for everything.")],
        responses={200: shapes.ArrivalsListSerializer, **REFUSALS},
    )
    def get(self, request: Request, workshop_id: uuid.UUID) -> Response:
        """Everybody expected, for a desk that has to work without a connection."""
        workshop = self._workshop(request, workshop_id)
        if workshop is None:
            raise Http404
        me = {"key": _actor(request).key, "may_exceed": can_organise(request.user, workshop)}
        return Response(kept_list(workshop, me=me, known=request.query_params.get("known", "")))

    @extend_schema(
        operation_id="send_arrivals",
        request=shapes.ArrivalOpsSerializer,
        responses={200: shapes.ArrivalAcksSerializer, 409: shapes.DeskRefusalSerializer, **REFUSALS},
    )
    def post(self, request: Request, workshop_id: uuid.UUID) -> Response:
        """Take who is here; each op is answered by its id, and sending it again changes nothing."""
        own = self._workshop(request, workshop_id)
        workshop = own or left_door(request.user, workshop_id)
        if workshop is None:
            raise Http404
        if refusal := _refusal(request):
            return refusal
        by, ops = _actor(request), request.data["ops"]
        if own:
            acks = take_arrivals(own, ops, by=by, may_exceed=can_organise(request.user, own))
        else:
            acks = hold_arrivals(workshop, ops, by=by)
        return Response({"epoch": epoch(), "acks": acks})

    def _workshop(self, request: Request, workshop_id: uuid.UUID) -> Workshop | None:
        return Workshop.objects.with_desk_of(request.user).with_programme().filter(pk=workshop_id).first()


def _actor(request: Request) -> Actor:
    return Actor(ActorKind.USER, str(request.user.pk))


def _refusal(request: Request) -> Response | None:
    """What is wrong with the body as a whole."""
    data: Any = request.data
    if not isinstance(data, dict) or not isinstance(data.get("ops"), list):
        raise exceptions.ParseError(_("The body needs a list “ops”."))
    if len(data["ops"]) > MOST_OPS:
        sentence = _("At most %d ops in one request.") % MOST_OPS
        return Response({"code": "too_many_ops", "sentence": sentence}, status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
    if data.get("as", _actor(request).key) != _actor(request).key:
        sentence = _("Somebody else is signed in on this phone now.")
        return Response({"code": "other_author", "sentence": sentence}, status.HTTP_409_CONFLICT)
    return None
