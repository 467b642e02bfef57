"""What should the questions find in the example? The planted gaps, and plain rules over the plan where one fault has many faces.

Nothing here asks the product: lists come from what was planted, or from a few lines of Python over the generator's own
records, so that a test may compare the catalogue's answers with them exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from examples.generator.alliance import RESULTS
from examples.generator.assessment import MARKS
from examples.generator.duty import THRESHOLD, duty, groups
from examples.generator.model import Example, Organization

Truth = dict[str, Any]
ASSUMPTIONS = (
    "operating: status is 正常; those that stopped are left out (inactive_in_scope = false)",
    "covered: an actual COVERS edge of any form; the coverage rate counts standalone and joint only (functional_counts = false)",
    (
        "broken-chain: of actual Party organisations; a body outside the district ends a chain well; who stands above a circle's or "
        "an orphan's member is dangling; of a body whose superior is known by its kind alone nobody can tell"
    ),
    "few-members-uncovered: a branch of its own covers too",
    "street-without-hub: no platform in the street and no district platform within hub_reach_hops",
    "managed-by-neither: a place that the ledger does not give is not known: a gap",
    "wrong-station: an organisation at the guidance point was set there by hand and is in order",
    "grade-expiring: a grade of year Y holds until 31 December of Y+1 under the yearly scheme; ended ones are gaps; without a grade it is not known",
)


def truth(example: Example) -> Truth:
    """Everything that tests compare with; see `examples/jinjiang-2016/README.md` for the keys."""
    questions: dict[str, Truth] = {name: {"gap": dict(sorted(ids.items()))} for name, ids in example.planted.items()}
    for name, ids in example.unknown.items():
        questions.setdefault(name, {"gap": {}})["cannot_tell"] = sorted(ids)
    questions |= _coverage_questions(example)
    questions["form-upgrade"]["cannot_tell"] = _unknown_strength(example)
    ungraded = [o.id for o in example.of("registered") if o.operating and o.grade is None]
    questions["grade-expiring"]["cannot_tell"] = sorted(ungraded)
    required = questions["branch-required"]
    waiting = sorted({*required["gap"], *required["cannot_tell"]})  # how long it has been so takes an earlier revision
    questions["abnormal-list-risk"] = {"gap": {}, "cannot_tell": waiting}
    questions["capacity-held-by-inactive"] = _answers(
        [o for o in example.of("registered") if o.id in example.planted["inactive"]],
        lambda o: o.operating or bool(o.posts) or o.cover == "joint",
    )
    questions |= {"demonstration-quota": {"gap": {}}, "redistricting": {"gap": {}}}
    for answer in questions.values():
        answer.setdefault("cannot_tell", [])
    for name in CANNOT_TELL_OPEN:
        del questions[name]["cannot_tell"]
    return {
        "day": example.day.isoformat(), "seed": example.seed, "assumptions": list(ASSUMPTIONS),
        "totals": _totals(example), "coverage": _coverage(example), "groups": _groups(example),
        "responsibility": _responsibility(example), "results": {str(year): told for year, told in RESULTS.items()},
        "questions": dict(sorted(questions.items())),
    }  # fmt: skip


CANNOT_TELL_OPEN = (
    "inactive", "isolated-component", "capacity-held-by-inactive", "three-sync-missing", "newly-registered", "governance-chain", "startup-support",
    "purchase-one-step-short",
)  # fmt: skip
"""Questions whose cannot-tells are not listed."""


def _unknown_strength(example: Example) -> list[str]:
    """Branches of which one organisation's members are not known."""
    own = [
        o.branch or ""
        for o in example.organizations
        if o.cover in {"standalone", "functional"} and o.members_here is None
    ]
    return sorted([*own, *(b.id for b in example.joints if any(o.members_here is None for o in b.members))])


def _answers(
    scope: Iterable[Organization],
    gap: Callable[[Organization], bool | None],
    reason: Callable[[Organization], str] = lambda _: "",
) -> Truth:
    verdicts = [(o, gap(o)) for o in scope]
    gaps = {o.id: reason(o) for o, verdict in verdicts if verdict}
    return {
        "gap": dict(sorted(gaps.items())),
        "cannot_tell": sorted(o.id for o, verdict in verdicts if verdict is None),
    }


def _and(*facts: bool | None) -> bool | None:
    """All of them, where None is not known: one that is false decides."""
    if any(fact is False for fact in facts):
        return False
    return None if any(fact is None for fact in facts) else True


def _at_least(count: int | None, least: int) -> bool | None:
    return None if count is None else count >= least


def _no_work(o: Organization) -> bool | None:
    """Neither covered nor instructed, guided by a station or with a mass organisation; status unknown counts as not known."""
    mass = (o.union, o.league, o.women)
    none = False if any(mass) else None if None in mass else True
    operating = None if o.status is None else o.operating
    return _and(operating, o.cover == "none", not o.posts, not o.stations, none)


def _coverage_questions(example: Example) -> Truth:
    registered = [o for o in example.of("registered") if o.operating]
    day, counted = example.day, groups(example)

    def few(o: Organization) -> bool | None:
        return _and(o.cover == "none", _at_least(o.full, 1), None if o.full is None else o.full < 3)

    def no_member(o: Organization) -> bool | None:
        return None if o.members is None else o.members == 0

    return {
        "uncovered": _answers(registered, lambda o: o.cover == "none"),
        "no-work-coverage": _answers([*registered, *example.of("filed")], _no_work),
        "branch-required": _answers(
            registered,
            lambda o: _and(o.cover != "standalone", _at_least(o.full, 3)),
            lambda o: "none" if o.cover == "none" else "joint-only",
        ),
        "few-members-uncovered": _answers(registered, few),
        "instructor-due": _answers(registered, lambda o: o.cover == "none" and not o.posts),
        "three-none": _answers(registered, lambda o: _and(no_member(o), _no_work(o))),
        "responsibility-gaps": {
            "gap": dict(sorted(example.planted["responsibility-gaps"].items())),
            "cannot_tell": sorted(
                o.id for o in example.organizations if o.operating and duty(o, counted, day).mode == "cannot-tell"
            ),
        },
        "purchase-one-step-short": _one_step_short(example, registered),
        "vertical-not-taken-on": {"gap": {_key(g): "" for g in sorted(_not_taken_on(example))}},
        "near-threshold": {
            "gap": {_key(g): str(n) for g, n in sorted(counted.items()) if n in {THRESHOLD, THRESHOLD + 1}}
        },
    }


def _one_step_short(example: Example, registered: list[Organization]) -> Truth:
    """Graded ones that lack exactly one of what J16 and J17 ask; cannot-tell is left out, since an empty grade is not known."""
    ended = example.planted["grade-expiring"]

    def short(o: Organization) -> bool | None:
        marks = [_and(o.cover != "none", None if o.extra[mark] is None else not o.extra[mark]) for mark in MARKS]
        three = _and(None if o.members is None else o.members == 0, _no_work(o))
        lacks = [None if o.grade is None else o.grade < "3A", o.id in ended, o.extra["abnormal_listed"], three, *marks]
        return None if None in lacks else lacks.count(True) == 1

    return _answers(registered, short)


def _key(group: tuple[str, str]) -> str:
    return f"{group[0]}|{group[1]}"


def _taken_on(example: Example) -> Counter[tuple[str, str]]:
    return Counter(
        (o.authority, o.industry)
        for o in example.of("registered")
        if o.operating and o.authority and o.industry and o.authority in o.supervised_by
    )


def _not_taken_on(example: Example) -> list[tuple[str, str]]:
    taken = _taken_on(example)
    return [group for group, size in groups(example).items() if size > THRESHOLD and taken[group] < size]


def _groups(example: Example) -> list[Truth]:
    """Every authority and industry: its size and how many the authority supervises."""
    taken = _taken_on(example)
    return [
        {"authority": a, "industry": i, "organizations": size, "supervised": taken[a, i], "vertical": size > THRESHOLD}
        for (a, i), size in sorted(groups(example).items())
    ]


def _responsibility(example: Example) -> Truth:
    """For each operating organisation the mode, the body that should answer, and the community."""
    counted = groups(example)
    due = {o.id: duty(o, counted, example.day) for o in example.organizations if o.operating}
    modes = {
        track: Counter(due[o.id].mode for o in example.of(track) if o.operating) for track in ("registered", "filed")
    }
    return {
        "modes": {track: dict(sorted(count.items())) for track, count in modes.items()},
        "organizations": {id_: list(found) for id_, found in sorted(due.items())},
    }


def _totals(example: Example) -> Truth:
    """The composition: how many by track and, within it, by each register."""

    def count(track: str, what: Callable[[Organization], str | None]) -> dict[str, int]:
        return dict(sorted(Counter(what(o) or "unknown" for o in example.of(track)).items()))

    by: dict[str, Callable[[Organization], str | None]] = {
        "category": lambda o: o.category, "legal_form": lambda o: o.legal_form, "industry": lambda o: o.industry,
        "street": lambda o: o.street, "status": lambda o: o.status,
        "authority": lambda o: o.authority or ("none" if o.registration != "dual" else None),
    }  # fmt: skip
    return {
        track: {"all": len(example.of(track)), **{name: count(track, what) for name, what in by.items()}}
        for track in ("registered", "filed")
    }


def _work_only(o: Organization) -> bool | None:
    nothing = _no_work(o)
    return None if nothing is None else o.cover == "none" and not nothing


def _rates(organizations: list[Organization]) -> Truth:
    forms = Counter(o.cover for o in organizations)
    work = [_work_only(o) for o in organizations]
    return {
        "operating": len(organizations), "standalone": forms["standalone"], "joint": forms["joint"],
        "functional": forms["functional"], "work_only": work.count(True), "work_unknown": work.count(None),
        "none": forms["none"] - work.count(True) - work.count(None),
        "organisation_coverage": [forms["standalone"] + forms["joint"], len(organizations)],
        "standalone_rate": [forms["standalone"], len(organizations)],
    }  # fmt: skip


def _coverage(example: Example) -> Truth:
    """Numerators and denominators of the rates, of both tracks and of the registered by each breakdown."""
    registered = [o for o in example.of("registered") if o.operating]
    by: dict[str, Callable[[Organization], str | None]] = {
        "category": lambda o: o.category, "industry": lambda o: o.industry, "street": lambda o: o.street,
        "community": lambda o: o.community, "authority": lambda o: o.authority,
    }  # fmt: skip
    broken_down = {
        name: {
            str(key or "unknown"): _rates([o for o in registered if what(o) == key])
            for key in sorted({what(o) for o in registered}, key=lambda key: key or "")
        }
        for name, what in by.items()
    }
    rates = _rates(registered)
    least = -(-95 * len(registered) // 100)
    alone = -(-35 * len(registered) // 100)
    planned = sum(o.planned_for is not None for o in registered)
    return {
        "registered": rates, "filed": _rates([o for o in example.of("filed") if o.operating]), "registered_by": broken_down,
        "distance_to_95": max(0, least - rates["organisation_coverage"][0]),
        "distance_to_35": max(0, alone - rates["standalone"]),
        "after_planned": [rates["organisation_coverage"][0] + planned, len(registered)],
    }  # fmt: skip
