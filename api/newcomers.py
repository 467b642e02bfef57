"""Who is described, and who takes it on? Descriptions from a form, CSV or JSON, for shell and HTTP; nothing is stored."""

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
from graphmodel.schema import Authority, Community, Organization, Street
from graphmodel.text import Refusal, Text
from graphmodel.values import clean, half_width
from loaders.bundle import field_words
from loaders.errors import printable
from loaders.files import read_files
from loaders.headers import header_key
from loaders.names import Directory, asked_back
from loaders.personal import is_personal_header
from loaders.raw import Header, Raw
from loaders.validate import check
from planning.newcomer import Newcomer, Reception
from planning.plan import Reason
from planning.reception import name_of, receive
from queries.context import Context

MOST = 200  # descriptions at once
LARGEST = 1 << 20  # bytes of a JSON file
ENDS = {
    "authority": (Authority.title, "业务主管单位", "主管单位", "competent authority"),
    "street": (Street.title, "街道", "所在街道"),
    "community": (Community.title, "社区", "所在社区"),
}
_NO_AUTHORITY = (*Registration.DIRECT.aliases, Registration.DIRECT.value, Registration.DIRECT.title.zh, "无", "none")


def receptions(context: Context, newcomers: Sequence[Newcomer]) -> list[Reception]:
    """The answer for each newcomer, each as if it alone were added; an industry that nobody has is remarked on.

    Cost: linear in the network for each.
    """
    remarks = _strange_industries(context.network, newcomers)
    found = [receive(context, one) for one in newcomers]
    return [
        replace(each, notices=(remarks[industry], *each.notices)) if industry in remarks else each
        for each in found
        for industry in [each.newcomer.fields.get("industry")]
    ]


def _strange_industries(network: Network, newcomers: Sequence[Newcomer]) -> dict[str, Text]:
    """What is said of each industry told of that no organisation of the network has, with the likeliest that one has."""
    told = {one.fields["industry"]: None for one in newcomers if "industry" in one.fields}
    names = network[Organization].frame["industry"].drop_nulls().unique().sort()
    if names.is_empty():
        return {}  # nobody's industry was ever told
    known = Directory(pl.DataFrame({"id": names, "name": names, "aliases": names.clear(names.len())}))
    strange = pl.DataFrame({"industry": list(told)}, {"industry": pl.String})
    strange = strange.filter(known.find(strange["industry"])["nodes"] == 0)
    nearest = known.nearest(strange["industry"])
    nobody = Text("没有组织属于“{industry}”这个行业", "No organisation is of the industry '{industry}'")
    return {
        industry: _asked(nobody.format(industry=printable(industry, 60)), nearest.get(industry, ()))
        for industry in strange["industry"]
    }


def _asked(said: Text, near: Sequence[str]) -> Text:
    if not near:
        return Text(f"{said.zh}，请核对。", f"{said.en}: see that it is right.")
    back = asked_back(near)
    return Text(f"{said.zh}；{back.zh}", f"{said.en}. {back.en}")


def described(
    network: Network, rows: Sequence[Mapping[str, str | None]], file: str, numbers: Sequence[int] | None = None
) -> list[Newcomer]:
    """The newcomers that rows of text describe, by the names or titles of fields; authority and place by name or id.

    `file` is how messages call where they come from, `numbers` the row of each in it. Errors: `Refusal` for no rows or too many, a field that there is
    not, a value that means nothing, a name that is not found; the first mistake is told with its row.
    """
    if not 1 <= len(rows) <= MOST:
        message = Text(
            "{file}：有 {n} 条描述，须为 1 到 {most} 条。", "{file}: {n} descriptions; it must be 1 to {most}."
        )
        raise Refusal(message.format(file=file, n=len(rows), most=MOST), code="bad-number")
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


def from_file(network: Network, path: Path) -> list[Newcomer]:
    """The newcomers that a CSV, a workbook's sheet or JSON (one object, or a list) describes; errors as `described`."""
    if path.suffix.lower() == ".json":
        rows = _json(path)
        return described(network, rows, path.name, range(1, len(rows) + 1))
    return described(network, *_table(path))


def _field(head: str, file: str) -> str:
    key = header_key(head)
    for name, words in ENDS.items():
        plain = [word if isinstance(word, str) else word.zh for word in words]
        if key in {header_key(word) for word in (name, *plain)}:
            return name
    field = field_words(Organization.type_name).get(key)
    if field is not None and field != "id" and not is_personal_header(head):
        return field
    message = Text("{file}：没有字段“{head}”。", "{file}: there is no field '{head}'.")
    hint = Text(
        "可用：名称、登记备案、五类、法律形式、行业、管理方式、业务主管单位、街道、社区、正式党员数等，见 docs/schema.md。",
        "Known are name, track, category, legal_form, industry, registration, authority, street, community, full_members …: see docs/schema.md.",
    )
    shown = "…" if is_personal_header(head) else printable(head, 60)
    raise Refusal(message.format(file=file, head=shown), hint, code="unknown-field")


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
    if authority is not None and _plain(authority) in {_plain(word) for word in _NO_AUTHORITY}:
        authority = None
        values.setdefault("registration", Registration.DIRECT.value)
    if values.get("registration") == Registration.DIRECT.value and authority is not None:
        message = Text(
            "“{name}”是直接登记，却有业务主管单位。", "'{name}' registers directly, yet has a competent authority."
        ).format(name=name)
        raise Refusal(message, Text("请去掉其中一项。", "Leave out one of the two."), code="contradiction")
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


def _table(path: Path) -> tuple[list[dict[str, str | None]], str, list[int]]:
    """The rows below the header of the first table, what the file is called, and where each row stands."""
    grid = next(iter(read_files([path]).values()))[0]
    filled = [(number, row) for number, row in zip(grid.rows, grid.frame.iter_rows(), strict=True) if any(row)]
    heads = filled[0][1] if filled else ()
    named = [(place, head) for place, head in enumerate(heads) if head]
    _once([head for _, head in named], path.name)
    rows = [{head: row[place] for place, head in named} for _, row in filled[1:]]
    return rows, path.name, [number for number, _ in filled[1:]]


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


# --- for programs ---


def plain(context: Context, found: Reception) -> dict[str, Any]:
    """One answer for programs: every topic with verdict, bodies, reasons and clauses, papers with their days."""
    network = context.network
    return {
        "name": found.newcomer.name,
        "revision": network.stamp.revision,
        "as_of": network.stamp.as_of,
        "today": context.today,
        "policy": context.values.policy,
        "policy_digest": context.values.digest,
        "stored": False,
        "advice": [
            {
                "topic": advice.topic.value,
                "topic_title": advice.topic.title,
                "verdict": advice.verdict.value,
                "kind": advice.kind,
                "title": advice.title,
                "bodies": [{"node": str(key), "name": name_of(network, key)} for key in advice.bodies],
                "clauses": advice.clauses,
                "reasons": [_reason(reason) for reason in advice.reasons],
                "runner_up": advice.runner_up,
                "missing": advice.missing,
                "cheapest": advice.cheapest,
            }
            for advice in found.advice
        ],
        "due": [{"what": p.what, "clause": p.clause, "by": p.on} for p in found.due],
        "later": [{"what": p.what, "clause": p.clause, "from": p.on} for p in found.later],
        "notices": found.notices,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {"rule": reason.rule, "text": reason.text, "clause": reason.clause, "hard": reason.hard, "cost": reason.cost}
