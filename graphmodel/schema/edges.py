"""Who stands how to whom? Every edge type and its fields (clauses J1-J18 and N1-N15); all else is derived from here.

Every field may be unknown, and unknown is never 0 or "no".
"""

from __future__ import annotations

import datetime as dt

from graphmodel import choices as c
from graphmodel.declare import Edge, column
from graphmodel.schema.nodes import (
    Alliance,
    Authority,
    Community,
    Fund,
    GoverningBody,
    GuidanceStation,
    Hub,
    InstructorPost,
    Organization,
    Partner,
    PartyOrganization,
    PolicyDocument,
    Project,
    Street,
    TrainingProgramme,
    Venue,
)
from graphmodel.schema.units import HOURS, PIECES, POINTS, TIMES, YEAR, YUAN
from graphmodel.text import Text


class Stated(Edge):
    """A relation that is planned first and actual once it is confirmed; only actual ones count."""

    state: c.State | None = column("落实状态", "state: planned or actual")
    responsible_body: str | None = column("责任单位", "responsible body")
    deadline: dt.date | None = column("完成时限", "deadline", "拟建党组织日期")
    since: dt.date | None = column("起始日期", "since")
    approval_number: str | None = column("批复文号", "approval number")


_PLACED = (Organization, PartyOrganization, Hub, GuidanceStation, InstructorPost, Venue)


class LocatedIn(
    Edge,
    zh="位于",
    en="located in",
    reverse=Text("辖有", "contains"),
    one_target="enforced",
    pairs=tuple((t, p) for t in _PLACED for p in (Community, Street)),
):
    """Where something is: its community, or its street where the community is unknown."""


class PartOf(
    Edge,
    zh="隶属街道",
    en="part of",
    reverse=Text("下辖", "consists of"),
    pairs=((Community, Street),),
    one_target="enforced",
):
    """The street a community belongs to."""


class Neighbours(Edge, zh="相邻", en="neighbours", pairs=((Street, Street),), undirected=True):
    """Two streets that border on each other."""


class SucceededBy(
    Edge,
    zh="调整为",
    en="succeeded by",
    reverse=Text("由其调整而来", "succeeds"),
    pairs=((Street, Street), (Community, Community)),
):
    """What a street or community became when boundaries changed."""

    on: dt.date | None = column("调整日期", "date of the change")
    inferred: bool | None = column("推断", "inferred, not documented")


class LicensedBy(
    Edge,
    zh="业务主管",
    en="licensed by",
    reverse=Text("主管", "licenses"),
    one_target="expected",
    pairs=((Organization, Authority),),
):
    """The competent authority on the organisation's certificate (J7, N15)."""


class Supervises(
    Stated,
    zh="条管",
    en="supervises",
    reverse=Text("由其条管", "supervised by"),
    one_source="expected",
    pairs=((Authority, Organization),),
):
    """Vertical responsibility: the authority's Party organisation answers (J7)."""


class Guides(
    Stated,
    zh="属地指导",
    en="guides",
    reverse=Text("受属地指导", "guided by"),
    one_source="expected",
    pairs=((Street, Organization),),
):
    """Territorial guidance by the street's Party work committee (J8)."""


class AnswersFor(
    Stated,
    zh="社区负责",
    en="answers for",
    reverse=Text("由社区负责", "answered for by"),
    one_source="expected",
    pairs=((Community, Organization),),
):
    """The community's Party organisation answers for a territorially guided organisation (J8)."""


class Incubates(
    Stated,
    zh="孵化",
    en="incubates",
    reverse=Text("由其孵化", "incubated by"),
    pairs=((Hub, Organization), (Hub, PartyOrganization)),
):
    """A hub takes in an organisation or a demonstration Party organisation (J9)."""

    kind: c.IncubationKind | None = column("孵化类型", "kind")
    until: dt.date | None = column("截止日期", "until")


class Covers(
    Stated, zh="覆盖", en="covers", reverse=Text("受其覆盖", "covered by"), pairs=((PartyOrganization, Organization),)
):
    """A Party organisation covers a social organisation; it counts once it is actual (J11, N6)."""


class SubordinateTo(
    Stated,
    zh="隶属于",
    en="subordinate to",
    reverse=Text("下级", "superior of"),
    one_target="expected",
    pairs=((PartyOrganization, PartyOrganization),),
):
    """The superior Party organisation (J6)."""


class PartyBodyOf(
    Edge,
    zh="所属单位",
    en="Party body of",
    reverse=Text("党组织", "has Party body"),
    one_target="enforced",
    pairs=tuple((PartyOrganization, t) for t in (Authority, Street, Community, Hub, GoverningBody)),
):
    """The body whose Party organisation this is."""


class Leads(
    Edge,
    zh="领导",
    en="leads",
    reverse=Text("受其领导", "led by"),
    pairs=tuple((GoverningBody, t) for t in (GoverningBody, Authority, Street, GuidanceStation, Hub)),
):
    """Who leads whom in the district (J2, J6)."""


class StationGuides(
    Stated,
    zh="站点指导",
    en="station guides",
    reverse=Text("指导站", "guided by station"),
    one_source="expected",
    pairs=((GuidanceStation, Organization),),
):
    """A guidance station guides an organisation (J11)."""


class BasedOn(
    Edge,
    zh="依托",
    en="based on",
    reverse=Text("承载", "hosts"),
    one_target="expected",
    pairs=((GuidanceStation, Organization), (Hub, Organization)),
):
    """The hub organisation that a station or platform stands on (J10, J11)."""


class PostedTo(
    Edge,
    zh="派驻",
    en="posted to",
    reverse=Text("岗位", "has post"),
    one_target="expected",
    pairs=((InstructorPost, GuidanceStation),),
):
    """The station an instructor post belongs to (J11)."""


class Instructs(
    Stated, zh="指导", en="instructs", reverse=Text("指导员", "instructed by"), pairs=((InstructorPost, Organization),)
):
    """An instructor post looks after an organisation (J11, N12)."""


class MemberOf(
    Stated, zh="加入联盟", en="member of", reverse=Text("成员", "has member"), pairs=((Organization, Alliance),)
):
    """Membership in an alliance (J12)."""

    role: c.Membership | None = column("联盟身份", "role")


class ReportsTo(
    Edge,
    zh="上报成效",
    en="reports to",
    reverse=Text("收到成效", "receives results of"),
    pairs=((Alliance, GoverningBody),),
):
    """What an alliance achieved in a year, and the body it reported that to (J12)."""

    year: int | None = column("年度", "year", unit=YEAR, ge=1990, le=2100, key=True, past=True)
    service_hours: float | None = column("服务小时", "hours of service", unit=HOURS, ge=0)
    covenants: int | None = column("居民公约", "covenants", unit=PIECES, ge=0)
    disputes: int | None = column("调解纠纷", "disputes settled", unit=PIECES, ge=0)


class JoinsWith(Edge, zh="联建", en="joins with", pairs=((Organization, Organization),), undirected=True):
    """One of the seven joints between two members of an alliance (J12)."""

    kind: c.Joint | None = column("七联类型", "kind of joint", key=True)
    alliance: str | None = column("所在联盟", "id of the alliance", key=True, refers_to="Alliance")


class Hosts(
    Stated, zh="承载活动", en="hosts", reverse=Text("活动阵地", "hosted at"), pairs=((Venue, PartyOrganization),)
):
    """A venue hosts a Party organisation, its own or shared (J15)."""

    sharing: c.Sharing | None = column("使用方式", "own or shared")


class CommissionedTo(
    Edge,
    zh="委托给",
    en="commissioned to",
    reverse=Text("承接", "carries out"),
    pairs=((Project, Organization), (Project, PartyOrganization)),
):
    """Who carries a project out (J4, J17)."""

    direct: bool | None = column("直接承接", "direct contractor")


class Commissions(
    Edge,
    zh="委托项目",
    en="commissions",
    reverse=Text("委托方", "commissioned by"),
    pairs=tuple((t, Project) for t in (Street, Community, Authority)),
):
    """Who commissioned a project (J4)."""


class FundedBy(
    Edge, zh="资金来自", en="funded by", reverse=Text("资助项目", "funds project"), pairs=((Project, Fund),)
):
    """The fund behind a project (J5)."""


class PackagedBy(Edge, zh="打包单位", en="packaged by", reverse=Text("打包", "packages"), pairs=((Project, Hub),)):
    """The service centre that packages a purchase (J5)."""


class Benefits(
    Edge, zh="受益社区", en="benefits", reverse=Text("受益于", "benefits from"), pairs=((Project, Community),)
):
    """The community whose residents benefit (J5)."""


class Funds(
    Edge,
    zh="拨付",
    en="funds",
    reverse=Text("资金来自", "funded by"),
    pairs=((Fund, Organization), (Fund, PartyOrganization)),
):
    """A payment from a fund (J5, J14); what is paid for training is so much a member, and tells how many there are."""

    purpose: c.Purpose | None = column("用途", "purpose", key=True)
    paid_on: dt.date | None = column("拨付日期", "paid on", key=True, past=True)
    amount: float | None = column("金额", "amount", unit=YUAN, ge=0, restricted=True)


class PaysDues(
    Edge,
    zh="上缴党费",
    en="pays dues to",
    reverse=Text("收缴党费", "collects dues from"),
    pairs=((PartyOrganization, PartyOrganization),),
):
    """The dues of a year, paid up to a superior Party organisation, and what came back of them (J14): they tell of its members."""

    year: int | None = column("年度", "year", unit=YEAR, ge=1990, le=2100, key=True, past=True)
    paid: float | None = column("上缴金额", "dues paid", "上缴党费", unit=YUAN, ge=0, restricted=True)
    returned: float | None = column("返还金额", "dues returned", "返还党费", unit=YUAN, ge=0, restricted=True)


class Trained(
    Edge,
    zh="培训对象",
    en="trained",
    reverse=Text("参加培训", "took part in"),
    pairs=((TrainingProgramme, Organization),),
):
    """How many from an organisation took part (J13)."""

    person_times: int | None = column("培训人次", "person-times", unit=TIMES, ge=0)


class Partners(
    Edge, zh="合作举办", en="partners", reverse=Text("合作单位", "with partner"), pairs=((Partner, TrainingProgramme),)
):
    """Who holds a programme together with the college (J13)."""


class Convenes(
    Edge,
    zh="召集",
    en="convenes",
    reverse=Text("参加会议", "convened by"),
    pairs=tuple((GoverningBody, t) for t in (Authority, Street, Organization)),
):
    """The joint conference calls its members (J3)."""


class Consulted(
    Edge,
    zh="征求意见",
    en="consulted",
    reverse=Text("被征求意见", "consulted on"),
    pairs=((PolicyDocument, Organization),),
):
    """Who was heard before a policy (J3)."""

    outcome: c.ConsultOutcome | None = column("结果", "outcome")
    heard_on: dt.date | None = column("征求日期", "heard on", past=True)


class Concerns(
    Edge, zh="涉及街道", en="concerns", reverse=Text("相关文件", "concerned by"), pairs=((PolicyDocument, Street),)
):
    """The street a policy is about (J3)."""


class Appraises(
    Edge,
    zh="考核",
    en="appraises",
    reverse=Text("受考核", "appraised by"),
    pairs=((GoverningBody, Authority), (GoverningBody, Street)),
):
    """The yearly review of authorities and streets (J18)."""

    year: int | None = column("年度", "year", unit=YEAR, ge=1990, le=2100, key=True)
    score: float | None = column("得分", "score", unit=POINTS, ge=0, le=100)
