from graphmodel.schema.nodes import Organization
from graphmodel.text import Text
from queries.beside import Beside, names
from queries.facts import INCUBATING, INCUBATOR, OPERATING, actual
from queries.question import Group, Question, Reason, Severity, about
from queries.responsibility import (
    ANSWERED_FOR,
    ANSWERER,
    BY_LINE_OR_AREA,
    BY_OWN_COMMUNITY,
    BY_OWN_STREET,
    COMMUNITY_KNOWN,
    GUIDE,
    GUIDED,
    RESTS_ON,
    SUPERVISED,
    TERRITORIAL,
    VERTICAL,
    Mode,
    due_body_names,
    due_community_names,
    modes,
)
from queries.vertical_groups import SUPERVISOR, TAKEN_ON

# Missing: nobody holds the relation of its mode. Held by another body only, or by a supervising authority where the
# street should guide, it is wrong instead, so that each organisation has the one reason that fits. Doubled needs no mode;
# nor does missing where neither line nor area holds it: whichever of the two should, nobody does.
_BY_STREET = GUIDE.some(actual(GUIDE) & BY_OWN_STREET)
_BY_COMMUNITY = ANSWERER.some(actual(ANSWERER) & BY_OWN_COMMUNITY)
_ANSWERABLE = TERRITORIAL & COMMUNITY_KNOWN
_TWO = [hop.count(actual(hop)) >= 2 for hop in (SUPERVISOR, GUIDE, ANSWERER)]

RESPONSIBILITY_GAPS = Question(
    id="responsibility-gaps",
    group=Group.RESPONSIBILITY,
    term="归口缺失、多头、错位",
    text=Text(
        "哪些组织无人归口、多头归口或归错了口？",
        "For which organisations does nobody answer, more than one body, or the wrong one?",
    ),
    remedy=Text(
        "按责任归口明确主管单位，或所在街道和社区；多头的留一家，错位的改归应负责单位。",
        "Name the authority, or the street and community, that should answer; end what is doubled, move what is wrong.",
    ),
    severity=Severity.HIGH,
    clauses=("J6", "J7", "J8", "J9", "N15"),
    anchor=about(Organization),
    tracks="RF",
    scope=OPERATING,
    reasons={
        "missing": Reason(
            Text("应负责的单位没有归口", "nobody holds the relation that is due"),
            BY_LINE_OR_AREA & ~SUPERVISED & (VERTICAL | ~GUIDED),
        ),
        "community-missing": Reason(
            Text("没有社区负责", "its community does not answer for it"), _ANSWERABLE & ~ANSWERED_FOR
        ),
        "doubled": Reason(
            Text("同一方式下有两个以上单位", "two bodies of one mode"),
            _TWO[0] | _TWO[1] | _TWO[2] | (INCUBATOR.count(INCUBATING) >= 2),
        ),
        "wrong": Reason(
            Text("由不应负责的单位归口", "held by a body that should not"),
            (VERTICAL & SUPERVISED & ~TAKEN_ON)
            | (TERRITORIAL & GUIDED & ~_BY_STREET)
            | (TERRITORIAL & ~GUIDED & SUPERVISED)
            | (_ANSWERABLE & ANSWERED_FOR & ~_BY_COMMUNITY),
        ),
    },
    columns=("industry", "registration"),
    beside={
        "mode": Beside(Text("归口方式", "who should answer, by mode"), modes, choices=Mode),
        "due": Beside(Text("应归口单位", "body that should answer"), due_body_names),
        "due_community": Beside(Text("应负责社区", "community that should answer"), due_community_names),
        "held": Beside(
            Text("现归口单位", "bodies that do"),
            names(*((hop, actual(hop)) for hop in (SUPERVISOR, GUIDE, ANSWERER)), (INCUBATOR, INCUBATING)),
        ),
    },
    evidence=(SUPERVISOR, GUIDE, ANSWERER, INCUBATOR),
    needs=(RESTS_ON, (SUPERVISOR, GUIDE, ANSWERER, INCUBATOR)),
)
