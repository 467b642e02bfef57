"""Which rule does a figure, a threshold or a question rest on? The clauses, each with a title and its document.

J1-J18 summarise one article of 2016-06-12 on Jinjiang District; N1-N15 are rules from elsewhere. Titles are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphmodel.text import Text


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its `id`, what it is about, and the document it comes from (named as published)."""

    id: str
    title: Text
    document: str


ARTICLE = "锦江区委组织部文章（2016年6月12日）"
_BRANCH_WORK = "中国共产党支部工作条例（试行）（2018）"

CLAUSES: dict[str, Clause] = {
    id_: Clause(id_, Text(zh, en), document)
    for id_, zh, en, document in (
        ("J1", "一主八辅政策与登记备案双轨", "One main and eight supporting policies; registered and filed tracks", ARTICLE),
        ("J2", "管理局、行业党委与孵化基地", "Administration bureau, industry Party committee, incubation base", ARTICLE),
        ("J3", "联席会议与政策征求意见", "Joint conference, heard before a policy", ARTICLE),
        ("J4", "街道社区委托党建项目", "Streets and communities commission Party-building projects", ARTICLE),
        ("J5", "基金、专项资金与购买链条", "Foundation, special fund and the purchase chain", ARTICLE),
        ("J6", "领导体制：条块结合", "Chain of leadership: by line and by area", ARTICLE),
        ("J7", "纵向归口：同类超过十家由主管部门负责", "Vertical mode: over ten of a kind, the authority answers", ARTICLE),
        ("J8", "属地归口：街道指导、社区负责", "Territorial mode: the street guides, the community answers", ARTICLE),
        ("J9", "孵化归口：示范组织与初创组织", "Incubation mode: demonstration and start-up organisations", ARTICLE),
        ("J10", "三个孵化与孵化平台", "Three incubations and their platforms", ARTICLE),
        ("J11", "指导站、指导员与覆盖率目标", "Guidance stations, instructors, coverage targets", ARTICLE),
        ("J12", "党建联盟与七联", "Party-building alliance and the seven joints", ARTICLE),
        ("J13", "社会组织学院与培训", "Social Organisation College and training", ARTICLE),
        ("J14", "党建经费：财政、党费返还、社会资金", "Money: fiscal funds, dues returned, social money", ARTICLE),
        ("J15", "活动阵地与六有", "Venues and the six haves", ARTICLE),
        ("J16", "等级评估与三无上限", "Grading, and the ceiling for three-none organisations", ARTICLE),
        ("J17", "等级与购买资格、初创扶持", "Grade as gate to purchases and start-up support", ARTICLE),
        ("J18", "述职评议考核与示范授牌", "Reviews of heads of bodies; demonstration awards", ARTICLE),
        ("N1", "三名以上正式党员应建支部", "Three full members or more set up a branch", _BRANCH_WORK),
        ("N2", "不足三名的联合建支部", "Fewer than three form joint branches", _BRANCH_WORK),
        ("N3", "七名以上设支部委员会", "Seven members or more have a branch committee", _BRANCH_WORK),
        ("N4", "支部委员会任期", "Term of a branch committee", _BRANCH_WORK),
        ("N5", "党总支、党委的设立人数", "Members for a general branch or a committee", "中国共产党章程及惯例"),
        (
            "N6",
            "覆盖范围与组建方式",
            "Who is to be covered, and by which forms",
            "关于加强社会组织党的建设工作的意见（试行）（中办发〔2015〕51号）",
        ),
        ("N7", "三同步与章程党建条款", "Three synchronisations and the charter clause", "民函〔2016〕257号、民函〔2018〕78号"),
        ("N8", "评估等级的条件与有效期", "Conditions and validity of grades", "社会组织评估管理办法（2010；2026年修订）"),
        ("N9", "等级上限因地而异", "The cap on the grade differs by place", "各地评估规定"),
        ("N10", "活动异常名录", "List of abnormal activity", "社会组织信用信息管理办法（民政部令第60号，2018）"),
        ("N11", "“僵尸型”社会组织的情形", "Signs of an inactive organisation", "民发〔2021〕63号"),
        ("N12", "指导员联系家数", "Organisations per instructor", "中央国家机关党建工作指导员规定（试行）（2017）"),
        ("N13", "覆盖率、单建率的算法", "How coverage and standalone rates are counted", "中办发〔2012〕11号"),
        ("N14", "统一社会信用代码", "Unified social credit code", "GB 32100-2015、GB 11714"),
        ("N15", "直接登记无业务主管单位", "Directly registered: no competent authority", "双重管理与直接登记的惯例"),
    )
}  # fmt: skip
"""Every clause by its id, in order."""
