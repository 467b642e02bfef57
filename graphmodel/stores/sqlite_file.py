"""Is this file ours, and of today's schema? Its tables are made or fitted; any other file is left as it is."""

from __future__ import annotations

from graphmodel.stores import sqlite_tables as sql
from graphmodel.stores.refusals import NewerStore, NotOurStore
from graphmodel.stores.sqlite_rows import Connection, breaks_constraint
from graphmodel.tables import all_types
from graphmodel.text import Text


def prepare(connection: Connection, where: str) -> None:
    """Make the tables of a new file, fit those of an older one to today's schema, and refuse any other file untouched."""
    connection.execute("BEGIN")  # one look at all three, while another process may be making the file
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    present = _objects(connection)
    connection.execute("COMMIT")
    if application != sql.APPLICATION and (application or version or present):
        raise NotOurStore(where, Text("它属于另一个程序。", "it belongs to another program."))
    if version > sql.FORMAT:
        raise NewerStore(where, f"format {version}")
    expected = sql.expected_objects()
    for name, made_by in present.items():
        if not made_by.startswith(("CREATE TABLE", "CREATE UNIQUE INDEX")) or (
            name in sql.HISTORY and made_by != expected[name]
        ):
            raise NotOurStore(
                where, Text("内部结构被改动（{name}）。", "its structure was altered ({name}).").format(name=name)
            )
        if name not in expected:
            raise NewerStore(where, name)
    if present == expected:
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA application_id = {sql.APPLICATION}")
        connection.execute(f"PRAGMA user_version = {sql.FORMAT}")
        for name, statement in expected.items():
            found = _objects(connection).get(name)
            if found != statement:
                _renew(connection, name, statement, found, where)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _objects(connection: Connection) -> dict[str, str]:
    found = connection.execute(r"SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'")
    return {name: statement for name, statement in found if statement}


def _renew(connection: Connection, name: str, statement: str, found: str | None, where: str) -> None:
    """Make one table or index as `statement` says, keeping the rows of the table that was `found`."""
    if found is not None and name in all_types():
        old = f"{name} old"
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({sql.quoted(name)})")]
        unknown = [column for column in columns if column not in sql.stored_schema(name)]
        if unknown:
            raise NewerStore(where, f"{name}.{unknown[0]}")
        connection.execute(f"ALTER TABLE {sql.quoted(name)} RENAME TO {sql.quoted(old)}")
        connection.execute(statement)
        try:
            connection.execute(sql.copy_sql(old, name, columns))
        except Exception as error:
            if breaks_constraint(error):
                raise NewerStore(where, f"values of {name}") from error
            raise
        connection.execute(f"DROP TABLE {sql.quoted(old)}")
    else:
        if found is not None:
            connection.execute(f"DROP INDEX {sql.quoted(name)}")
        connection.execute(statement)
