"""How large a body may be that carries files: little from strangers, bounded from everybody."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler

from qinghe.kernel import clock
from qinghe.portal import session
from qinghe.portal.fields import TOGETHER
from qinghe.web.errors import BodyTooLarge

# A file of a country's size is a gigabyte; it goes to disk piece by piece. Every room has a limit
# of its own below this one.
LARGEST = 1100 * 1024 * 1024
# Some photographs of papers, as a telephone makes them.
OF_DEBTORS = TOGETHER


class Bounded(FileUploadHandler):
    """The first of the handlers: refuses a body before a byte of it is kept anywhere."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """
        Look at the length that was announced; no more than that is read.

        :raises BodyTooLarge: a stranger sends files, or anybody sends too much
        """
        most = self._most(content_length)
        if content_length > most:
            raise BodyTooLarge(most)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass everything on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keep nothing."""

    def _most(self, wanted: int) -> int:
        small: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if self._known():
            return LARGEST
        # The stay is only looked up for what a stranger may not send.
        if wanted <= small or self.request is None:
            return small
        return small if session.visitor(self.request, at=clock.now()) is None else OF_DEBTORS

    def _known(self) -> bool:
        user = getattr(self.request, "user", None)
        return bool(getattr(self.request, "auth", None) or (user and user.is_authenticated))
