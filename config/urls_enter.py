"""How organisers enter: allauth's mailed code (six digits, same browser), or a passkey. No account is made here."""

from allauth.account import views as account
from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("enter/", account.request_login_code, name="account_request_login_code"),
    path("enter/code/", account.confirm_login_code, name="account_confirm_login_code"),
    path("enter/login/", account.login, name="account_login"),
    path("enter/signup/", account.signup, name="account_signup"),
    path("leave/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("passkeys/", include("allauth.mfa.urls")),
]

if settings.OIDC_ISSUER:
    from participants.views import issuer

    urlpatterns = [
        path("enter/", issuer.entrance, name="account_request_login_code"),
        path("enter/issuer/", issuer.go, name="issuer_go"),
        *urlpatterns,
    ]
