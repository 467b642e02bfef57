from graphmodel.schema.nodes import PartyOrganization
from graphmodel.schema.units import YUAN
from graphmodel.text import Text
from queries.beside import Beside, number, of_relations
from queries.dues import DUES, PAYS, RETURN_RATE, SHORT, SHORT_IN_YEAR
from queries.question import Group, Question, Reason, Severity, about
from queries.values import Times

_PAID = DUES.total("paid", SHORT_IN_YEAR)

# every year given is judged; dues-by-year says which of them it is
DUES_NOT_RETURNED = Question(
    id="dues-not-returned",
    group=Group.ASSESSMENT,
    term="党费未全额返还",
    text=Text(
        "哪些党组织上缴的党费没有按比例返还？", "Which Party organisations did not get their dues returned in full?"
    ),
    remedy=Text("核对账目，补返差额。", "Check the accounts and return the difference."),
    severity=Severity.HIGH,
    clauses=("J14",),
    anchor=about(PartyOrganization),
    tracks=None,
    scope=PAYS,
    reasons={
        "short": Reason(Text("有年度返还不足", "returned too little in some year"), SHORT),
    },
    columns=("level", "form"),
    beside={
        "years": Beside(
            Text("返还不足的年度", "years returned too little"),
            of_relations(DUES, "year", SHORT_IN_YEAR),
            restricted=True,
        ),
        "paid": Beside(Text("该年度上缴", "paid in them"), number(_PAID, SHORT), YUAN, restricted=True),
        "due": Beside(Text("应返还", "due back"), number(Times(_PAID, RETURN_RATE), SHORT), YUAN, restricted=True),
        "returned": Beside(
            Text("已返还", "returned"), number(DUES.total("returned", SHORT_IN_YEAR), SHORT), YUAN, restricted=True
        ),
    },
    evidence=(DUES,),
    needs=(DUES,),
)
