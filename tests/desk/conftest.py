import pytest
from allauth.account.internal.flows.login import record_authentication
from django.test import RequestFactory
from django.utils import timezone


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_the_test(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def signed_in(client):
    """Signs somebody in, as if it had been `minutes` ago."""

    def sign_in(user, minutes=0):
        client.force_login(user)
        request = RequestFactory().get("/")
        request.session = client.session
        request.user = user
        record_authentication(request, user, "password")
        request.session["account_authentication_methods"][-1]["at"] = timezone.now().timestamp() - 60 * minutes
        request.session.save()
        return client

    return sign_in
