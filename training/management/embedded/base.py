from typing import Any

from django.db.backends.postgresql import base

from training.management import embedded_postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects to the server of `settings.DATABASES[…]["CLUSTER"]`."""

    def get_connection_params(self) -> dict[str, Any]:
        self.settings_dict.update(embedded_postgres.address(self.settings_dict["CLUSTER"]))
        return super().get_connection_params()
