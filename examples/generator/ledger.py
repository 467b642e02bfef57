"""What does the staff's ledger of the example look like? A workbook with stacked headers, merged cells, ticks and oddities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

from examples.generator.bodies import name_of
from examples.generator.model import Example, Organization
from examples.generator.names import SUFFIXES
from graphmodel import choices
from graphmodel.declare import Choice

LEDGER_SHEET, BASICS_SHEET = "社会组织党建台账", "基本信息"
PLACEHOLDER = "（示例，不导入）"
Value = str | int | None
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_HEADER_ROWS = 3


class Field(NamedTuple):
    """One column: its stacked headers and what a row says in it."""

    headers: tuple[str, ...]
    value: Callable[[Example, Organization], Value]
    total: bool = False


def write_ledger(example: Example, path: Path) -> None:
    """Write the workbook; the same bytes for the same example."""
    with xlsxwriter.Workbook(path, {"in_memory": True, "constant_memory": False}) as book:
        book.set_properties({"created": dt.datetime(2016, 6, 12), "title": "生成的示例台账 / generated example"})  # noqa: DTZ001
        bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1})
        _ledger_sheet(example, book.add_worksheet(LEDGER_SHEET), bold)
        _basics_sheet(example, book.add_worksheet(BASICS_SHEET), bold)


def _ledger_sheet(example: Example, sheet: xlsxwriter.worksheet.Worksheet, bold: xlsxwriter.format.Format) -> None:
    sheet.merge_range(0, 0, 0, len(FIELDS) - 1, "锦江区社会组织党建台账（生成的示例，非真实数据）", bold)
    for depth, column, height, width, text in _header_cells():
        if height > 1 or width > 1:
            sheet.merge_range(1 + depth, column, depth + height, column + width - 1, text, bold)
        else:
            sheet.write_string(1 + depth, column, text, bold)
    first = 1 + _HEADER_ROWS
    ordered = ordered_organizations(example)
    for k, o in enumerate(ordered):
        for column, field in enumerate(FIELDS):
            _write(sheet, first + k, column, field.value(example, o), as_text=k % 9 == 4)
    _merge_joints(example, sheet, ordered, first, bold)
    last = first + len(ordered)
    sheet.write_string(last, 0, "合计")
    for column, field in enumerate(FIELDS):
        if field.total:
            values = [field.value(example, o) for o in ordered]
            sheet.write_number(last, column, sum(v for v in values if isinstance(v, int)))
    sheet.write_string(last + 1, 0, "填表人：          单位盖章：          填表日期：2016年6月12日")
    sheet.freeze_panes(first, 1)
    sheet.set_column(0, 3, 24)


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: Value, *, as_text: bool = False
) -> None:
    if isinstance(value, int) and not as_text:
        sheet.write_number(row, column, value)
    elif value not in {None, ""}:
        sheet.write_string(row, column, str(value))


def _header_cells() -> Iterator[tuple[int, int, int, int, str]]:
    """Depth, column, height, width and text of each header cell: groups merged sideways, short stacks downwards."""
    stacks = [(column, field.headers) for column, field in enumerate(FIELDS)]
    for depth in range(_HEADER_ROWS):
        there = [(column, h) for column, h in stacks if len(h) > depth]
        for _, run in groupby(enumerate(there), key=lambda item: (item[1][0] - item[0], item[1][1][: depth + 1])):
            cells = [cell for _, cell in run]
            column, headers = cells[0]
            height = _HEADER_ROWS - depth if len(headers) == depth + 1 else 1
            yield depth, column, height, len(cells), headers[depth]


def ordered_organizations(example: Example) -> list[Organization]:
    """The order of the ledger: registered first, the members of one joint branch together, then by street and name."""
    return sorted(
        example.organizations,
        key=lambda o: (
            not o.registered,
            o.cover != "joint",
            o.branch if o.cover == "joint" else "",
            o.street or "",
            o.name,
            o.id,
        ),
    )


def _merge_joints(
    example: Example,
    sheet: xlsxwriter.worksheet.Worksheet,
    ordered: list[Organization],
    first: int,
    bold: xlsxwriter.format.Format,
) -> None:
    """The name of a joint branch stands once, merged over its organisations."""
    column = next(k for k, field in enumerate(FIELDS) if field.headers[-1] == "联合支部名称")
    names = {b.id: b.name for b in example.joints}
    row = first
    for branch, run in groupby(ordered, key=lambda o: o.branch if o.cover == "joint" else None):
        height = len(list(run))
        if branch is not None and height > 1:
            sheet.merge_range(row, column, row + height - 1, column, names[branch], bold)
        row += height


def _month(day: dt.date | None) -> Value:
    return f"{day.year}.{day.month}" if day else None


def _tick(flag: bool | None) -> Value:
    return None if flag is None else "√" if flag else "否"


def _name(_: Example, o: Organization) -> Value:
    return o.name + "  " if len(o.id) % 3 == 0 and "中心" in o.name else o.name


def _address(example: Example, o: Organization) -> Value:
    if o.street is None:
        return None
    community = o.community.split(":")[1] if o.community else ""
    return f"锦江区{example.street_name(o.street)}{community}"


def _code(_: Example, o: Organization) -> Value:
    text = o.code or o.number
    return text.translate(_FULL_WIDTH) if text and text.endswith("7") else text


def _kind_of_association(word: str) -> Callable[[Example, Organization], Value]:
    kinds = {
        "行业性": ("行业商会",),
        "学术性": ("科学技术",),
        "专业性": ("文化艺术", "体育健身"),
        "联合性": ("志愿服务", "慈善救助"),
    }
    assert all(i in SUFFIXES for industries in kinds.values() for i in industries)
    return lambda _, o: "√" if o.legal_form == "association" and o.industry in kinds[word] else None


def _level(_: Example, o: Organization) -> Value:
    if o.cover == "none":
        return None
    if o.cover == "joint":
        return "联合支部"
    return "临时党支部" if o.cover == "functional" else "党总支" if (o.members_here or 0) > 100 else "党支部"


def _superior(example: Example, o: Organization) -> Value:
    named = (r for r in example.rows.rows["PartyOrganization"] if r["id"] == o.superior and r["name"])
    return next((str(r["name"]) for r in named), None)


def _relation(_: Example, o: Organization) -> Value:
    if o.cover == "none":
        return None
    if not o.registered:
        return "属地管理"
    return "业务主管部门" if o.authority else "行业管理"


def _reason(_: Example, o: Organization) -> Value:
    return _word(choices.NoPartyReason, o.reason) if o.cover == "none" else None


def _joint_name(example: Example, o: Organization) -> Value:
    return next((b.name for b in example.joints if b.id == o.branch), None) if o.cover == "joint" else None


def _seat(_: Example, o: Organization) -> Value:
    return {"standalone": "法人单位", "functional": "法人单位", "joint": "联合党支部"}.get(o.cover)


def _has(example: Example, o: Organization) -> Value:
    del example
    return "否" if o.cover == "none" else "是"


def _personal(_: Example, __: Organization) -> Value:
    return PLACEHOLDER


def _personal_if(condition: Callable[[Organization], bool]) -> Callable[[Example, Organization], Value]:
    return lambda _, o: PLACEHOLDER if condition(o) else None


def _empty(_: Example, __: Organization) -> Value:
    return None


def _elsewhere(_: Example, o: Organization) -> Value:
    return o.elsewhere


def _staff(leaders: bool, full_time: bool) -> Callable[[Example, Organization], Value]:
    def count(_: Example, o: Organization) -> int:
        some = min(3, o.staff) if leaders else o.staff - min(3, o.staff)
        return some - some // 3 if full_time else some // 3

    return count


FIELDS: tuple[Field, ...] = (
    Field(("社会组织名称",), _name),
    Field(("单位地址",), _address),
    Field(("登记证号",), _code),
    Field(("业务主管单位",), lambda _, o: o.authority_written),
    Field(("联系电话",), _personal),
    Field(("从业人员数", "合计"), lambda _, o: o.staff, total=True),
    Field(("从业人员数", "领导成员", "专职"), _staff(leaders=True, full_time=True), total=True),
    Field(("从业人员数", "领导成员", "兼职"), _staff(leaders=True, full_time=False), total=True),
    Field(("从业人员数", "工作人员", "专职"), _staff(leaders=False, full_time=True), total=True),
    Field(("从业人员数", "工作人员", "兼职"), _staff(leaders=False, full_time=False), total=True),
    *(Field(("组织类别", word), _kind_of_association(word)) for word in ("学术性", "行业性", "专业性", "联合性")),
    Field(("法定代表人", "姓名"), _personal),
    Field(("法定代表人", "政治面貌"), _personal),
    Field(("党组织设置", "是/否"), _has),
    Field(("党建指导员", "姓名"), _personal_if(lambda o: bool(o.posts))),
    Field(("党建指导员", "单位"), _empty),
    Field(("组织建制",), _level),
    Field(("建立党组织时间",), lambda _, o: _month(o.founded) if o.cover != "none" else None),
    Field(("审批单位",), _superior),
    Field(("党组织隶属关系",), _relation),
    *(
        Field(("党组织负责人", word), _personal_if(lambda o: o.cover != "none"))
        for word in ("姓名", "电话", "社会组织职务", "原工作单位及职务")
    ),
    Field(("未建立党组织原因",), _reason),
    Field(("党员人数", "合计"), lambda _, o: o.members, total=True),
    *(
        Field(("党员人数", who, how), _empty)
        for who in ("领导班子", "工作人员")
        for how in ("专职已转", "专职未转", "兼职")
    ),
    Field(("组织关系", "在社会组织"), lambda _, o: o.members_here, total=True),
    *(
        Field(("组织关系", place), _elsewhere if place == "在原工作单位" else _empty, total=place == "在原工作单位")
        for place in ("在业务主管单位", "在挂靠单位", "在属地党组织", "在原工作单位", "在其他单位")
    ),
    *(Field(("发展党员", word), _empty) for word in ("申请入党人数", "入党积极分子人数", "发展对象人数")),
    Field(("群团组织组建情况", "工会"), lambda _, o: _tick(o.union)),
    Field(("群团组织组建情况", "共青团"), lambda _, o: _tick(o.league)),
    Field(("群团组织组建情况", "妇联"), lambda _, o: _tick(o.women)),
    Field(("群团组织组建情况", "其他"), _empty),
    Field(("覆盖", "是否兼合式党组织"), lambda _, o: "是" if o.cover == "functional" else None),
    Field(("覆盖", "联合支部名称"), _joint_name),
    Field(("覆盖", "拟建党组织日期"), lambda _, o: _month(o.planned_for)),
    Field(("覆盖", "党组织所在单位情况"), _seat),
)


def _word(kind: type[Choice], value: str | None) -> Value:
    return next((member.title.zh for member in kind if member.value == value), None)


BASICS: tuple[tuple[str, Callable[[Example, Organization], Value]], ...] = (
    ("社会组织名称", lambda _, o: o.name),
    ("统一社会信用代码", lambda _, o: o.code),
    ("登记证号", lambda _, o: o.number),
    ("登记备案", lambda _, o: _word(choices.Track, o.track)),
    ("五类", lambda _, o: _word(choices.Category, o.category)),
    ("法律形式", lambda _, o: _word(choices.LegalForm, o.legal_form)),
    ("行业", lambda _, o: o.industry),
    ("街道", lambda e, o: o.street and e.street_name(o.street)),
    ("社区", lambda _, o: name_of(o.community) if o.community else None),
    ("状态", lambda _, o: _word(choices.Status, o.status)),
    ("成立登记日期", lambda _, o: o.registered_on.isoformat()),
    ("管理方式", lambda _, o: _word(choices.Registration, o.registration)),
    ("评估等级", lambda _, o: o.grade),
    ("评估年度", lambda _, o: o.grade_year),
    ("正式党员数", lambda _, o: o.full),
    ("预备党员数", lambda _, o: o.probationary),
    ("组织关系在外党员数", _elsewhere),
)


def _basics_sheet(example: Example, sheet: xlsxwriter.worksheet.Worksheet, bold: xlsxwriter.format.Format) -> None:
    for column, (header, _) in enumerate(BASICS):
        sheet.write_string(0, column, header, bold)
    for row, o in enumerate(ordered_organizations(example), start=1):
        for column, (_, value) in enumerate(BASICS):
            _write(sheet, row, column, value(example, o))
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 1, 24)
