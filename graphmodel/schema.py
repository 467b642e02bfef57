"""What exists? Every node type, edge type and field of the model, declared once; all else is derived from here.

Sources: clauses J1-J18 and N1-N15 of the domain. Every field may be unknown, and unknown is never 0 or "no".
The model is of organisations: people appear as counts only.
"""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from graphmodel import choices as c
from graphmodel.declare import Edge, Element, Node, column
from graphmodel.text import Text

PEOPLE, YUAN, YEAR = Text("人", "people"), Text("元", "yuan"), Text("年", "year")
HOURS, PIECES, TIMES = Text("小时", "hours"), Text("件", "items"), Text("人次", "person-times")
UNITS, POINTS = Text("家", "organisations"), Text("分", "points")


class Organization(Node, zh="社会组织", en="social organisation"):
    """A social organisation, registered or filed (J1, N6), its material (J7) and its assessment (J16, J17)."""

    aliases: str | None = column("其他名称", "other names", "曾用名", "简称")
    track: c.Track | None = column("登记备案", "track", "登记类型", "类型")
    category: c.Category | None = column("五类", "category", "组织类别", "类别")
    legal_form: c.LegalForm | None = column("法律形式", "legal form", "组织形式")
    industry: str | None = column("行业", "industry", "所属行业", "行业类别")
    status: c.Status | None = column("状态", "status", "运行状态", "登记状态")
    registration: c.Registration | None = column("管理方式", "registration", "登记方式", "登记管理方式")
    credit_code: str | None = column("统一社会信用代码", "credit code", "信用代码", code="credit-code")
    registration_number: str | None = column("登记证号", "registration number", "登记证书号")
    registered_on: dt.date | None = column(
        "成立登记日期", "registered on", "登记日期", "成立日期", "备案日期", past=True
    )
    staff: int | None = column("从业人员数", "staff", unit=PEOPLE, ge=0, le=1_000_000)
    members: int | None = column(
        "党员人数", "members of any kind", "党员总数", unit=PEOPLE, ge=0, le=100_000, restricted=True
    )
    members_here: int | None = column(
        "组织关系在本组织党员数",
        "members with relation here",
        "在社会组织",
        unit=PEOPLE,
        ge=0,
        le=100_000,
        restricted=True,
    )
    full_members: int | None = column(
        "正式党员数", "full members, relation here", "正式党员", unit=PEOPLE, ge=0, le=100_000, restricted=True
    )
    probationary_members: int | None = column(
        "预备党员数", "probationary members, relation here", "预备党员", unit=PEOPLE, ge=0, le=100_000, restricted=True
    )
    members_elsewhere: int | None = column(
        "组织关系在外党员数", "members with relation elsewhere", unit=PEOPLE, ge=0, le=100_000, restricted=True
    )
    no_party_reason: c.NoPartyReason | None = column(
        "未建立党组织原因", "stated reason for having no Party organisation", restricted=True
    )
    union: bool | None = column("工会", "trade union")
    youth_league: bool | None = column("共青团", "youth league", "团组织")
    womens_federation: bool | None = column("妇联", "women's federation", "妇女组织")
    grade: c.Grade | None = column("评估等级", "grade", "等级", "社会组织评估等级")
    grade_year: int | None = column("评估年度", "year of the grade", "等级年度", unit=YEAR, ge=1990, le=2100, past=True)
    has_instructor: bool | None = column("有指导员", "has an instructor", "是否有指导员", "有无指导员")
    activity_regular: bool | None = column("党建活动经常", "activities regular")
    members_visible: bool | None = column("党员作用明显", "members' role visible")
    party_life_regular: bool | None = column("组织生活规范", "Party life regular")
    startup_passed: bool | None = column("初创考核合格", "start-up assessment passed")
    registration_material: bool | None = column("登记时党建材料", "Party-building material at registration")
    last_inspection: int | None = column(
        "最近年检年度", "last annual inspection", "年检年度", unit=YEAR, ge=1990, le=2100, past=True
    )
    last_party_report: int | None = column(
        "最近党建年报年度", "last Party-building report", unit=YEAR, ge=1990, le=2100, past=True
    )
    last_activity: dt.date | None = column("最近活动日期", "last activity", past=True)
    reachable: bool | None = column("可联系", "reachable", "能联系")
    charter_clause: bool | None = column("章程党建条款", "Party-building clause in the charter")
    abnormal_listed: bool | None = column("异常名录", "on the list of abnormal activity", "列入活动异常名录")
    family: str | None = column("品牌", "family: one brand, several legal persons", "所属品牌")


class PartyOrganization(Node, zh="党组织", en="Party organisation"):
    """A Party organisation of any level and form (J6, N1-N6)."""

    level: c.PartyLevel | None = column("层级", "level", "组织建制")
    form: c.PartyForm | None = column("组建方式", "form", "组建形式")
    state: c.State | None = column("落实状态", "state: planned or actual")
    members: int | None = column("党员数", "members", "党员人数", unit=PEOPLE, ge=0, le=100_000, restricted=True)
    founded_on: dt.date | None = column("建立党组织时间", "founded on", "成立时间", past=True)
    approval_number: str | None = column("批复文号", "approval number", "批准文号")
    superior_kind: c.SuperiorKind | None = column("党组织隶属关系", "kind of superior")
    elected_on: dt.date | None = column("换届日期", "last elected on", "上次换届时间", past=True)
    has_committee: bool | None = column("设支委会", "has a committee")
    demonstration_year: int | None = column(
        "示范授牌年度", "demonstration award", unit=YEAR, ge=1990, le=2100, past=True
    )


class Authority(Node, zh="业务主管单位", en="competent authority"):
    """A competent authority (J6, J7)."""

    aliases: str | None = column("其他名称", "other names", "简称")


class Street(Node, zh="街道", en="street"):
    """A street office (J8). The id is its division code."""

    aliases: str | None = column("其他名称", "other names", "简称")
    code: str | None = column("区划代码", "division code", code="division-code")
    valid_from: dt.date | None = column("设立日期", "in force from")
    valid_until: dt.date | None = column("撤销日期", "in force until")


class Community(Node, zh="社区", en="community"):
    """A residential community (J8)."""

    code: str | None = column("区划代码", "division code", code="division-code")
    valid_from: dt.date | None = column("设立日期", "in force from")
    valid_until: dt.date | None = column("撤销日期", "in force until")


class GoverningBody(Node, zh="领导机构", en="governing body"):
    """A body that leads or advises: committee, work committee, office, bureau, group, conference (J2, J6, J11, J18)."""

    kind: c.BodyKind | None = column("机构类型", "kind")


class Hub(Node, zh="孵化平台", en="incubation hub"):
    """An incubation platform (J2, J9, J10)."""

    kind: c.HubKind | None = column("平台类型", "kind")
    level: c.HubLevel | None = column("平台级别", "level")
    capacity: int | None = column("容量", "capacity", unit=UNITS, ge=0, le=100_000)
    members_grown: int | None = column("孵化党员数", "members grown", unit=PEOPLE, ge=0)
    cadres_grown: int | None = column("孵化党务干部数", "cadres grown", unit=PEOPLE, ge=0)


class GuidanceStation(Node, zh="指导站", en="guidance station"):
    """A guidance station of one of four kinds, or the guidance point (J11)."""

    kind: c.StationKind | None = column("指导站类型", "kind")
    capacity: int | None = column("容量", "capacity", unit=UNITS, ge=0, le=100_000)


class InstructorPost(Node, zh="指导员岗位", en="instructor post"):
    """A post, never a person (J11, N12)."""

    post_source: c.PostSource | None = column("来源", "source of the post", "选配方式")
    capacity: int | None = column("容量", "capacity", unit=UNITS, ge=0, le=1000)


class Alliance(Node, zh="党建联盟", en="Party-building alliance"):
    """An alliance with its charter; its yearly results are its REPORTS_TO edges (J12)."""

    charter: bool | None = column("联盟公约", "charter")
    pledges: int | None = column("联盟承诺", "pledges", unit=PIECES, ge=0)


class Venue(Node, zh="活动阵地", en="venue"):
    """A venue and the six haves (J15)."""

    kind: c.VenueKind | None = column("阵地类型", "kind")
    place: bool | None = column("有场所", "has a place")
    equipment: bool | None = column("有设施", "has equipment")
    signs: bool | None = column("有标识", "has signs", "有标示")
    party_flag: bool | None = column("有党旗", "has the Party flag")
    books: bool | None = column("有书报", "has books and papers")
    rules: bool | None = column("有制度", "has rules")


class Project(Node, zh="项目", en="project"):
    """A Party-building project or a government purchase (J4, J5, J17)."""

    kind: c.ProjectKind | None = column("项目类型", "kind")
    amount: float | None = column("金额", "amount", unit=YUAN, ge=0)
    year: int | None = column("年度", "year", unit=YEAR, ge=1990, le=2100)
    packaging_due: bool | None = column("应打包", "packaging is due")


class Fund(Node, zh="资金", en="fund"):
    """A source of money in one year (J5, J14)."""

    fund_source: c.FundSource | None = column("资金来源", "source of the money")
    amount: float | None = column("金额", "amount", unit=YUAN, ge=0)
    year: int | None = column("年度", "year", unit=YEAR, ge=1990, le=2100)


class TrainingProgramme(Node, zh="培训", en="training programme"):
    """A course or salon (J13)."""

    kind: c.ProgrammeKind | None = column("培训类型", "kind")
    held_on: dt.date | None = column("举办日期", "held on")


class Partner(Node, zh="合作单位", en="partner"):
    """A university or other partner (J13)."""

    kind: c.PartnerKind | None = column("单位类型", "kind")


class PolicyDocument(Node, zh="政策文件", en="policy document"):
    """One of the "1+8" papers or a later one (J1, J3)."""

    number: str | None = column("文号", "document number")
    issued_on: dt.date | None = column("发布日期", "issued on", past=True)
    industry: str | None = column("涉及行业", "industry concerned")


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


_Base = TypeVar("_Base", bound=Element)


def _declared(base: type[_Base]) -> list[type[_Base]]:
    below = [leaf for child in base.__subclasses__() for leaf in _declared(child)]
    return ([base] if "type_name" in vars(base) else []) + below


NODE_TYPES: dict[str, type[Node]] = {t.type_name: t for t in _declared(Node)}
"""Every node type by name, in declared order: found, not listed."""

EDGE_TYPES: dict[str, type[Edge]] = {t.type_name: t for t in sorted(_declared(Edge), key=lambda t: t.type_name)}
"""Every edge type by name, in alphabetical order: found, not listed."""
