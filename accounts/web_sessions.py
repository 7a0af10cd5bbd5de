"""Web sessions in the database, as Django keeps them, read by one plain statement.

Every page of somebody who is signed in begins with it; a queryset takes longer to put the same
into words than PostgreSQL takes to answer.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

_UNTIL_IT_EXPIRES = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(_UNTIL_IT_EXPIRES, (self.session_key, timezone.now()))
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        kept: dict[str, Any] = self.decode(found[0])
        return kept
