"""Every page of an account; allauth's names, because its pages find each other by them."""

from allauth.account import views as account_views
from allauth.mfa.base import views as second_factor_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from django.urls import URLPattern
from django.urls import path as route
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from accounts import views
from accounts.freshness import View, lately_signed_in_only


def path(address: str, view: View, name: str) -> URLPattern:
    """No cache may keep a page of an account, not even the browser's of a shared computer."""
    return route(address, never_cache(view), name=name)


urlpatterns = [
    path("", views.profile, name="account_profile"),
    # Signing in and out
    path("login/", views.SignIn.as_view(), name="account_login"),
    path(
        "login/code/",
        RedirectView.as_view(pattern_name="account_login", query_string=True),
        name="account_request_login_code",
    ),
    path("login/code/confirm/", views.ConfirmSignIn.as_view(), name="account_confirm_login_code"),
    path("login/second-factor/", views.ShowSecondFactor.as_view(), name="mfa_authenticate"),
    path("logout/", account_views.LogoutView.as_view(), name="account_logout"),
    path("inactive/", account_views.AccountInactiveView.as_view(), name="account_inactive"),
    path("signup/", views.SignUp.as_view(), name="account_signup"),
    # Showing once more who one is
    path("again/password/", views.ShowPasswordAgain.as_view(), name="account_reauthenticate"),
    path("again/second-factor/", views.ShowSecondFactorAgain.as_view(), name="mfa_reauthenticate"),
    # Address
    path("address/", lately_signed_in_only(views.ChangeAddress.as_view()), name="account_email"),
    path("address/confirm/", views.ConfirmAddress.as_view(), name="account_email_verification_sent"),
    # Password
    path("password/", lately_signed_in_only(views.ChangePassword.as_view()), name="account_change_password"),
    path("password/first/", lately_signed_in_only(views.SetPassword.as_view()), name="account_set_password"),
    path("password/forgotten/", views.ResetPassword.as_view(), name="account_reset_password"),
    path(
        "password/forgotten/code/",
        views.ConfirmPasswordReset.as_view(),
        name="account_confirm_password_reset_code",
    ),
    path(
        "password/forgotten/new/",
        account_views.CompletePasswordResetView.as_view(),
        name="account_complete_password_reset",
    ),
    path(
        "password/forgotten/done/",
        account_views.PasswordResetFromKeyDoneView.as_view(),
        name="account_password_reset_completed",
    ),
    # Second factor
    path("second-factor/", second_factor_views.IndexView.as_view(), name="mfa_index"),
    path("second-factor/on/", lately_signed_in_only(views.SwitchOnSecondFactor.as_view()), name="mfa_activate_totp"),
    path(
        "second-factor/off/",
        lately_signed_in_only(totp_views.DeactivateTOTPView.as_view()),
        name="mfa_deactivate_totp",
    ),
    path(
        "second-factor/recovery-codes/",
        lately_signed_in_only(recovery_views.ViewRecoveryCodesView.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/new/",
        lately_signed_in_only(recovery_views.GenerateRecoveryCodesView.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/file/",
        lately_signed_in_only(recovery_views.DownloadRecoveryCodesView.as_view()),
        name="mfa_download_recovery_codes",
    ),
]
