"""What people fill in to sign in, sign up and look after their account."""

from collections.abc import Callable
from typing import Any, cast

from allauth.account import fields as account_fields
from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter as get_second_factor_adapter
from allauth.mfa.base import forms as second_factor_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import codes, throttling
from accounts.models import User
from accounts.throttling import Limit, TooManyTries, count_try, network_address, take_back
from training.tools.text import normalised_email

LONGEST_PASSWORD = 200  # a longer one only costs time to hash


class EmailField(account_fields.EmailField):
    """An e-mail address, normalised before it is checked, so that what is stored was checked."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("E-mail address"))
        widget = forms.EmailInput(attrs={"autocomplete": "email"})
        super().__init__(max_length=254, widget=widget, **options)

    def to_python(self, value: Any) -> str:
        return normalised_email(super().to_python(value) or "")


class PasswordField(account_fields.PasswordField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_PASSWORD, **options)
        self.widget.attrs.pop("placeholder", None)  # it only repeats the label


class NewPasswordField(account_fields.SetPasswordField):
    """A new password; it must keep the rules of whoever it is for (the form sets `user`)."""

    def __init__(self) -> None:
        super().__init__(label=_("New password"), max_length=LONGEST_PASSWORD, help_text="")
        self.widget.attrs.pop("placeholder", None)

    def rules(self) -> list[str]:
        return password_validators_help_texts()


class CodeField(forms.CharField):
    def __init__(self, label: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True})
        super().__init__(label=label, max_length=40, widget=widget)


def refuse_too_many(*counts: tuple[Limit, str]) -> None:
    """Counts one try of each; raises a form error that says how long to wait."""
    try:
        for limit, who in counts:
            count_try(limit, who)
    except TooManyTries as refused:
        raise ValidationError(str(refused), code="too_many_tries") from refused


def refuse_too_many_letters(request: HttpRequest, email: str) -> None:
    """The same for an address that we know and one that we do not."""
    here = network_address(request)
    refuse_too_many(
        (throttling.LETTERS_FROM_ONE_ADDRESS, here),
        (throttling.LETTERS_TO_ONE_RECIPIENT_FROM_ONE_ADDRESS, f"{email} {here}"),
        (throttling.LETTERS_TO_ONE_RECIPIENT, email),
    )


class SignInForm(account_forms.LoginForm):
    """One form, two ways: with the password, or with a code by letter when it stays empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {
            "login": EmailField(),
            "password": PasswordField(
                label=_("Password"),
                required=False,
                autocomplete="current-password",
                help_text=_("Leave it empty and we send you a code instead."),
            ),
        }

    def user_credentials(self) -> dict[str, str]:
        credentials = {"email": self.cleaned_data["login"]}
        if self.cleaned_data.get("password") and "send_code" not in self.data:
            credentials["password"] = self.cleaned_data["password"]
        return credentials

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict[str, Any]:
        email = email or ""
        refuse_too_many_letters(self.request, email)
        users = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
        self.user = users[0] if users else None
        return dict(self.cleaned_data)


class SignUpForm(account_forms.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField(
            help_text=_("We send a code to this address. Letters about your enrolments go there, too.")
        )

    def clean_email(self) -> str:
        refuse_too_many_letters(context.request, self.cleaned_data["email"])
        return str(super().clean_email())

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Opens the account; whoever is second with the same address gets the same answer."""
        opened: tuple[User | None, HttpResponse | None]
        try:
            with transaction.atomic():
                opened = super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            opened = super().try_save(request)
        return opened


class CodeEntry(account_forms.BaseConfirmCodeForm):
    """A code from a letter; only its hash is known here, and each code bears five tries."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(label=_("Code from our letter"))

    def clean_code(self) -> str:
        here = network_address(context.request)
        refuse_too_many(
            (throttling.WRONG_CODES_FROM_ONE_ADDRESS, here), (throttling.TRIES_OF_ONE_CODE, self.expected_code)
        )
        if not codes.is_right(self.cleaned_data["code"], self.expected_code):
            raise get_adapter().validation_error("incorrect_code")
        take_back(throttling.WRONG_CODES_FROM_ONE_ADDRESS, here)
        return str(self.cleaned_data["code"])


class ConfirmSignInForm(account_forms.ConfirmLoginCodeForm, CodeEntry):
    pass


class ConfirmAddressForm(account_forms.ConfirmEmailVerificationCodeForm, CodeEntry):
    pass


class ConfirmPasswordResetForm(account_forms.ConfirmPasswordResetCodeForm, CodeEntry):
    pass


class ChangeAddressForm(account_forms.AddEmailForm):
    email = EmailField(label=_("New e-mail address"))

    def clean_email(self) -> str:
        email = str(super().clean_email())
        refuse_too_many_letters(context.request, email)
        return email


class ResetPasswordForm(account_forms.ResetPasswordForm):
    email = EmailField()

    def clean_email(self) -> str:
        refuse_too_many_letters(context.request, self.cleaned_data["email"])
        return str(super().clean_email())


class NewPasswordForm(account_forms.ResetPasswordKeyForm):
    password1 = NewPasswordField()
    password2 = None  # Django's way to leave a field out: nobody types a password twice


class SetPasswordForm(account_forms.SetPasswordForm):
    password1 = NewPasswordField()
    password2 = None


class ChangePasswordForm(account_forms.ChangePasswordForm):
    oldpassword = PasswordField(label=_("Present password"), autocomplete="current-password")
    password1 = NewPasswordField()
    password2 = None

    def clean_oldpassword(self) -> str:
        user = cast("User", self.user)
        count = (throttling.WRONG_PASSWORDS_OF_ONE_ACCOUNT, normalised_email(user.email))
        refuse_too_many(count)
        password = str(super().clean_oldpassword())
        take_back(*count)
        return password


class ReauthenticateForm(account_forms.ReauthenticateForm):
    password = PasswordField(label=_("Password"), autocomplete="current-password")


def clean_second_factor(user: User, check: Callable[[], str]) -> str:
    """Runs allauth's check of a second factor under our limits; each code counts once, everywhere.

    allauth remembers used codes in the memory of one process only.
    """
    count = (throttling.WRONG_SECOND_FACTORS_OF_ONE_ACCOUNT, str(user.pk))
    refuse_too_many(count)
    code = check()
    try:
        count_try(throttling.ONE_SECOND_FACTOR, f"{user.pk} {normalize_user_code(code)}")
    except TooManyTries as used:
        raise get_second_factor_adapter().validation_error("incorrect_code") from used
    take_back(*count)
    return code


class SecondFactorForm(second_factor_forms.AuthenticateForm):
    code = CodeField(label=_("Code from your authenticator app, or a recovery code"))

    def clean_code(self) -> str:
        return clean_second_factor(self.user, super().clean_code)


class SecondFactorAgainForm(second_factor_forms.ReauthenticateForm):
    code = CodeField(label=_("Code from your authenticator app, or a recovery code"))

    def clean_code(self) -> str:
        return clean_second_factor(self.user, super().clean_code)


class SwitchOnSecondFactorForm(totp_forms.ActivateTOTPForm):
    code = CodeField(label=_("The six digits that your app shows"))

    def clean_code(self) -> str:
        return clean_second_factor(self.user, super().clean_code)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # Django 5.2 cannot write it
    class Meta:
        model = User
        fields = ("name", "language")
        help_texts = {"name": _("How we address you. Your enrolments keep the name you gave there.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
