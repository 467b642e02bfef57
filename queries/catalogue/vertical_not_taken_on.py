from graphmodel.text import Text
from queries.authority_industry import AUTHORITY_INDUSTRY, LACKING, SIZE, not_taken_on
from queries.beside import Beside
from queries.question import Group, Question, Reason, Severity
from queries.vertical_groups import LICENCE, MINIMUM, SUPERVISOR

# The share is of those that fall to the authority: incubated ones count for the size, but their hub answers (J9).
VERTICAL_NOT_TAKEN_ON = Question(
    id="vertical-not-taken-on",
    group=Group.RESPONSIBILITY,
    term="条管未落实",
    text=Text(
        "哪些主管单位的同类组织已够数，却没有全部由其条管？",
        "Which authorities have enough organisations of a kind and do not supervise all of them?",
    ),
    remedy=Text(
        "由该主管单位党组织逐家落实条管。", "Have the authority's Party organisation take on each one that is left."
    ),
    severity=Severity.HIGH,
    clauses=("J7",),
    anchor=AUTHORITY_INDUSTRY,
    tracks=None,
    scope=SIZE >= MINIMUM,
    reasons={"not-taken-on": Reason(Text("没有全部条管", "not all are supervised"), LACKING >= 1)},
    columns=("size", "size_at_most", "due", "supervised", "lacking"),
    beside={
        "left": Beside(Text("未条管的组织", "not supervised"), not_taken_on),
    },
    needs=(LICENCE, SUPERVISOR),
)
