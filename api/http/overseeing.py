"""Who sees what is planned and followed in the whole district? The planner's office: it rests on every organisation's members."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.caller import Caller, Exporting, Seeing
from api.scope import DistrictOnly
from api.scoped import MembersHidden
from graphmodel.text import Text

_PLANS_AND_CASES = Text("方案与整改台账", "plans and cases")


def seen_whole(who: Caller) -> Caller:
    """The caller, where nothing is hidden from the account. Errors: `DistrictOnly` for a body's, `MembersHidden` for others."""
    if who.account.scope.body is not None:
        raise DistrictOnly
    if not who.account.scope.whole:
        raise MembersHidden(_PLANS_AND_CASES)
    return who


def _overseeing(who: Seeing) -> Caller:
    return seen_whole(who)


def _taking_out(who: Exporting) -> Caller:
    return seen_whole(who)


Overseeing = Annotated[Caller, Depends(_overseeing)]
TakingOut = Annotated[Caller, Depends(_taking_out)]
