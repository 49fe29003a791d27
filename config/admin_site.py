"""Django's admin for the operator, entered through the same door as everything else."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ledger.look_only import LookOnly


class OperatorSite(admin.AdminSite):
    """No login form of its own: allauth's code or passkey, with its limits. Whoever is no operator finds nothing."""

    site_header = site_title = "Tavolo"
    index_title = _("Operator")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only windows that cannot write: packages bring admins of their own, and those would go round the rules."""
        if admin_class is not None and issubclass(admin_class, LookOnly):
            super().register(model_or_iterable, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(reverse("admin:index"), reverse("account_request_login_code"))
