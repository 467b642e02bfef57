from graphmodel.schema.edges import Covers
from graphmodel.schema.nodes import PartyOrganization
from graphmodel.schema.units import UNITS
from graphmodel.text import Text
from queries.beside import Beside, names, number
from queries.branches import UNIT
from queries.chain import EXISTS, PO
from queries.facts import actual
from queries.question import Group, Question, Reason, Severity, about

# the Party organisations of contradictions: another anchor, so a question of its own; every actual relation counts
CONTRADICTIONS_PARTY = Question(
    id="contradictions-party",
    group=Group.CREDIT,
    term="数据矛盾（党组织）",
    text=Text(
        "哪些党组织的组建方式与所覆盖的组织数矛盾？",
        "Whose form contradicts the number of organisations that it covers?",
    ),
    remedy=Text("核对台账，更正组建方式或覆盖关系。", "Check the ledger, and correct the form or the relations."),
    severity=Severity.MIDDLE,
    clauses=("N14", "N2"),
    anchor=about(PartyOrganization),
    tracks=None,
    scope=EXISTS & PO.form.is_in("joint", "standalone"),
    reasons={
        "joint-covers-one": Reason(
            Text("联合组建只覆盖一家", "joint, and covers only one"),
            PO.form.is_("joint") & UNIT.count(actual(UNIT)).is_(1),
        ),
        "own-covers-several": Reason(
            Text("单独组建覆盖几家", "of one organisation, and covers several"),
            PO.form.is_("standalone") & (UNIT.count(actual(UNIT)) > 1),
        ),
    },
    columns=("form",),
    beside={
        "units": Beside(Text("覆盖家数", "organisations covered"), number(UNIT.count(actual(UNIT))), UNITS),
        "covered": Beside(Text("覆盖的组织", "which"), names((UNIT, actual(UNIT)))),
    },
    evidence=(UNIT,),
    needs=(Covers,),
)
