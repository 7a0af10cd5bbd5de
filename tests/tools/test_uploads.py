"""A form with files is measured before it is read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.urls import reverse

from training.tools import uploads


def send(client, size):
    return client.post(reverse("display"), {"type": "125", "file": SimpleUploadedFile("a.jpg", b"x" * size)})


@pytest.mark.django_db
def test_a_form_with_too_large_a_file_is_refused_before_it_is_read(client, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_BYTES", 10_000)
    begun = []
    monkeypatch.setattr(MemoryFileUploadHandler, "new_file", lambda *_arguments, **_more: begun.append(True))

    answer = send(client, 20_000)

    assert answer.status_code == 400
    assert not begun


@pytest.mark.django_db
def test_a_form_with_a_picture_is_read(client):
    assert send(client, 5_000).status_code == 302
