"""Who paid dues, and did they come back? Each year of a Party organisation is one relation to where it paid (J14)."""

from __future__ import annotations

from graphmodel.schema.edges import PaysDues
from graphmodel.schema.nodes import PartyOrganization
from queries.chain import EXISTS, PO
from queries.given import policy
from queries.logic import Decided, Truth
from queries.relations import outgoing
from queries.values import Times

DUES = outgoing(PaysDues, PartyOrganization, PartyOrganization)
RETURN_RATE = policy("dues_return_rate")

_TOO_LITTLE: Truth = DUES.edge.returned < Times(DUES.edge.paid, RETURN_RATE)
_PAID = DUES.some(DUES.edge.paid > 0)
_SHORT = DUES.some(_TOO_LITTLE)
_ON_RECORD = DUES.some()
_OF_ORGANISATIONS = PO.form.is_in("standalone", "joint", "functional")

PAYS: Truth = EXISTS & Decided(_PAID, ~_PAID & (_ON_RECORD | ~_OF_ORGANISATIONS))
"""It paid dues in some year. Of a social organisation's without any record that is not known."""

SHORT: Truth = Decided(_SHORT, ~_SHORT & _ON_RECORD)
"""Of some year's dues less came back than the share that the policy asks; not known where no year is on record."""

SHORT_IN_YEAR: Truth = (DUES.edge.paid > 0) & _TOO_LITTLE
"""The same of one year, asked of the relation."""
