from graphmodel.schema.nodes import PartyOrganization
from graphmodel.text import Text
from queries.chain import EXISTS, PO
from queries.given import Given, before_today
from queries.logic import Decided, Truth
from queries.question import Group, Question, Reason, Severity, about


def _over(since: Given) -> Truth:
    """Elected so long ago; a Party organisation founded since then cannot be over its term."""
    return Decided(
        ~(PO.elected_on > since),
        (PO.elected_on > since) | (~PO.elected_on.known() & (PO.founded_on > since)),
    )


IN_COMMUNITY = PO.form.is_("community-body")

TERM_DUE = Question(
    id="term-due",
    group=Group.COVERAGE,
    term="届满未换届",
    text=Text(
        "哪些党支部、党总支任期已满而没有换届？",
        "Which branches and general branches are past their term without an election?",
    ),
    remedy=Text("向上级党组织报告，按期召开党员大会换届选举。", "Report to the superior and hold the election."),
    severity=Severity.MIDDLE,
    clauses=("N4",),
    anchor=about(PartyOrganization),
    tracks=None,
    # N4 speaks of branches; committees above them have terms of their own
    scope=EXISTS & PO.level.is_in("branch", "general-branch"),
    reasons={
        "term-over": Reason(
            Text("任期已满", "its term is over"), ~IN_COMMUNITY & _over(before_today("branch_term_years", "years"))
        ),
        "community-term-over": Reason(
            Text("社区党组织任期已满", "its term as a community's body is over"),
            IN_COMMUNITY & _over(before_today("community_branch_term_years", "years")),
        ),
    },
    columns=("level", "elected_on", "founded_on"),
    needs=(PartyOrganization,),
)
