"""Which words may stand in a field? The enumerations of the schema, each value titled in both languages.

Words that ledgers use are aliases of a value. Categories are J1's, legal forms and grades N6 and N8's; forms of a
Party organisation are N2, N6 and J9's.
"""

from __future__ import annotations

from graphmodel.declare import Choice


class Track(Choice):
    REGISTERED = "registered", "登记", "registered", "登记类", "登记组织"
    FILED = "filed", "备案", "filed", "备案类", "备案组织"


class Category(Choice):
    SERVICE = "service", "服务类", "service", "服务"
    AFFAIRS = "affairs", "事务类", "affairs", "事务"
    ACTIVITY = "activity", "活动类", "activity", "活动"
    CHARITY = "charity", "慈善类", "charity", "慈善"
    RIGHTS = "rights", "维权类", "rights protection", "维权"


class LegalForm(Choice):
    ASSOCIATION = "association", "社会团体", "association", "社团"
    PRIVATE_UNIT = "private-unit", "民办非企业单位", "private non-enterprise unit", "民非", "社会服务机构"
    FOUNDATION = "foundation", "基金会", "foundation"


class Registration(Choice):
    DUAL = "dual", "双重管理", "dual management", "双重"
    DIRECT = "direct", "直接登记", "direct registration", "直接"


class Status(Choice):
    OPERATING = "operating", "正常", "operating", "正常运行", "在册", "存续"
    INACTIVE = "inactive", "停止活动", "inactive", "停业", "僵尸", "未开展活动"
    DEREGISTERED = "deregistered", "已注销", "deregistered", "注销", "撤销", "已撤销"


class Grade(Choice):
    A1 = "1A", "1A", "grade 1A", "A"
    A2 = "2A", "2A", "grade 2A", "AA"
    A3 = "3A", "3A", "grade 3A", "AAA"
    A4 = "4A", "4A", "grade 4A", "AAAA"
    A5 = "5A", "5A", "grade 5A", "AAAAA"


class NoPartyReason(Choice):
    DUE = "due", "应建未建", "due but not set up"
    FEW_MEMBERS = "few-members", "不足三名党员", "fewer than three members", "党员不足三名"
    NO_MEMBERS = "no-members", "无党员", "no members"
    INSTRUCTOR = "instructor", "派驻党建指导员", "instructor sent", "派驻指导员"


class State(Choice):
    ACTUAL = "actual", "已落实", "actual", "实际"
    PLANNED = "planned", "拟定", "planned", "拟建", "待落实", "计划"


class PartyLevel(Choice):
    COMMITTEE = "committee", "党委", "committee", "党的委员会"
    WORK_COMMITTEE = "work-committee", "党工委", "work committee", "工委"
    GENERAL_BRANCH = "general-branch", "党总支", "general branch", "党总支部", "总支"
    BRANCH = "branch", "党支部", "branch", "支部"


class PartyForm(Choice):
    STANDALONE = "standalone", "单独组建", "standalone", "单建", "单独设立"
    JOINT = "joint", "联合组建", "joint", "联合", "联合支部", "联合党支部"
    FUNCTIONAL = "functional", "功能型", "functional", "功能型党组织", "临时党支部", "临时"
    AUTHORITY_BODY = "authority-body", "主管部门党组织", "body of an authority"
    STREET_BODY = "street-body", "街道党组织", "body of a street", "街道党工委"
    COMMUNITY_BODY = "community-body", "社区党组织", "body of a community"
    HUB_BODY = "hub-body", "孵化平台党组织", "body of a hub"
    DISTRICT_BODY = "district-body", "区级党组织", "body of the district"
    OUTSIDE = "outside", "区外党组织", "outside the district"


class BodyKind(Choice):
    PARTY_COMMITTEE = "party-committee", "党委", "Party committee"
    WORK_COMMITTEE = "work-committee", "工作委员会", "work committee"
    OFFICE = "office", "办公室", "office"
    BUREAU = "bureau", "管理局", "bureau"
    GUIDANCE_GROUP = "guidance-group", "指导团", "guidance group"
    ADVISERS = "advisers", "专家顾问团", "expert advisers"
    THIRD_PARTY = "third-party", "第三方评估机构", "third-party assessor"
    JOINT_CONFERENCE = "joint-conference", "联席会议", "joint conference"


class HubKind(Choice):
    INCUBATION_CENTRE = "incubation-centre", "孵化中心", "incubation centre"
    ORGANISATIONS = "organisations", "社会组织孵化平台", "platform for organisations"
    PARTY_ORGANISATIONS = "party-organisations", "党组织孵化平台", "platform for Party organisations"


class HubLevel(Choice):
    DISTRICT = "district", "区级", "district"
    STREET = "street", "街道级", "street"
    HUB_ORGANISATION = "hub-organisation", "枢纽型社会组织", "hub organisation"


class StationKind(Choice):
    """Whom a guidance station is for (J11)."""

    SCHOOLS = "schools", "民办学校", "private schools"
    TRAINING = "job-training", "民办就业培训", "private job training", "民办就业培训机构"
    MEDICAL = "medical", "民办医疗", "private medical", "民办医疗机构"
    STREET = "street-organisations", "街道社会组织", "street social organisations"
    POINT = "point", "社区社会组织指导点", "guidance point", "指导点"


class PostSource(Choice):
    SENT = "sent", "组织选派", "sent by the Party"
    RECRUITED = "recruited", "社会化选聘", "recruited"
    SELF = "self", "个人自荐", "self-recommended"
    TRADE = "trade", "行业系统推荐", "recommended by the trade"
    ORGANISATION = "organisation", "社会组织推荐", "recommended by an organisation"


class VenueKind(Choice):
    OWN = "own", "自有场所", "own"
    SERVICE_CENTRE = "service-centre", "党群服务中心", "service centre"
    CULTURAL_STATION = "cultural-station", "文化活动站所", "cultural station"
    SCHOOL = "school", "中小学校", "school"


class Sharing(Choice):
    OWN = "own", "单独使用", "own"
    SHARED = "shared", "共用", "shared"


class ProjectKind(Choice):
    PARTY_BUILDING = "party-building", "党建项目", "Party-building project"
    PURCHASE = "purchase", "政府购买服务", "government purchase"
    OTHER = "other", "其他", "other"


class FundSource(Choice):
    FISCAL = "fiscal", "财政资金", "fiscal"
    DUES = "dues", "党费返还", "dues returned"
    SOCIAL = "social", "社会资金", "social money"
    FOUNDATION = "foundation", "发展基金会", "development foundation"


class Purpose(Choice):
    STARTUP = "startup", "初创扶持", "start-up support"
    TRAINING = "training", "党员教育培训", "training of members"
    WORK = "work", "党建工作经费", "Party-building work"
    PROJECT = "project", "项目经费", "project"


class ProgrammeKind(Choice):
    COURSE = "course", "专题培训", "course"
    SALON = "salon", "沙龙论坛", "salon"


class PartnerKind(Choice):
    UNIVERSITY = "university", "高校", "university"
    OTHER = "other", "其他", "other"


class IncubationKind(Choice):
    DEMONSTRATION = "demonstration", "示范型", "demonstration"
    TEMPORARY = "temporary", "初创临时纳入", "temporary", "临时"


class Membership(Choice):
    LEAD = "lead", "牵头单位", "lead", "牵头"
    MEMBER = "member", "成员单位", "member", "成员"


class Joint(Choice):
    ORGANISATIONS = "organisations", "组织联建", "organisations"
    MEMBERS = "members", "党员联管", "members"
    RESOURCES = "resources", "资源联享", "resources"
    VENUES = "venues", "场所联用", "venues"
    ACTIVITIES = "activities", "活动联办", "activities"
    INFORMATION = "information", "信息联通", "information"
    CULTURE = "culture", "文化联创", "culture"


class ConsultOutcome(Choice):
    HEARD = "heard", "已听取", "heard"
    REPLIED = "replied", "已答复", "replied"


class SuperiorKind(Choice):
    AUTHORITY = "authority", "业务主管部门", "competent authority", "业务主管单位"
    AFFILIATED = "affiliated", "挂靠单位", "affiliated unit"
    INDUSTRY = "industry", "行业管理", "industry"
    TERRITORIAL = "territorial", "属地管理", "territorial"
    OTHER = "other", "其他", "other"
