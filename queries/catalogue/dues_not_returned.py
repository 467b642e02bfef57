from graphmodel.schema import PartyOrganization
from graphmodel.text import Text
from queries.dues import DUES, PAYS, SHORT
from queries.question import Group, Question, Reason, Severity, about

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
    evidence=(DUES,),
    needs=(DUES,),
)
