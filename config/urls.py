"""Every address. Pages carry a language prefix; machines, tablets, door and wall do not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from config.views import health
from feedback.urls import review

handler500 = "config.views.failed.failed"

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("api/v1/schema", SpectacularAPIView.as_view(permission_classes=[AllowAny]), name="api_schema"),
    path("api/v1/", include("config.api_urls")),
    path("", include("feedback.urls.machines")),
    path("", include("feedback.urls.tables")),
    path("", include("participants.urls.desk")),
]

urlpatterns += i18n_patterns(
    path("", include("feedback.urls.home")),
    path("", include("participants.urls.places")),
    path("", include(review.public)),
    path("", include("feedback.urls.said")),
    path("", include("workshops.urls.pages")),
    path("org/", include("config.urls_enter")),
    path("org/", include("workshops.urls.organise")),
    path("org/", include("participants.urls.people")),
    path("org/", include("feedback.urls.cockpit")),
    path("org/", include("feedback.urls.summary")),
    path("org/", include(review.organisers)),
    path("admin/", admin.site.urls),
)

if settings.OIDC_ISSUER:
    from participants.views import issuer

    # One address, whatever the language: the issuer is told it beforehand.
    back = path("org/enter/issuer/back/", issuer.back, {"provider_id": issuer.PROVIDER}, name="openid_connect_callback")
    urlpatterns += [back]
if settings.MAIL_WEBHOOK_SECRET:  # a provider is set, and knows the secret
    urlpatterns += [path("mail/", include("anymail.urls"))]
if settings.DEMO:
    urlpatterns += [path("demo/", include("config.urls_demo"))]
