"""Which parameters exist? Every threshold, target, ceiling and switch of the rules: name, titles, kind and range.

Values, clauses and dates stand in `policies/*.toml`, never here. A parameter is one entry of `PARAMETERS`.
"""

from __future__ import annotations

import datetime as dt
import enum
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from graphmodel.choices import Grade, StationKind
from graphmodel.declare import Choice
from graphmodel.schema.units import PEOPLE, UNITS, YUAN
from graphmodel.text import Text

Kind = Literal["integer", "number", "flag", "choice", "table", "date", "text"]
Value = bool | int | float | str | dt.date | Mapping[str, str]


class Reading(Choice):
    """How a threshold worded with "over" is read (J7, N5)."""

    MORE_THAN = "more-than", "超过（不含本数）", "more than"
    AT_LEAST = "at-least", "达到（含本数）", "at least"


class GroupBy(Choice):
    """What "of the same kind under one authority" groups by (J7)."""

    AUTHORITY_INDUSTRY = "authority-industry", "按主管单位和行业", "authority and industry"
    AUTHORITY_CATEGORY = "authority-category", "按主管单位和五类", "authority and category"
    AUTHORITY = "authority", "仅按主管单位", "authority alone"


class Denominator(Choice):
    """Whom the rates are a share of (N13)."""

    REGISTERED_OPERATING = "registered-operating", "登记且正常运行", "registered and operating"
    REGISTERED_ALL = "registered-all", "全部登记（含停止活动）", "all registered, inactive included"
    INCLUDE_FILED = "include-filed", "登记和备案，正常运行", "registered and filed, operating"


class GradeScheme(Choice):
    """For how long a grade holds (J16, N8). `GRADE_YEARS` gives the years."""

    ONE_YEAR = "one-year", "每年评估，一年有效", "graded each year, valid for one"
    FIVE_YEARS = "five-years", "五年有效", "valid for five years"
    CALENDAR_FIVE_YEARS = (
        "calendar-five-years",
        "次年1月1日起至第五年12月31日",
        "1 January of the next year to 31 December of the fifth",
    )


class DirectHome(Choice):
    """Where a directly registered organisation belongs (J2, N15)."""

    STREET = "street", "街道", "the street"
    INDUSTRY_COMMITTEE = "industry-committee", "社会组织行业党委", "the industry Party committee"


class ReviewYear(Choice):
    """Which year the yearly questions look at."""

    AS_OF_YEAR = "as-of-year", "截止日期所在年度", "the year of the as-of date"
    PREVIOUS_YEAR = "previous-year", "上一年度", "the year before"


GRADE_YEARS = {GradeScheme.ONE_YEAR: 1, GradeScheme.FIVE_YEARS: 5, GradeScheme.CALENDAR_FIVE_YEARS: 5}

YEARS, MONTHS, DAYS = Text("年", "years"), Text("个月", "months"), Text("天", "days")
WORKING_DAYS, HOPS, SHARE = (
    Text("个工作日", "working days"),
    Text("个相邻街道", "neighbouring streets"),
    Text("比例", "share"),
)
INSPECTIONS, MONTH = Text("次年检", "annual inspections"), Text("月", "month")


class Wrong(enum.StrEnum):
    """What may be wrong with a parameter's value: stable codes for programs."""

    TYPE = "wrong-type"
    RANGE = "out-of-range"
    CHOICE = "unknown-choice"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the policy.

    `unit` of the number; `ge`, `le` its range, bounds included; `choices` for kinds *choice* and *table* (a table
    maps a word to one of them); `pattern` for kind *text*; `not_above` names the parameter that this one may not
    exceed.
    """

    name: str
    title: Text
    kind: Kind
    unit: Text | None = None
    ge: float | None = None
    le: float | None = None
    choices: Mapping[str, Text] | None = None
    pattern: str | None = None
    not_above: str | None = None

    def check(self, value: object) -> tuple[Value, None] | tuple[None, tuple[Wrong, Text]]:
        """The value in its canonical type, or what is wrong with it: a code and the wording of what is expected."""
        match self.kind:
            case "flag" if isinstance(value, bool):
                return value, None
            case "integer" if isinstance(value, int) and not isinstance(value, bool):
                return (value, None) if self._in_range(value) else (None, (Wrong.RANGE, self._range()))
            case "number" if isinstance(value, int | float) and not isinstance(value, bool):
                in_range = not (isinstance(value, float) and math.isnan(value)) and self._in_range(value)
                return (float(value), None) if in_range else (None, (Wrong.RANGE, self._range()))
            case "date" if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
                return value, None
            case "text" if isinstance(value, str):
                fits = self.pattern is None or re.fullmatch(self.pattern, value)
                return (value, None) if fits else (None, (Wrong.RANGE, self._range()))
            case "choice" if isinstance(value, str):
                return (value, None) if value in self._choices() else (None, (Wrong.CHOICE, self._one_of()))
            case "table" if isinstance(value, Mapping) and all(isinstance(v, str) for v in value.values()):
                known = all(k and v in self._choices() for k, v in value.items())
                return (dict(value), None) if known else (None, (Wrong.CHOICE, self._one_of()))
        return None, (Wrong.TYPE, _EXPECTED[self.kind])

    def _choices(self) -> Mapping[str, Text]:
        return self.choices or {}

    def _in_range(self, value: float) -> bool:
        return (self.ge is None or value >= self.ge) and (self.le is None or value <= self.le)

    def _range(self) -> Text:
        if self.pattern is not None:
            return Text(f"须符合格式 {self.pattern}", f"it must have the form {self.pattern}")
        return Text(f"须在 {self.ge:g} 到 {self.le:g} 之间", f"it must be from {self.ge:g} to {self.le:g}")

    def _one_of(self) -> Text:
        zh = "、".join(f"{value}（{text.zh}）" for value, text in self._choices().items())
        return Text(f"可用的值：{zh}", f"known values: {', '.join(self._choices())}")


_EXPECTED: dict[Kind, Text] = {
    "integer": Text("须是整数，例如 3", "it must be a whole number, such as 3"),
    "number": Text("须是数，例如 0.95", "it must be a number, such as 0.95"),
    "flag": Text("须是 true 或 false", "it must be true or false"),
    "choice": Text("须是引号中的词", "it must be a word in quotes"),
    "table": Text("须是对照表：词 = 值", "it must be a table: word = value"),
    "date": Text("须是日期，例如 2018-05-01", "it must be a date, such as 2018-05-01"),
    "text": Text("须是引号中的文字", "it must be a text in quotes"),
}


def _integer(
    name: str, zh: str, en: str, unit: Text, le: int, *, ge: int = 0, not_above: str | None = None
) -> Parameter:
    return Parameter(name, Text(zh, en), "integer", unit, ge, le, not_above=not_above)


def _share(name: str, zh: str, en: str) -> Parameter:
    return Parameter(name, Text(zh, en), "number", SHARE, 0, 1)


def _yuan(name: str, zh: str, en: str, *, not_above: str | None = None) -> Parameter:
    return Parameter(name, Text(zh, en), "number", YUAN, 0, 1e9, not_above=not_above)


def _flag(name: str, zh: str, en: str) -> Parameter:
    return Parameter(name, Text(zh, en), "flag")


def _choice(name: str, zh: str, en: str, choices: type[Choice]) -> Parameter:
    return Parameter(name, Text(zh, en), "choice", choices={c.value: c.title for c in choices})


_STATIONS = {kind.value: kind.title for kind in StationKind if kind is not StationKind.POINT}  # a point is set by hand
_DECLARED = (
    # whom the questions are about, and what counts
    Parameter("division_code", Text("本区行政区划代码", "division code of the district"), "text", pattern="[0-9]{6}"),
    _flag("inactive_in_scope", "停止活动的组织也在范围内", "inactive organisations are in scope"),
    _flag("strict_cover", "党组织隶属须通到区委才算覆盖", "cover counts only where the chain reaches the top"),
    _flag("functional_counts", "功能型党组织计入组织覆盖率", "functional Party organisations count in the coverage rate"),
    _flag("instructor_due_includes_filed", "应派未派包括备案组织", "filed organisations are due an instructor too"),
    _choice("coverage_denominator", "覆盖率的分母", "denominator of the rates", Denominator),
    _choice("review_year", "年度类问题所看年度", "year that yearly questions look at", ReviewYear),
    # targets
    _share("coverage_target", "组织覆盖率目标", "target of the coverage rate"),
    _share("standalone_target", "单建率目标", "target of the standalone rate"),
    # branches
    _integer("branch_min_members", "应建支部的正式党员数", "full members from which a branch is due", PEOPLE, 100, ge=1),
    _integer("branch_max_members", "一个支部的党员上限", "most members of a branch", PEOPLE, 1000, ge=1),
    _integer("joint_min_units", "联合支部最少家数", "fewest units of a joint branch", UNITS, 100, ge=2, not_above="joint_max_units"),
    _integer("joint_max_units", "联合支部最多家数", "most units of a joint branch", UNITS, 100, ge=2),
    _integer("joint_min_members", "联合支部合计最少正式党员", "fewest full members of a joint branch together", PEOPLE, 100, ge=1),
    _integer("joint_max_hops", "联合支部内最远相隔", "how far apart the units of a joint branch may be", HOPS, 100),
    _integer("branch_committee_min_members", "设支委会的党员数", "members from which a branch has a committee", PEOPLE, 1000, ge=1),
    _integer("branch_term_years", "支委会任期", "term of a branch committee", YEARS, 20, ge=1),
    _integer("community_branch_term_years", "村、社区支委会任期", "term of a community branch's committee", YEARS, 20, ge=1),
    _integer("general_branch_members", "设党总支的党员数", "members for a general branch", PEOPLE, 10_000, ge=1, not_above="party_committee_members"),
    _integer("party_committee_members", "设党委的党员数", "members for a Party committee", PEOPLE, 10_000, ge=1),
    _choice("upgrade_reading", "升格人数的读法", "how the numbers for an upgrade are read", Reading),
    # responsibility
    _integer("vertical_threshold", "同类归口家数", "organisations of a kind for vertical mode", UNITS, 10_000),
    _choice("vertical_threshold_reading", "“超过10家以上”的读法", "how \"over ten\" is read", Reading),
    _choice("vertical_group_by", "“同类”的分组", "what \"of the same kind\" groups by", GroupBy),
    _integer("near_threshold_margin", "临界差额", "distance from the threshold that is near", UNITS, 1000, ge=1),
    _choice("direct_registration_home", "直接登记组织的归口", "where directly registered organisations belong", DirectHome),
    # guidance
    _integer("instructor_max_load", "一名指导员最多联系家数", "most organisations per instructor", UNITS, 1000, ge=1),
    Parameter("station_kind_by_industry", Text("行业对应的指导站类型", "station kind by industry"), "table", choices=_STATIONS),
    Parameter("station_kind_otherwise", Text("其他行业的指导站类型", "station kind of any other industry"), "choice", choices=_STATIONS),
    # incubation
    _integer("demonstration_min", "示范党组织最少个数", "fewest demonstration Party organisations", UNITS, 1000, not_above="demonstration_max"),
    _integer("demonstration_max", "示范党组织最多个数", "most demonstration Party organisations", UNITS, 1000),
    _integer("incubation_term_years", "临时孵化期限", "term of temporary incubation", YEARS, 20, ge=1),
    _integer("hub_reach_hops", "孵化平台可及范围", "how far a platform reaches", HOPS, 100),
    # alliance and dependence
    _integer("single_point_min_loss", "枢纽依赖起算家数", "fewest organisations lost that make a single point of failure", UNITS, 100_000, ge=1),
    # grades, purchases, start-ups
    _choice("ceiling_grade", "“三无”组织不得评为此等级及以上", "grade that three-none organisations may not reach", Grade),
    _choice("purchase_min_grade", "承接政府购买的最低等级", "lowest grade that may take government purchase", Grade),
    _choice("grade_scheme", "等级有效期", "validity of a grade", GradeScheme),
    _integer("grade_expiring_months", "等级到期提前提醒", "notice before a grade ends", MONTHS, 60),
    _integer("startup_assessment_years", "初创满多少年考核", "years before the start-up assessment", YEARS, 20),
    _integer("startup_new_years", "登记多少年内算初创", "years for which an organisation is new", YEARS, 20, ge=1),
    _yuan("startup_min_yuan", "初创扶持最低金额", "least start-up support", not_above="startup_max_yuan"),
    _yuan("startup_max_yuan", "初创扶持最高金额", "most start-up support"),
    # money and training
    _yuan("training_yuan_per_member", "每名党员教育培训经费", "training money a member"),
    _share("dues_return_rate", "党费返还比例", "share of dues returned"),
    _integer("untrained_years", "多少年未参训", "years without training", YEARS, 20, ge=1),
    # registration, credit and data
    _integer("handover_working_days", "登记后移交时限", "working days to hand over after registration", WORKING_DAYS, 365),
    _integer("newly_registered_days", "新登记跟进期", "days for which an organisation is newly registered", DAYS, 3650, ge=1),
    Parameter("registration_material_from", Text("登记时须交党建材料的起始日", "registered from this day: Party-building material is due"), "date"),
    Parameter("charter_clause_from", Text("章程须有党建条款的起始日", "registered from this day: a charter clause is due"), "date"),
    _integer("annual_report_due_month", "上年度年检年报截止月", "month by whose end last year's inspection is due", MONTH, 12, ge=1),
    _integer("inactive_inspections", "连续未年检次数", "annual inspections missed in a row", INSPECTIONS, 20, ge=1),
    _integer("inactive_first_activity_years", "取得证书后未开展活动年数", "years without activity since the certificate", YEARS, 20, ge=1),
    _integer("inactive_activity_years", "未开展章程业务年数", "years without business within the charter", YEARS, 20, ge=1),
    _integer("abnormal_risk_months", "应建未建多久有列入异常风险", "months unmet that risk the abnormal list", MONTHS, 120, ge=1),
    # accountability
    _integer("scorecard_min_denominator", "参加排名的最小分母", "smallest denominator that is ranked", UNITS, 10_000),
    _integer("case_due_soon_days", "整改期限临近提醒", "days before its deadline in which a case is due soon", DAYS, 365),
)  # fmt: skip

PARAMETERS: dict[str, Parameter] = {parameter.name: parameter for parameter in _DECLARED}
"""Every parameter by name, in the order of `docs` and forms."""
