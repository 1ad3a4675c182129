"""What Alembic runs for `formcheck_api.store.database.Database.migrate`."""

from __future__ import annotations

from alembic import context
from formcheck_api.store.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
)
context.run_migrations()
