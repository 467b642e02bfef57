"""Which papers does a newcomer owe and by when, and what may it ask for later? (N7, J5, J14, J16, J17)."""

from __future__ import annotations

import calendar
import datetime as dt

from dateutil.relativedelta import relativedelta

from graphmodel.text import Text
from planning.newcomer import Newcomer, Paper
from queries.context import Context
from queries.credit import handover_deadline

HOLIDAYS = Text(
    "工作日只除去周六、周日；法定节假日和调休不在政策参数中：遇放假请顺延，周末调休上班的请提前。",
    "Working days leave out Saturdays and Sundays only. Public holidays and shifted days are in no parameter of the policy: "
    "a holiday puts the day off, and a weekend that is worked brings it forward.",
)
NO_DAY = Text("没有给出登记日期，按今天计算。", "No day of registration is given: today is taken.")
FILED = Text(
    "备案组织不经登记机关登记，没有登记材料和移交期限；由街道、社区备案时一并了解党员情况。",
    "A filed one is not registered: it has no papers of registration, and no day to hand them over. Street and community ask about members when they file it.",
)
UNKNOWN_TRACK = Text(
    "登记或备案不详：下列材料按登记类列出。",
    "Whether registered or filed is not known: papers are those of a registered one.",
)


def papers(context: Context, newcomer: Newcomer) -> tuple[tuple[Paper, ...], tuple[Paper, ...], tuple[Text, ...]]:
    """What is due by when, what may be asked for later and from when, and notices on both.

    The three synchronisations of N7: at registration, in the annual report, in the rating.
    """
    values, fields = context.values, newcomer.fields
    day: dt.date = fields.get("registered_on") or context.today
    filed = fields.get("track") == "filed"
    if filed:
        return (), (Paper(_COMMISSION, "J4"),), (FILED,)
    due = [Paper(_HANDOVER, "N7", handover_deadline(context, day))]
    notices = [HOLIDAYS, *([] if fields.get("registered_on") else [NO_DAY])]
    if fields.get("track") is None:
        notices.append(UNKNOWN_TRACK)
    if day >= values.date("registration_material_from"):
        due.insert(0, Paper(_MATERIAL, "N7", day))
    if day >= values.date("charter_clause_from"):
        due.insert(0, Paper(_CHARTER, "N7", day))
    month = values.integer("annual_report_due_month")
    due.append(Paper(_REPORT, "N7", dt.date(day.year + 1, month, calendar.monthrange(day.year + 1, month)[1])))
    assessed = day + relativedelta(years=values.integer("startup_assessment_years"))
    due.append(Paper(_RATING, "N7"))
    least, most = (int(values.number(name)) for name in ("startup_min_yuan", "startup_max_yuan"))
    grade = values.word("purchase_min_grade")
    later = (
        Paper(_STARTUP.format(least=f"{least:,}", most=f"{most:,}"), "J17", assessed),
        Paper(_PURCHASE.format(grade=grade), "J17"),
        Paper(_TRAINING.format(yuan=int(values.number("training_yuan_per_member"))), "J14"),
    )
    return tuple(due), later, tuple(notices)


_HANDOVER = Text("登记机关把材料移交责任单位", "the registrar hands the papers over to the responsible body")
_MATERIAL = Text(
    "登记同步：党建工作承诺书、党员情况调查表", "at registration: Party-building pledge and survey of members"
)
_CHARTER = Text("登记同步：章程载明党的建设条款", "at registration: a Party-building clause in the charter")
_REPORT = Text("年检年报同步：首个年度的党建部分", "with the annual report: the Party-building part of its first year")
_RATING = Text(
    "评估同步：申请等级评估时的党建部分", "with the rating: the Party-building part, when it applies for a grade"
)
_STARTUP = Text(
    "初创扶持 {least}–{most} 元：满期考核合格后",
    "start-up support of {least}–{most} yuan: once its assessment is passed",
)
_PURCHASE = Text("承接政府购买：评为 {grade} 及以上", "government purchase: with grade {grade} or above")
_TRAINING = Text("党员教育培训经费：每名党员 {yuan} 元", "training money: {yuan} yuan a member")
_COMMISSION = Text("承接街道、社区委托的党建项目", "Party-building projects commissioned by street and community")
