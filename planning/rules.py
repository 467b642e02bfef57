"""By which rules is a proposal chosen, explained and verified? Each rule once, with its clause, hard or soft.

A hard rule is never broken. Soft rules stand in lexicographic order within a kind of action: rank 1 first. What they ask
of candidates is in `planning.candidates`.
"""

from __future__ import annotations

from graphmodel.text import Text
from planning.rule import Rule

# --- responsible bodies (J7-J9, settled point 1) ---

DUE_VERTICAL = Rule(
    "due-authority",
    Text("同类超过规定家数的，由主管单位负责", "an authority with enough of a kind answers"),
    Text(
        "{body}主管的同类组织有{n}家，达到{least}家，由其条管",
        "{body} has {n} organisations of its kind, at least {least}: it supervises",
    ),
    "J7",
)
DUE_STREET = Rule(
    "due-street",
    Text("其他组织由所在街道指导", "the street guides all others"),
    Text("不归主管单位条管，由所在的{body}指导", "no authority answers for it: its own {body} guides"),
    "J8",
)
DUE_COMMUNITY = Rule(
    "due-community",
    Text("属地归口的由所在社区负责", "where the street guides, the community answers"),
    Text("属地归口，由所在的{body}负责", "under its street, its own {body} answers"),
    "J8",
)
DUE_HUB = Rule(
    "due-hub",
    Text("孵化中的由孵化平台负责", "a hub answers for what it takes in"),
    Text("正由{body}孵化，由其负责", "{body} has taken it in: it answers"),
    "J9",
)
ONE_BODY = Rule(
    "one-body",
    Text("同一方式只有一个单位", "one body of each mode"),
    Text("同一方式有{n}个单位，留下{body}", "{n} bodies of one mode: {body} stays"),
    "J6",
)

# --- branches (N1, N2, J6) ---

OPERATES = Rule(
    "operates",
    Text("只为正常运行的组织组建", "only operating organisations are covered"),
    Text("正常运行", "it operates"),
    "J11",
)
AWAKE = Rule(
    "shows-activity",
    Text(
        "指导员和联合支部名额不给“僵尸型”组织",
        "no instructor and no place in a joint branch for an inactive organisation",
    ),
    Text("没有“僵尸型”情形", "it shows no sign of inactivity"),
    "N11",
)
STRENGTH = Rule(
    "branch-strength",
    Text("单独组建须有规定人数的正式党员", "a branch of its own needs enough full members"),
    Text("正式党员达到{least}名，应单独组建", "it has {least} full members or more: a branch of its own is due"),
    "N1",
)
UNITS = Rule(
    "joint-units",
    Text("联合党支部的家数在限度之内", "a joint branch has as many units as allowed"),
    Text("共{n}家，在{least}至{most}家之内", "{n} units, from {least} to {most} are allowed"),
    "N2",
)
TOGETHER = Rule(
    "joint-members",
    Text("联合党支部合计有规定人数的正式党员", "a joint branch has enough full members together"),
    Text("合计正式党员达到{least}名", "together they have {least} full members or more"),
    "N1",
)
RELATED = Rule(
    "joint-related",
    Text(
        "联合党支部的成员同在一街道、相邻街道或同行业", "units of a joint branch are near each other or of one industry"
    ),
    Text("{how}", "{how}"),
    "N2",
)
SUPERIOR = Rule(
    "superior",
    Text("新建党组织有上级，隶属链通到区委", "a new Party organisation has a superior whose chain reaches the top"),
    Text("上级为{body}，隶属链通到区委", "its superior is {body}, whose chain reaches the top"),
    "J6",
)
VENUE = Rule(
    "venue-shared",
    Text("新建党组织有活动阵地", "a new Party organisation has a venue"),
    Text("共用{body}", "it shares {body}"),
    "J15",
    rank=8,
)
NO_VENUE = Rule(
    "venue-to-be-found",
    Text("暂无阵地的，写明理由", "where there is no venue, it says why"),
    Text(
        "没有可以共用的服务中心、文化站所或学校，阵地须另行落实",
        "no service centre, cultural station or school can be shared: a venue is to be found",
    ),
    "J15",
    rank=8,
)
NO_SUPERIOR = Rule(
    "superior-to-be-named",
    Text("暂定不出上级的，写明理由", "where no superior can be named, it says why"),
    Text(
        "没有隶属链通到区委的街道、社区或部门党组织，上级须另定",
        "no Party body of street, community or authority reaches the top: the superior is to be named",
    ),
    "J6",
    rank=9,
)
MENDED = Rule(
    "branch-left-sound",
    Text(
        "退出后原联合支部仍合规，或在同一步撤并",
        "a joint branch that is left stays sound, or is dissolved in the same action",
    ),
    Text("{how}", "{how}"),
    "N2",
)
SPREAD = Rule(
    "spread-together",
    Text("各成员相距近", "all units close together"),
    Text(
        "各成员到支部所在社区的距离合计{cost:g}", "distances of the units to the branch's community add up to {cost:g}"
    ),
    "N2",
    rank=1,
)
SPREAD_ONE = Rule(
    "spread",
    Text("成员相距近", "units close together"),
    Text("到支部所在社区的距离：{how}", "distance to the branch's community: {how}"),
    "N2",
    rank=1,
)
FEW_BRANCHES = Rule(
    "few-branches",
    Text("新建支部少", "few new branches"),
    Text("{how}", "{how}"),
    None,
    rank=2,
)
ONE_INDUSTRY = Rule(
    "one-industry",
    Text("尽量同行业", "one industry where possible"),
    Text("成员分属{n}个行业{more}", "its units are of {n} industries{more}"),
    "N2",
    rank=3,
)
FUNCTIONAL = Rule(
    "functional-allowed",
    Text("政策允许功能型党组织计入覆盖", "the policy counts functional Party organisations"),
    Text(
        "本政策计入功能型；党员达到{least}名，组织关系多在外",
        "this policy counts functional ones; {least} members or more, most elsewhere",
    ),
    "N6",
)

# --- guidance (J11, N12, settled point 7) ---

STATION_KIND = Rule(
    "station-kind",
    Text("指导站类型与行业相符", "the station is of its industry's kind"),
    Text("按行业归{kind}指导站", "its industry belongs to the station of {kind}"),
    "J11",
)
STATION_STAYS = Rule(
    "station-stays",
    Text("指导员由指导它的站派出", "the station that guides it sends the instructor"),
    Text("该站已在指导，由该站继续", "that station guides it already, and goes on"),
    "J11",
)
STATION_ROOM = Rule(
    "station-room",
    Text("不超过指导站容量", "within the station's capacity"),
    Text("该站指导{n}家，容量{most}", "the station would guide {n} of {most}"),
    "J11",
)
POST_ROOM = Rule(
    "post-room",
    Text("不超过指导员联系家数", "within what one instructor looks after"),
    Text("该岗位联系{n}家，最多{most}家", "the post would look after {n} of {most}"),
    "N12",
)
DISTANCE = Rule("distance", Text("就近", "near"), Text("距离：{how}", "distance: {how}"), "J11", rank=1)
LOAD = Rule(
    "load",
    Text("负荷均衡", "load levelled"),
    Text("此前已联系{cost:g}家", "it looks after {cost:g} before this one"),
    "N12",
    rank=2,
)

# --- incubation (J9, J10) ---

STARTUP = Rule(
    "start-up",
    Text("孵化平台接纳初创组织", "hubs take in start-ups"),
    Text(
        "{day}登记，仍属初创，尚无党组织：由平台先行培育，建立党组织前仍计为未覆盖",
        "registered on {day}: still a start-up that no Party organisation covers, so a platform fosters it;"
        " it counts as uncovered until it has one",
    ),
    "J9",
)
HUB_ROOM = Rule(
    "hub-room",
    Text("不超过平台容量", "within the platform's capacity"),
    Text("该平台孵化{n}家，容量{most}", "the platform would take in {n} of {most}"),
    "J10",
)
HUB_REACH = Rule(
    "hub-reach",
    Text("在平台可及范围内", "within the platform's reach"),
    Text("{how}，在可及范围内", "{how}: within reach"),
    "J10",
)
TERM_OVER = Rule(
    "incubation-over",
    Text("孵化期满须有去向", "after the term there is a next home"),
    Text("临时孵化期为{years}年，已满或已出孵", "the term of {years} years is over, or it has left"),
    "J9",
)
QUOTA = Rule(
    "demonstration-quota",
    Text("孵化中心直接管理规定个数的示范党组织", "an incubation centre manages as many demonstrations as it should"),
    Text("现有{now}个，应为{least}至{most}个", "{now} at present, from {least} to {most} are due"),
    "J9",
)
AWARDED = Rule("awarded", Text("示范党组织优先", "honoured ones first"), Text("{how}", "{how}"), "J18", rank=1)

# --- alliances and venues (J12, J15) ---

LED = Rule(
    "alliance-led",
    Text("联盟有牵头单位", "the alliance has a lead"),
    Text("{body}有牵头单位，现有{n}家成员", "{body} has a lead, and {n} members"),
    "J12",
)
UNLED = Rule(
    "alliance-without-lead",
    Text("区内联盟都没有牵头单位时，仍先入盟", "where no alliance has a lead, it joins one all the same"),
    Text("{body}有{n}家成员，尚无牵头单位", "{body} has {n} members, and no lead yet"),
    "J12",
    rank=3,
)
ALLIANCE_NEAR = Rule(
    "alliance-near",
    Text("就近或同行业入盟", "the alliance of its street or trade"),
    Text("{how}", "{how}"),
    "J12",
    rank=1,
)
OWN_STREET = Rule(
    "own-street",
    Text("同样近的，本街道的先于全区的", "of equally near ones a street's own comes before the district's"),
    Text("{how}", "{how}"),
    None,
    rank=2,
)
SHAREABLE = Rule(
    "shareable",
    Text("共用服务中心、文化站所或学校", "service centres, cultural stations and schools are shared"),
    Text("{body}可以共用", "{body} can be shared"),
    "J15",
)
SIX_HAVES = Rule(
    "six-haves", Text("“六有”齐全", "the six haves"), Text("“六有”具备{n}项", "it has {n} of the six"), "J15", rank=2
)
PINNED = Rule(
    "pinned", Text("已锁定", "pinned"), Text("由审核人锁定，原样保留", "pinned by the planner and kept as it was"), None
)

IDLE = (("idle-hub", "idle"), ("station-load", "empty"), ("instructor-load", "idle"))
"""Reasons of questions that say that a body has nothing to do: whatever frees it opens them, anything given to it ends them."""

RULES: dict[str, Rule] = {rule.name: rule for rule in list(vars().values()) if isinstance(rule, Rule)}
"""Every rule by name: found, not listed."""
