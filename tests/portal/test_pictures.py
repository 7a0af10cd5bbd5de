"""The picture of a speaker is shown where the speaker is, and leaves as a picture only."""

from io import BytesIO

import pytest
from PIL import Image

from tests import given
from training.tools.pictures import written_anew

pytestmark = pytest.mark.django_db


@pytest.fixture
def pictured():
    upload = BytesIO()
    Image.new("RGB", (40, 40), "teal").save(upload, "PNG")
    return given.speaker(picture=written_anew(upload, upload.tell()))


def test_the_address_on_the_page_gives_the_picture(client, pictured):
    session = given.session()
    given.item(session, speakers=[pictured])

    page = client.get(f"/sessions/{session.slug}/").content.decode()
    assert pictured.picture.url in page

    answer = client.get(pictured.picture.url)
    assert answer["content-type"] == "image/jpeg"
    assert answer["x-content-type-options"] == "nosniff"
    assert Image.open(BytesIO(b"".join(answer.streaming_content))).size == (40, 40)


@pytest.mark.parametrize(
    "address",
    [
        "/media/speakers/00000000-0000-4000-8000-000000000000.jpg",
        "/media/speakers/../../demo-secrets.json",
        "/media/speakers/..%2f..%2fdemo-secrets.json",
        "/media/demo-secrets.json",
        "/media/speakers/x.svg",
    ],
)
def test_nothing_else_of_the_folder_can_be_asked_for(client, address):
    assert client.get(address).status_code == 404
