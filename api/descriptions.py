"""Which organisations that are not registered yet are described? Options, items of a request, CSV, workbook or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from api.naming import node_named
from graphmodel.choices import Registration, Status
from graphmodel.network import Network
from graphmodel.personal import is_personal
from graphmodel.schema.nodes import Authority, Community, Organization, Street
from graphmodel.text import Refusal, Text
from graphmodel.values import clean, half_width
from loaders.bundle import field_words, type_words
from loaders.errors import printable
from loaders.files import read_files
from loaders.headers import header_key
from loaders.ledger_mapping_file import default_mapping
from loaders.personal import is_personal_header
from loaders.raw import Header, Raw
from loaders.template import ERRORS_SHEET, EXAMPLE, GUIDE, Heading, heading_of, write_blank_sheet
from loaders.validate import check
from loaders.write_tables import new_workbook
from planning.newcomer import Newcomer

MOST = 200  # descriptions that are answered at once
MOST_SUPPOSED = 10_000  # of a batch in a what-if
LARGEST = 1 << 20  # bytes of a JSON file
ENDS = {
    "authority": (Authority.title.zh, "业务主管单位", "主管单位", "competent authority"),
    "street": (Street.title.zh, "街道", "所在街道"),
    "community": (Community.title.zh, "社区", "所在社区"),
}
_NO_AUTHORITY = (*Registration.DIRECT.aliases, Registration.DIRECT.value, Registration.DIRECT.title.zh, "无", "none")


def described(
    network: Network,
    rows: Sequence[Mapping[str, str | None]],
    file: str,
    numbers: Sequence[int] | None = None,
    most: int = MOST,
) -> list[Newcomer]:
    """The newcomers that rows of text describe, by the words of the schema or the ledger; authority and place by name or id.

    `file` is how messages call where they come from, `numbers` the row of each in it. Errors: `Refusal` for no rows or more
    than `most`, a field that there is not, a value that means nothing, a name that is not found; the first mistake is told with its row.
    """
    if not 1 <= len(rows) <= most:
        message = Text(
            "{file}：有 {n} 条描述，须为 1 到 {most} 条。", "{file}: {n} descriptions; it must be 1 to {most}."
        )
        raise Refusal(message.format(file=file, n=len(rows), most=most), code="bad-number")
    heads = list(dict.fromkeys(head for row in rows for head in row))
    if not heads:
        message = Text("{file}：没有一个字段。", "{file}: there is not one field.").format(file=file)
        raise Refusal(message, Text("至少写名称。", "Give the name at least."), code="no-fields")
    fields = {head: _field(head, file) for head in heads}
    _once(list(fields.values()), file)
    texts = pl.DataFrame(
        {fields[head]: pl.Series([row.get(head) for row in rows], dtype=pl.String) for head in heads}
    ).select(clean(pl.all()))
    own = _typed(texts.drop(set(ENDS) & set(texts.columns)), file, {fields[h]: Header(h) for h in heads}, numbers)
    ends = [{name: texts[name][n] if name in texts.columns else None for name in ENDS} for n in range(len(rows))]
    return [_newcomer(network, values, end, n + 1) for n, (values, end) in enumerate(zip(own, ends, strict=True))]


def describes(path: Path) -> bool:
    """Whether a file describes organisations that have no code yet: a table, or JSON, with a name and neither code nor id.

    One of which a sheet has codes, or is called as another type is, is a ledger or a bundle. Errors: those of `read_files`.
    """
    if path.is_dir():
        return False
    if path.suffix.lower() == ".json":
        try:
            rows = _json(path)
        except Refusal:
            return False
        return bool(rows) and _is_description({head for row in rows for head in row})
    tables = _tables(path)
    kinds = {type_words().get(header_key(sheet), Organization.type_name) for sheet in tables}
    heads = [{cell or "" for cell in rows[0][1]} for rows in tables.values()]
    return (
        kinds <= {Organization.type_name}
        and any(_is_description(each) for each in heads)
        and not any(_has_code(each) for each in heads)
    )


def from_file(network: Network, path: Path, most: int = MOST) -> tuple[list[Newcomer], tuple[Text, ...]]:
    """The newcomers that a CSV, a workbook's only filled sheet or JSON (one object, or a list) describes, and what was left out of it.

    Columns about persons are never read; those of the ledger that tell nothing of a newcomer are left out.
    Errors: as `described`; `Refusal` for several filled sheets.
    """
    if path.suffix.lower() == ".json":
        rows = _json(path)
        return described(network, rows, path.name, range(1, len(rows) + 1), most), ()
    heads, cells = _only_table(path)
    left = {head for head in heads if _left_out(head)}
    named = [(place, head) for place, head in enumerate(heads) if head and head not in left]
    _once([head for _, head in named], path.name)
    kept = [(number, row) for number, row in cells if not str(row[0] or "").startswith(EXAMPLE)]
    rows = [{head: row[place] for place, head in named} for _, row in kept]
    notices = (_unread(path.name, head) for head in heads if head in left)
    return described(network, rows, path.name, [number for number, _ in kept], most), tuple(notices)


Rows = list[tuple[int, tuple[str | None, ...]]]
"""Rows that are filled, with where they stand."""


def _tables(path: Path) -> dict[str, Rows]:
    """The filled rows of each sheet that has any, but for guides and lists of mistakes."""
    (grids,) = read_files([path]).values()
    filled = {
        grid.name: [(number, row) for number, row in zip(grid.rows, grid.frame.iter_rows(), strict=True) if any(row)]
        for grid in grids
        if not grid.name.startswith((GUIDE, ERRORS_SHEET))
    }
    return {sheet: rows for sheet, rows in filled.items() if rows}


def _only_table(path: Path) -> tuple[list[str], Rows]:
    """The header, blank cells empty, and the rows below it."""
    tables = _tables(path)
    if len(tables) > 1:
        message = Text(
            "{file}：有 {n} 个工作表写了内容：{sheets}。", "{file}: {n} sheets have something in them: {sheets}."
        ).format(file=path.name, n=len(tables), sheets="、".join(map(printable, tables)))
        hint = Text(
            "请把各表合并为一个，或分别存为文件。", "Put them together on one sheet, or save each as a file of its own."
        )
        raise Refusal(message, hint, code="several-sheets")
    if not tables:
        return [], []
    ((_, head), *rows) = next(iter(tables.values()))
    return [cell or "" for cell in head], rows


def _is_description(heads: set[str]) -> bool:
    return "name" in {_meant(head) for head in heads} and not _has_code(heads)


def _has_code(heads: set[str]) -> bool:
    return any(_meant(head) in _CODES or _ledger_use(head) == "code" for head in heads)


_CODES = {"id", "credit_code", "registration_number"}


def _meant(head: str) -> str | None:
    """The field of a newcomer that a header names, in the words of the schema or of the ledger; None where it names none."""
    key = header_key(head)
    for name, words in ENDS.items():
        if key in {header_key(word) for word in (name, *words)}:
            return name
    field = field_words(Organization.type_name).get(key)
    if field is not None or is_personal_header(head):
        return None if is_personal_header(head) else field
    use = _ledger_use(head) or ""
    type_, _, name = use.partition(".")
    return name if type_ == Organization.type_name else use if use in (*ENDS, "name") else None


def _ledger_use(head: str) -> str | None:
    """What the staff's ledger has a header for."""
    found = (at[header_key(head)] for at in default_mapping().lookups.values() if header_key(head) in at)
    return next((column.use for column, word in found if word is None), None)


def _left_out(head: str) -> bool:
    """Whether a column is known and tells nothing of a newcomer: of persons, or of the ledger alone."""
    return bool(head) and (is_personal_header(head) or (_meant(head) is None and _ledger_use(head) is not None))


def _field(head: str, file: str) -> str:
    field = _meant(head)
    if field is not None and field != "id":
        return field
    message = Text("{file}：没有字段“{head}”。", "{file}: there is no field '{head}'.")
    hint = Text(
        "可用：名称、登记备案、五类、法律形式、行业、管理方式、业务主管单位、街道、社区、正式党员数等；"
        "空白表格：partygraph template 新申请.xlsx --newcomers。",
        "Known are name, track, category, legal_form, industry, registration, authority, street, community, full_members …; "
        "for a blank form: partygraph template newcomers.xlsx --newcomers.",
    )
    shown = "…" if is_personal_header(head) else printable(head, 60)
    raise Refusal(message.format(file=file, head=shown), hint, code="unknown-field")


def _unread(file: str, head: str) -> Text:
    """That a column was left out, and why."""
    why = _OF_PERSONS if is_personal_header(head) else _NOTHING_OF_IT
    return _LEFT_OUT.format(file=file, head="…" if is_personal(head) else printable(head, 60), why=why)


_LEFT_OUT = Text("{file}：“{head}”列没有读取：{why}。", "{file}: column '{head}' was not read: {why}.")
_OF_PERSONS = Text("涉及个人", "it is about persons")
_NOTHING_OF_IT = Text("与新登记的组织无关", "it tells nothing of a newcomer")


def _once(heads: Sequence[str], file: str) -> None:
    if twice := next((head for head in heads if heads.count(head) > 1), None):
        message = Text("{file}：字段“{head}”写了两次。", "{file}: the field '{head}' is given twice.")
        hint = Text("请只保留一个。", "Keep one of them.")
        raise Refusal(message.format(file=file, head=printable(twice, 60)), hint, code="duplicate-key")


def _typed(
    texts: pl.DataFrame, file: str, headers: Mapping[str, Header], numbers: Sequence[int] | None
) -> list[dict[str, Any]]:
    """The values of the rows by field, the unknown left out."""
    rows = pl.Series(numbers or range(1, texts.height + 1), dtype=pl.Int64)
    frame = texts.with_columns(id=pl.lit("newcomer:") + rows.cast(pl.String))
    checked = check([Raw(Organization.type_name, frame, rows, file, file, dict(headers))])
    if checked.errors:
        first = replace(checked.errors[0], sheet=None, row=checked.errors[0].row if numbers else None)
        raise Refusal(Text(first.as_text("zh"), first.as_text("en")), code=first.code)
    typed = checked.parts[0].frame.drop("id")
    return [{name: value for name, value in row.items() if value is not None} for row in typed.iter_rows(named=True)]


def _newcomer(network: Network, values: dict[str, Any], ends: Mapping[str, str | None], number: int) -> Newcomer:
    name = values.pop("name", None) or f"新组织{number}"
    if values.get("status") not in (None, Status.OPERATING.value):
        message = Text(
            "“{name}”尚未登记，状态只能是正常运行。", "'{name}' is not registered yet: it can only be operating."
        )
        raise Refusal(message.format(name=name), Text("请不填状态。", "Leave out its status."), code="contradiction")
    authority, street, community = ends["authority"], ends["street"], ends["community"]
    told = authority is not None
    if authority is not None and _plain(authority) in {_plain(word) for word in _NO_AUTHORITY}:
        authority = None
        values.setdefault("registration", Registration.DIRECT.value)
    if values.get("registration") == Registration.DIRECT.value and authority is not None:
        message = Text(
            "“{name}”是直接登记，却有业务主管单位。", "'{name}' registers directly, yet has a competent authority."
        ).format(name=name)
        raise Refusal(message, Text("请去掉其中一项。", "Leave out one of the two."), code="contradiction")
    if values.get("registration") == Registration.DUAL.value and told and authority is None:
        message = Text(
            "“{name}”是双重管理，却写明没有业务主管单位。",
            "'{name}' is under dual management, yet is said to have no authority.",
        )
        hint = Text(
            "请写业务主管单位，或留空（不详），或改为直接登记。",
            "Name the authority, leave it empty where unknown, or say direct registration.",
        )
        raise Refusal(message.format(name=name), hint, code="contradiction")
    street = None if street is None else node_named(network, Street, street)
    return Newcomer(
        name=name,
        fields=values,
        authority=None if authority is None else node_named(network, Authority, authority),
        street=street,
        community=None if community is None else node_named(network, Community, community, street=street),
    )


def _plain(text: str) -> str:
    return str(pl.select(half_width(pl.lit(text)).str.strip_chars().str.to_lowercase()).item())


def _json(path: Path) -> list[dict[str, str | None]]:
    if path.stat().st_size > LARGEST:
        raise _not_json(path, Text("文件超过 1 MB", "the file is larger than 1 MB"))

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        _once([key for key, _ in pairs], path.name)
        return dict(pairs)

    def no_number(word: str) -> NoReturn:
        raise ValueError(word)

    try:
        written = path.read_text(encoding="utf-8-sig")
        told = json.loads(written, object_pairs_hook=once, parse_int=str, parse_float=str, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise _not_json(path, Text("不是 JSON", "it is no JSON")) from error
    rows = told if isinstance(told, list) else [told]
    if not all(isinstance(row, dict) for row in rows):
        raise _not_json(path, Text("应为一个对象或对象的列表", "it should be an object or a list of objects"))
    return [{key: _text(value, path) for key, value in row.items()} for row in rows]


def _text(value: object, path: Path) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    raise _not_json(path, Text("值不能是列表或对象", "a value is a list or an object"))


def _not_json(path: Path, why: Text) -> Refusal:
    hint = Text('写作 {"名称": "…", "行业": "…"}。', 'Write {"name": "…", "industry": "…"}.')
    return Refusal(Text("{file}：{why}。", "{file}: {why}.").format(file=path.name, why=why), hint, code="bad-json")


def write_form(path: Path) -> None:
    """Write a blank workbook to describe organisations in: drop-downs, notes, and an example row that is not read."""
    columns = Organization.columns
    ends = [Heading(words[0], _END_NOTE.both(), sample=_SAMPLES[name]) for name, words in ENDS.items()]
    name = Heading("名称", "名称 / name", sample=EXAMPLE, needed=True)
    with new_workbook(path) as book:
        fields = [heading_of(columns[field]) for field in FORM]
        write_blank_sheet(book, "新申请", [name, *fields[:6], *ends, *fields[6:]])


FORM = (
    "track",
    "category",
    "legal_form",
    "industry",
    "registration",
    "registered_on",
    "full_members",
    "probationary_members",
    "members_elsewhere",
    "staff",
)
"""The fields that a newcomer is asked for, beside its name, authority and place."""
_END_NOTE = Text("名称或标识；不知道就留空", "name or id; leave empty where unknown")
_SAMPLES = {"authority": "直接登记", "street": "", "community": ""}
