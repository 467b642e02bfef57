"""Who asserts a row, and which of its values? The system column `sources`, read and written here (decision 10).

A cell holds the sources of its row, sorted and joined by `|`. Where there are several, each tells behind `¬` the fields whose
value it does not say, because it leaves them blank, has no such column, or said otherwise: `bundle¬staff,industry|ledger`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import polars as pl

from graphmodel.declare import SOURCES
from graphmodel.tables import frame_schema, key_columns

BETWEEN, NOT, _COMMA = "|", "¬", ","
RESERVED = (BETWEEN, NOT)
"""What no source may have in its name."""


def names(sources: pl.Series) -> pl.Series:
    """The names of the sources of each row, joined by |, empty where there are none."""
    return _of_distinct(sources, lambda each: BETWEEN.join(_parsed(each)))


def others(sources: pl.Series, source: str) -> pl.Series:
    """The sources of each row beside this one, with what they do not say; empty where there are none."""
    return _of_distinct(sources, lambda each: _written({n: f for n, f in _parsed(each).items() if n != source}))


def saying(sources: pl.Series, field: str) -> pl.Series:
    """The names of the sources of each row that say its value of a field, joined by |, empty where there are none."""
    return _of_distinct(sources, lambda each: BETWEEN.join(n for n, f in _parsed(each).items() if field not in f))


def unsaid(sources: pl.Series, fields: Iterable[str]) -> Callable[[str], pl.Series]:
    """For a field, bool[n]: in which rows does none of the sources say its value? True of every field where there are none."""
    known = list(fields)
    nobody = _of_distinct(sources, lambda each: _none_says(each, known))
    if (nobody == "").all():
        return lambda _: nobody != ""
    return lambda field: nobody.str.contains(f",{field},", literal=True)


def asserted(
    name: str, was: pl.DataFrame, becomes: pl.DataFrame, source: str, said: Mapping[str, pl.Series]
) -> pl.Series:
    """The sources of rows as they become when a source says of a field the rows `said` (bool[n]), and of others what it did.

    Others no longer say what changes; who is alone says all. Parameters: `name` the type; `was`, `becomes` its rows in one
    order. Cost: a pass over every field of rows that others assert too.
    """
    beside = others(was[SOURCES], source)
    shared = (beside != "").arg_true()
    alone = pl.Series(SOURCES, [source]).new_from_index(0, was.height)
    if not len(shared):
        return alone
    old, new = was[shared], becomes[shared]
    mine = _of_distinct(old[SOURCES], lambda each: _own(each, source))
    silent, changed, emptied = [pl.lit("")], [pl.lit("")], [pl.lit("")]
    for field in _values(name):
        says = said[field][shared] if field in said else ~_marked(mine, field)
        known, differs = new[field].is_not_null(), old[field].ne_missing(new[field])
        silent.append(_listed(field, ~says & known))
        changed.append(_listed(field, differs & known))
        emptied.append(_listed(field, differs & ~known))
    told = pl.DataFrame({"beside": beside[shared]}).with_columns(
        silent=pl.concat_str(silent), changed=pl.concat_str(changed), emptied=pl.concat_str(emptied)
    )
    distinct = told.unique()
    made = [_joined(source, *row) for row in distinct.iter_rows()]
    found = told.join(
        distinct.with_columns(made=pl.Series(made, dtype=pl.String)), on=told.columns, maintain_order="left"
    )
    return alone.scatter(shared, found["made"])


def altered(name: str, was: pl.DataFrame, becomes: pl.DataFrame, source: str) -> pl.Series:
    """The sources of rows as they become when a source alters them: it says what changes, and of the rest what it did.

    Parameters and cost as of `asserted`; a row that is new has nothing but nulls in `was`, and the source alone says it.
    """
    mine = _of_distinct(was[SOURCES], lambda each: _own(each, source))
    said = {field: was[field].ne_missing(becomes[field]) | ~_marked(mine, field) for field in _values(name)}
    return asserted(name, was, becomes, source, said)


def released(name: str, rows: pl.DataFrame, source: str) -> pl.DataFrame:
    """Rows of a type as the other sources leave them when one lets go: what none of them says becomes unknown.

    Where nobody else asserts a row, its `sources` are empty.
    """
    left, fields = others(rows[SOURCES], source), _values(name)
    nobody_says = unsaid(left, fields)
    emptied = (pl.when(nobody_says(field)).then(None).otherwise(pl.col(field)).alias(field) for field in fields)
    return rows.with_columns(*emptied, _of_distinct(left, lambda each: _settled(each, fields)).alias(SOURCES))


def _values(name: str) -> list[str]:
    return [column for column in frame_schema(name) if column != SOURCES and column not in key_columns(name)]


# --- one cell ---


def _parsed(cell: str) -> dict[str, set[str]]:
    """Sources by name, each with the fields whose value it does not say."""
    entries = (entry.partition(NOT) for entry in cell.split(BETWEEN))
    return {name: {f for f in rest.split(_COMMA) if f} for name, _, rest in entries if name}


def _written(by_name: Mapping[str, set[str]]) -> str:
    entries = ((name, _COMMA.join(sorted(by_name[name]))) for name in sorted(by_name))
    return BETWEEN.join(name + (NOT + fields if fields else "") for name, fields in entries)


def _own(cell: str, source: str) -> str:
    """Framed by commas what a source does not say: everything (*) where it does not assert the row."""
    of = _parsed(cell)
    return f",{_COMMA.join(sorted(of[source]))}," if source in of else "*"


def _marked(mine: pl.Series, field: str) -> pl.Series:
    return (mine == "*") | mine.str.contains(f",{field},", literal=True)


def _listed(field: str, where: pl.Series) -> pl.Expr:
    return pl.when(where).then(pl.lit(f"{field},")).otherwise(pl.lit(""))


def _joined(source: str, beside: str, silent: str, changed: str, emptied: str) -> str:
    mine, more, fewer = (set(fields.split(_COMMA)) - {""} for fields in (silent, changed, emptied))
    return _written({**{name: (fields | more) - fewer for name, fields in _parsed(beside).items()}, source: mine})


def _none_says(cell: str, fields: Iterable[str]) -> str:
    sets = list(_parsed(cell).values())
    none = [field for field in fields if all(field in each for each in sets)]
    return f",{_COMMA.join(none)}," if none else ""


def _settled(cell: str, fields: Iterable[str]) -> str:
    """The sources once what none of them says is unknown: nothing is left to be silent of."""
    of = _parsed(cell)
    unknown = {field for field in fields if of and all(field in each for each in of.values())}
    return _written({name: each - unknown for name, each in of.items()})


def _of_distinct(texts: pl.Series, make: Callable[[str], str]) -> pl.Series:
    """What `make` gives for each text, asked once for each distinct one."""
    words = texts.fill_null("").to_frame("all")
    distinct = words.unique()["all"]
    made = pl.Series([make(each) for each in distinct], dtype=pl.String)
    return (
        words.select(pl.col("all").replace_strict(distinct, made, return_dtype=pl.String)).to_series().alias(texts.name)
    )
