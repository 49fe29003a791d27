"""The provider tells which mails came back: with the secret only, and nothing but one word of it is kept."""

from __future__ import annotations

import base64

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from ledger.models import Mail, MailState

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.urls_with_webhook")]

SECRET = "provider:long-and-random"


@pytest.fixture
def mail(settings) -> Mail:
    """Sent, and the provider calls it m-1."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    return Mail.objects.create(
        kind="invitation", key="one", recipient_id="1", subject_id="1", sent_at=timezone.now(), provider_id="m-1"
    )


def tell(secret: str | None = SECRET, **event: object) -> int:
    """Postmark's webhook, as the provider calls it."""
    headers = {} if secret is None else {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    told = {"MessageID": "m-1", "Email": "teresa@posta.example", "Description": "No Teresa here", **event}
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    address = reverse("anymail:postmark_tracking_webhook")
    return client.post(address, told, content_type="application/json", headers=headers).status_code


@pytest.mark.parametrize(
    ("event", "bounce"),
    [
        ({"RecordType": "Bounce", "Type": "HardBounce"}, "bounced"),
        ({"RecordType": "Bounce", "Type": "BadEmailAddress"}, "invalid"),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "complained"),
    ],
)
def test_a_bounce_is_kept_in_one_word(mail, event, bounce):
    assert tell(**event) == 200
    mail.refresh_from_db()
    assert (mail.state, mail.bounce) == (MailState.BOUNCED, bounce)
    assert "teresa" not in str(Mail.objects.values_list()).lower()


@pytest.mark.parametrize("event", [{"RecordType": "Delivery"}, {"RecordType": "Open"}])
def test_other_news_changes_nothing(mail, event):
    assert tell(**event, DeliveredAt="2031-04-10T16:00:00Z", ReceivedAt="2031-04-10T16:00:00Z") == 200
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


@pytest.mark.parametrize("secret", [None, "provider:wrong", "", "x:y:z"])
def test_nobody_without_the_secret_is_believed(mail, secret):
    assert tell(secret, RecordType="Bounce", Type="HardBounce") == 400
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


@pytest.mark.urls("config.urls")
def test_without_the_setting_there_is_no_such_address():
    with pytest.raises(NoReverseMatch):
        reverse("anymail:postmark_tracking_webhook")
