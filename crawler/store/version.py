"""Which schema a database has, and whether it is one that we can work on."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from crawler.exceptions import StoreError
from crawler.store.engine import BRING_BACK

SCHEMA = "0001"  # the newest of migrations/versions


def of(connection: Connection) -> str | None:
    """The schema a database has; None where it has none of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def check(found: str | None, where: str) -> None:
    """Raise StoreError unless a database of schema ``found`` is ours and can be brought to the current one."""
    if found is None:
        raise StoreError(f"{where}: not a Fenghuo database, or damaged; {BRING_BACK}")
    if found > SCHEMA:
        raise StoreError(f"{where}: made by a newer Fenghuo (schema {found}, known is {SCHEMA}); install that one")
