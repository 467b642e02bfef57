from graphmodel.schema.edges import PartyBodyOf
from graphmodel.schema.nodes import Hub, PartyOrganization
from graphmodel.text import Text
from queries.chain import EXISTS, PO
from queries.given import Switch, policy
from queries.logic import Truth
from queries.question import Group, Question, Reason, Severity, about
from queries.relations import outgoing
from queries.values import Value, fields

OF_HUB = outgoing(PartyBodyOf, PartyOrganization, Hub)
OF_INCUBATION_CENTRE = OF_HUB.some(OF_HUB.other(fields(Hub).kind.is_("incubation-centre")))


def _over(parameter: str) -> Truth:
    """The members are over the number, by the reading that the policy chooses (N5)."""
    members: Value = PO.members
    more, at_least = Switch("upgrade_reading", "more-than"), Switch("upgrade_reading", "at-least")
    return (more & (members > policy(parameter))) | (at_least & (members >= policy(parameter)))


FORM_UPGRADE = Question(
    id="form-upgrade",
    group=Group.COVERAGE,
    term="升格建议",
    text=Text(
        "哪些党支部、党总支的党员人数已可考虑升格？",
        "Which branches and general branches have members enough for a higher form?",
    ),
    remedy=Text(
        "报上级党组织研究，经批准后改设党总支或党委。",
        "Put it to the superior Party organisation; with its approval make it a general branch or a committee.",
    ),
    severity=Severity.ADVICE,
    clauses=("N5", "J9"),
    anchor=about(PartyOrganization),
    tracks=None,
    # the incubation centre's general branch is what it is for the sake of incubation (J9)
    scope=EXISTS & (PO.level.is_("branch") | (PO.level.is_("general-branch") & ~OF_INCUBATION_CENTRE)),
    reasons={
        "general-branch": Reason(
            Text("党支部人数可设党总支", "a branch large enough for a general branch"),
            PO.level.is_("branch") & _over("general_branch_members") & ~_over("party_committee_members"),
        ),
        "committee": Reason(
            Text("人数可设党委", "large enough for a Party committee"), _over("party_committee_members")
        ),
    },
    columns=("level", "members"),
    needs=(PartyOrganization,),
)
