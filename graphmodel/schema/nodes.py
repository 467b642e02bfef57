"""What exists? Every node type and its fields (clauses J1-J18 and N1-N15); all else is derived from here.

Every field may be unknown, and unknown is never 0 or "no". People appear as counts only.
"""

from __future__ import annotations

import datetime as dt

from graphmodel import choices as c
from graphmodel.declare import Node, column
from graphmodel.schema.units import PEOPLE, PIECES, UNITS, YEAR, YUAN


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
