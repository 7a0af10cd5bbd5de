"""The pages of an account: allauth's, under our limits and with our answers."""

from typing import Any, cast

from allauth.account import views as account_views
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as second_factor_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _

from accounts import demo
from accounts.forms import ProfileForm, refuse_too_many_letters
from accounts.models import User


def is_about_a_limit(form: Form) -> bool:
    return any(error.code == "too_many_tries" for errors in form.errors.as_data().values() for error in errors)


class SaysTooMany:
    """Answers 429 with the form and what was typed, when the form ran into a limit."""

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        form = context.get("form")
        if form is not None and form.is_bound and is_about_a_limit(form):
            options["status"] = 429
        return cast("HttpResponse", super().render_to_response(context, **options))  # type: ignore[misc]


class LettersAgain:
    """Another letter with another code, under the same limits as the first one."""

    request: HttpRequest
    _process: Any
    page: str

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        try:
            refuse_too_many_letters(self.request, self._process.state["email"])
        except ValidationError as refused:
            messages.error(self.request, refused.message)
            return redirect(self.passthrough_next_url(reverse(self.page)))  # type: ignore[attr-defined]
        return cast("HttpResponse", super()._resend_form_valid(form))  # type: ignore[misc]


class SignIn(SaysTooMany, account_views.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        extra = {"demo_people": demo.demo_people(), "demo_password": demo.PASSWORD}
        return cast("dict[str, Any]", super().get_context_data(**kwargs) | extra)


class SignUp(SaysTooMany, account_views.SignupView):
    pass


class ConfirmSignIn(SaysTooMany, LettersAgain, account_views.ConfirmLoginCodeView):
    page = "account_confirm_login_code"


class ConfirmAddress(SaysTooMany, LettersAgain, account_views.ConfirmEmailVerificationCodeView):
    page = "account_email_verification_sent"


class ChangeAddress(SaysTooMany, account_views.EmailView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Only a change, without allauth's other deeds: an account has one address."""
        form: Form = self.get_form()
        return cast("HttpResponse", self.form_valid(form) if form.is_valid() else self.form_invalid(form))


class ChangePassword(SaysTooMany, account_views.PasswordChangeView):
    success_url = reverse_lazy("account_profile")


class SetPassword(account_views.PasswordSetView):
    success_url = reverse_lazy("account_profile")


class ResetPassword(SaysTooMany, account_views.PasswordResetView):
    pass


class ConfirmPasswordReset(SaysTooMany, account_views.ConfirmPasswordResetCodeView):
    pass


class ShowPasswordAgain(SaysTooMany, account_views.ReauthenticateView):
    pass


class ShowSecondFactor(SaysTooMany, second_factor_views.AuthenticateView):
    pass


class ShowSecondFactorAgain(SaysTooMany, second_factor_views.ReauthenticateView):
    pass


class SwitchOnSecondFactor(SaysTooMany, totp_views.ActivateTOTPView):
    def form_valid(self, form: Form) -> HttpResponse:
        """The code that switches it on has shown it: the staff's doors are open at once."""
        answer = cast("HttpResponse", super().form_valid(form))
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return answer


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Name and language, and the way to everything else about one's account."""
    user = cast("User", request.user)
    form = ProfileForm(request.POST or None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your changes are kept."))
        return redirect("account_profile")
    return render(request, "accounts/profile.html", {"form": form, "has_second_factor": is_mfa_enabled(user)})
