"""A form with files is measured before it is read: nobody fills the disk, signed in or not."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

LARGEST_BYTES = 24 * 1024 * 1024  # a picture of 8 MB beside the longest texts


class NotTooMuch(FileUploadHandler):
    """Stands before Django's handlers, which put whatever comes into temporary files."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's signature
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > LARGEST_BYTES:
            raise RequestDataTooBig("A form with files was larger than it may be.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data  # the next handler keeps it

    def file_complete(self, file_size: int) -> None:
        return None  # the next handler answers
