"""Who should answer for a newcomer, by which rule, and what does one registration more tip? (J7-J9, N15)."""

from __future__ import annotations

import numpy as np
import polars as pl

from graphmodel.parameters import GroupBy
from graphmodel.paths import NodeKey
from graphmodel.schema.nodes import Authority, Community, Organization, Street
from graphmodel.text import Text
from planning import rules
from planning.newcomer import Advice, Newcomer, Topic, Verdict
from planning.plan import Reason
from planning.rule import Rule
from queries.context import Context
from queries.places import community_of, street_of
from queries.responsibility import Mode, due_bodies, named, responsibility
from queries.vertical_groups import DUE_WHERE_LARGE, GROUP_BY, LICENCE, MINIMUM, groups

TOO_FEW = Rule(
    "group-too-small",
    Text("同类不足规定家数的不归主管单位", "an authority with too few of a kind does not answer"),
    Text(
        "{body}主管的同类组织算上它有{n}家，不足{least}家",
        "with it {body} has {n} organisations of its kind, fewer than {least}",
    ),
    "J7",
)
TIPS = Rule(
    "group-tipped",
    Text("再登记一家就够数的，全组改由主管单位负责", "one registration more hands the whole group over"),
    Text(
        "算上它正好达到{least}家：同组其余{n}家也改由其条管",
        "with it there are just {least}: the other {n} of the group are handed over too",
    ),
    "J7",
)
NOT_DUAL = Rule(
    "not-dual",
    Text("直接登记的没有业务主管单位", "who registers directly has no competent authority"),
    Text("直接登记，没有业务主管单位", "it registers directly: there is no competent authority"),
    "N15",
)
FILED = Rule(
    "filed-territorial",
    Text("备案的由街道社区负责", "street and community answer for filed ones"),
    Text("备案组织不实行双重管理，属地负责", "it is filed, so not under dual management: its street answers"),
    "J8",
)
COMMITTEE = Rule(
    "industry-committee",
    Text("直接登记的归社会组织行业党委", "directly registered ones belong to the industry Party committee"),
    Text("本政策中直接登记的归行业党委", "by this policy directly registered ones belong to the industry committee"),
    "J2",
)

_ANSWERS = Text("{mode}：{body}", "{mode}: {body}")
_WITH = Text("{mode}：{body}指导，{community}负责", "{mode}: {body} guides, {community} answers")
_NOWHERE = Text("{mode}，所在街道和社区不详", "{mode}; its street and community are not known")
_CANNOT = Text("不能判定由谁负责", "who should answer cannot be told")
_ELSE_PLACE = Text("同类不够数时为属地归口：{body}", "were its kind too few, its street would answer: {body}")
_ELSE_AUTHORITY = Text("同类再增加{n}家即由{body}条管", "{n} more of its kind, and {body} would supervise")


def duty(context: Context, key: NodeKey, newcomer: Newcomer) -> Advice:
    """Who should answer for the organisation `key` of the context, as `queries.responsibility` says.

    Cost: the groups of the whole network, which its memo keeps.
    """
    row = int(context.network[Organization].find([key.id])[0])
    due = responsibility(context)
    mode = list(Mode)[int(due.mode[row])]
    group = _group(context, row)
    missing = _missing(context, newcomer, mode)
    if mode is Mode.CANNOT_TELL:
        return Advice(Topic.RESPONSIBILITY, Verdict.CANNOT_TELL, _CANNOT, (), mode.value, missing=missing)
    body = due_bodies(context).row(row, named=True)
    community = named(context, Community, due.community[[row]]).row(0, named=True)
    bodies = tuple(NodeKey(one["body_type"], one["body_id"]) for one in (body, community) if one["body_id"] is not None)
    verdict = Verdict.TOLD if bodies else Verdict.CANNOT_TELL
    title = _title(mode, body["body_name"], community["body_name"])
    reasons = _reasons(newcomer, mode, group, body["body_name"], community["body_name"])
    instead = _instead(context, row, mode, group)
    return Advice(Topic.RESPONSIBILITY, verdict, title, bodies, mode.value, reasons, instead, missing)


def _title(mode: Mode, body: str | None, community: str | None) -> Text:
    if body is None:
        return _NOWHERE.format(mode=mode.title)
    if community is None:
        return _ANSWERS.format(mode=mode.title, body=body)
    return _WITH.format(mode=mode.title, body=body, community=community)


class _Group:
    """The group that the newcomer makes one larger: its authority's name, size with it (at least), and from how many it counts.

    `others` how many beside it fall to the authority where the group is large enough.
    """

    def __init__(self, context: Context, place: int) -> None:
        found, licences = groups(context), LICENCE.edges(context)
        number = int(found.of_licence[place])
        self.authority = str(named(context, Authority, licences.target[[place]])["body_name"][0])
        self.size = int(found.size.lo[number])
        least = MINIMUM.of(context)
        assert isinstance(least, int)
        self.least = least
        same = licences.source[found.of_licence == number]
        falls = DUE_WHERE_LARGE.evaluate(context.network[Organization], context).yes
        self.others = int(falls[same].sum()) - 1


def _group(context: Context, row: int) -> _Group | None:
    """The newcomer's group; None without an authority or where the kind is not known."""
    places = np.flatnonzero(LICENCE.edges(context).source == row)
    if not len(places) or groups(context).of_licence[places[0]] < 0:
        return None
    return _Group(context, int(places[0]))


def _reasons(
    newcomer: Newcomer, mode: Mode, group: _Group | None, body: str | None, community: str | None
) -> tuple[Reason, ...]:
    found: list[Reason] = []
    fields = newcomer.fields
    if fields.get("track") == "filed":
        found.append(FILED.reason())
    elif fields.get("registration") == "direct":
        found.append(NOT_DUAL.reason())
    elif group is not None and mode is Mode.TERRITORIAL:
        found.append(TOO_FEW.reason(body=group.authority, n=group.size, least=group.least))
    if mode is Mode.VERTICAL and group is not None:
        found.append(rules.DUE_VERTICAL.reason(body=group.authority, n=group.size, least=group.least))
        if group.size == group.least:
            found.append(TIPS.reason(least=group.least, n=group.others))
    if mode is Mode.INDUSTRY_COMMITTEE:
        found.append(COMMITTEE.reason())
    if mode is Mode.TERRITORIAL and body is not None:
        found.append(rules.DUE_STREET.reason(body=body))
    if community is not None:
        found.append(rules.DUE_COMMUNITY.reason(body=community))
    return tuple(found)


def _instead(context: Context, row: int, mode: Mode, group: _Group | None) -> Text | None:
    if group is None:
        return None
    if mode is Mode.TERRITORIAL and group.size < group.least:
        return _ELSE_AUTHORITY.format(n=group.least - group.size, body=group.authority)
    if mode is Mode.VERTICAL:
        street = named(context, Street, street_of(context, Organization)[[row]])["body_name"]
        community = named(context, Community, community_of(context, Organization)[[row]])["body_name"]
        place = pl.concat([street, community]).drop_nulls().to_list()
        return _ELSE_PLACE.format(body="、".join(place)) if place else None
    return None


_KIND_FIELD = {GroupBy.AUTHORITY_INDUSTRY.value: "industry", GroupBy.AUTHORITY_CATEGORY.value: "category"}
_STREET = Text("所在街道或社区", "street or community")
_COMMUNITY = Text("所在社区（由它负责）", "its community, which is to answer")
_AUTHORITY = Text("业务主管单位", "competent authority")


def _missing(context: Context, newcomer: Newcomer, mode: Mode) -> tuple[Text, ...]:
    """The facts that would tell who answers, or where."""
    columns = Organization.columns
    lacks = []
    if mode is Mode.CANNOT_TELL:
        kind = _KIND_FIELD.get(context.values.word(GROUP_BY.name))
        asked = ["track", *(["registration"] if newcomer.authority is None else []), *([kind] if kind else [])]
        lacks = [columns[name].title for name in asked if newcomer.fields.get(name) is None]
        lacks += [_AUTHORITY] if newcomer.authority is None else []
    if newcomer.street is None and newcomer.community is None and mode in (Mode.CANNOT_TELL, Mode.TERRITORIAL):
        lacks.append(_STREET)
    elif newcomer.community is None and mode is Mode.TERRITORIAL:
        lacks.append(_COMMUNITY)
    return tuple(lacks)
