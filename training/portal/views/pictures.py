"""Pictures of speakers: written anew when they came (see training.tools.pictures), so only pixels leave."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

ONE_YEAR_IN_SECONDS = 365 * 24 * 60 * 60


@require_safe
def speaker_picture(request: HttpRequest, name: UUID) -> FileResponse:
    """The picture under its name by chance; another picture gets another name, so it is kept for long."""
    try:
        picture = default_storage.open(f"speakers/{name}.jpg")
    except FileNotFoundError as missing:
        raise Http404 from missing
    return FileResponse(
        picture,
        content_type="image/jpeg",
        headers={"Cache-Control": f"public, max-age={ONE_YEAR_IN_SECONDS}, immutable"},
    )
