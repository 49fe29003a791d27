"""Workshops by REST, for the organisers of their programmes."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workshops.models import Workshop
from workshops.states import WorkshopState


class SignedIn(BasePermission):
    """A user with an account; which workshops they see is said by `visible_to`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated and request.user.pk)


class WorkshopSerializer(serializers.ModelSerializer):
    """A workshop with how many places are taken; a place on offer is."""

    title = serializers.DictField(child=serializers.CharField(), help_text="By language.")
    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    taken = serializers.IntegerField()

    class Meta:
        model = Workshop
        fields = [
            "id",
            "programme",
            "number",
            "slug",
            "title",
            "state",
            "starts_at",
            "minutes",
            "venue",
            "places",
            "taken",
        ]
        read_only_fields = fields


def _visible(request: Request) -> Any:
    taken = Count("registrations", filter=Q(registrations__state__in=("confirmed", "offered")), distinct=True)
    return Workshop.objects.visible_to(request.user).with_programme().annotate(taken=taken)


class WorkshopsView(ListAPIView):
    """The workshops of one's own programmes; filter by `state`, order by `starts_at` or `-starts_at`."""

    permission_classes = [SignedIn]
    serializer_class = WorkshopSerializer
    queryset = Workshop.objects.none()

    ORDERS = {"starts_at": ("starts_at", "pk"), "-starts_at": ("-starts_at", "pk")}

    @extend_schema(
        operation_id="workshops",
        parameters=[
            OpenApiParameter("state", str, enum=WorkshopState.values),
            OpenApiParameter("order", str, enum=list(ORDERS)),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        found = _visible(self.request)
        if state := self.request.query_params.get("state"):
            if state not in WorkshopState.values:
                raise exceptions.ValidationError({"state": [_("This state is not known here.")]})
            found = found.filter(state=state)
        return found

    def filter_queryset(self, queryset: Any) -> Any:
        order = self.request.query_params.get("order", "starts_at")
        if order not in self.ORDERS:
            raise exceptions.ValidationError({"order": [_("Workshops cannot be ordered by this.")]})
        self.paginator.ordering = self.ORDERS[order]
        return queryset


class WorkshopView(RetrieveAPIView):
    """One workshop of one's own programmes."""

    permission_classes = [SignedIn]
    serializer_class = WorkshopSerializer
    queryset = Workshop.objects.none()
    lookup_url_kwarg = "workshop_id"

    @extend_schema(operation_id="workshop")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.retrieve(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return _visible(self.request)
