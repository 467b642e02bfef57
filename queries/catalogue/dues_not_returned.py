from graphmodel.schema import PartyOrganization
from graphmodel.text import Text
from queries.chain import EXISTS, PO
from queries.given import policy
from queries.question import Group, Question, Reason, Severity, about
from queries.values import Times

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
    scope=EXISTS & (PO.dues_paid > 0),
    reasons={
        "short": Reason(
            Text("返还不足", "returned too little"), PO.dues_returned < Times(PO.dues_paid, policy("dues_return_rate"))
        ),
    },
    columns=("dues_paid", "dues_returned"),
    needs=(PartyOrganization,),
)
