"""Which Party organisation covers whom, and with how many members? Near 95 % covered, over 35 % by their own (J11)."""

from __future__ import annotations

import datetime as dt
import random

from examples.generator.bodies import CENTRE, COMMITTEE, ORPHAN_BODY, OUTSIDE, party_of
from examples.generator.geography import neighbours
from examples.generator.model import Example, JointBranch, Organization
from examples.generator.organizations import HUB_ORGANIZATION, SAME_NAME
from examples.generator.rows import evaluate
from graphmodel import identity

STANDALONE, FUNCTIONAL, UNCOVERED = 128, 3, 16
WIDE, UNRELATED = (6, 7, 8), 3
NEW_SINCE = dt.date(2016, 3, 21)


def add_coverage(example: Example) -> None:
    """Own, joint and functional Party organisations, member counts, the uncovered ones; then those of the filed."""
    rng = example.random("coverage")
    operating = [o for o in example.of("registered") if o.operating]
    uncovered = _uncovered(example, operating, rng)
    rest = [o for o in operating if o not in uncovered]
    unrelated = _unrelated(example, rest)
    rest = [o for o in rest if not any(o in members for members in unrelated)]
    standalone = _choose_standalone(rest, rng)
    joint = [o for o in rest if o not in standalone]
    functional = joint[:: len(joint) // FUNCTIONAL][:FUNCTIONAL]
    joint = [o for o in joint if o not in functional]
    for o in standalone:
        _own(o, rng, full=rng.randint(3, 14))
    for o in functional:
        _own(o, rng, full=rng.randint(0, 2), elsewhere=4)
        o.cover = "functional"
    _joints(example, joint, unrelated, rng)
    inactive = [o for o in example.of("registered") if o.status == "inactive"]
    for o in inactive[:2]:
        _own(o, rng, full=4)
    small = [b for b in example.joints if len(b.members) == 4 and b.members[0].industry == inactive[-1].industry]
    for o, branch in zip(inactive[2:], small, strict=False):
        _join(o, branch, rng)
    plain = [o for o in standalone if o.industry and o.authority not in {None, ORPHAN_BODY} and o.name != SAME_NAME]
    _plant_strength(example, plain)
    _plant_chains(example, plain, [o for o in standalone if o.authority == ORPHAN_BODY])
    _filed(example, rng)


def _uncovered(example: Example, operating: list[Organization], rng: random.Random) -> list[Organization]:
    """Sixteen without any Party organisation: four should have one, four have few members, seven none, one unknown."""
    usable = [o for o in operating if o.registration == "direct" and o.name != HUB_ORGANIZATION]
    usable += [
        o for o in operating if o.industry in {"民办教育", "医疗卫生", "养老服务"} and o.authority and o.community
    ]
    chosen = rng.sample([o for o in usable if o.name != SAME_NAME], UNCOVERED)
    for k, o in enumerate(chosen):
        if k < 4:
            o.set_members(3 + k, 1)
            o.reason = "due"
        elif k < 8:
            o.set_members(1 + k % 2)
            o.reason = "few-members"
        else:
            o.reason = "no-members"
        o.staff = (o.members or 0) + 4
    for o in chosen[:2]:
        o.planned_for = dt.date(2016, 9, 1)
        o.superior = _superior(o)
    chosen[2].union = True
    chosen[14].union = chosen[14].league = chosen[14].women = None
    chosen[15].set_members(None, None, None)
    chosen[15].reason = None
    chosen[6].reason = "no-members"
    example.plant("contradictions", chosen[6].id, "no-members-with-members")
    for o in chosen[8:10]:  # newly registered and not yet covered
        o.registered_on = NEW_SINCE + dt.timedelta(days=rng.randrange(50))
        example.plant("newly-registered", o.id, "no-cover")
    example.planted["uncovered"] = {o.id: "" for o in chosen}
    return chosen


def _far(example: Example, members: list[Organization], other: Organization) -> bool:
    near = set(neighbours(example.streets))
    return all(
        m.industry != other.industry
        and m.street != other.street
        and not {(m.street, other.street), (other.street, m.street)} & near
        for m in members
    )


def _unrelated(example: Example, rest: list[Organization]) -> list[list[Organization]]:
    """Three joint branches of three that share neither street, neighbouring streets nor industry."""
    pool = [o for o in rest if o.industry and o.community and o.name not in {SAME_NAME, HUB_ORGANIZATION}]
    groups: list[list[Organization]] = []
    for seed in pool[5::40]:
        group = [seed]
        for o in pool:
            if len(group) < 3 and o.industry and _far(example, group, o) and not any(o in g for g in groups):
                group.append(o)
        if len(group) == 3 and len(groups) < UNRELATED:
            groups.append(group)
    return groups


def _choose_standalone(rest: list[Organization], rng: random.Random) -> list[Organization]:
    must = [
        o for o in rest if o.industry is None or o.name in {HUB_ORGANIZATION, SAME_NAME} or o.authority == ORPHAN_BODY
    ]
    must += [o for o in rest if o.registration == "dual" and o.authority is None]
    free = [o for o in rest if o not in must]
    return must + rng.sample(free, STANDALONE - len(must))


def _superior(o: Organization) -> str:
    if o.registration == "direct" or o.authority is None:
        return party_of("body:区社会组织管理局") if o.registration == "direct" else party_of(COMMITTEE)
    return party_of(o.authority)


def _own(o: Organization, rng: random.Random, full: int, elsewhere: int = 0) -> None:
    """Give it a branch of its own, with the superior by its authority, and members."""
    o.set_members(full, rng.choice((0, 0, 0, 1)), elsewhere or rng.choice((0, 0, 1)))
    o.staff = (o.members or 0) + rng.randint(2, 40)
    o.cover, o.branch, o.superior = "standalone", party_of(o.id), _superior(o)
    o.founded = max(o.registered_on, dt.date(2006, 1, 1)) + dt.timedelta(days=rng.randrange(40, 200))


def _join(o: Organization, branch: JointBranch, rng: random.Random) -> None:
    o.set_members(rng.choice((0, 1, 1, 2)), 0, rng.choice((0, 1)))
    o.staff = (o.members or 0) + rng.randint(2, 20)
    o.cover, o.branch, o.superior, o.founded = "joint", branch.id, branch.superior, branch.founded
    branch.members.append(o)


def _add_joint(
    example: Example, members: list[Organization], label: str, superior: str, rng: random.Random
) -> JointBranch:
    name = f"{label}联合党支部"
    founded = dt.date(2013, 3, 1) + dt.timedelta(days=31 * rng.randrange(24))
    branch = JointBranch(evaluate(identity.joint_party_organization_id, superior, name), name, superior, [], founded)
    for o in members:
        _join(o, branch, rng)
        branch.founded = max(branch.founded, o.registered_on)
    if sum(o.full or 0 for o in members) < 3:
        for o in members[:3]:
            o.set_members(max(o.full or 0, 1), 0, o.elsewhere)
            o.staff = max(o.staff, (o.members or 0) + 2)
    for o in members:
        o.founded = branch.founded
    example.joints.append(branch)
    return branch


def _sizes(total: int, wide: int) -> list[int]:
    """How to part an industry into one wide branch, if any, and others of three to five."""
    left = total - wide
    parts = max(1, round(left / 4)) if left else 0
    even = [left // parts + (k < left % parts) for k in range(parts)]
    return ([wide] if wide else []) + even


def _joints(
    example: Example, joint: list[Organization], unrelated: list[list[Organization]], rng: random.Random
) -> None:
    industries: dict[str, list[Organization]] = {}
    for o in sorted(joint, key=lambda o: (o.industry or "", o.street or "", o.id)):
        industries.setdefault(o.industry or "", []).append(o)
    by_size = sorted(industries, key=lambda i: -len(industries[i]))
    single = industries[by_size[3]].pop()
    for rank, industry in enumerate(by_size):
        members = industries[industry]
        superior = _joint_superior(members)
        for k, size in enumerate(_sizes(len(members), WIDE[rank] if rank < len(WIDE) else 0)):
            part, members = members[:size], members[size:]
            branch = _add_joint(example, part, f"{industry}第{k + 1}", superior, rng)
            if size > 5:
                example.plant("joint-branch-too-wide", branch.id, str(size))
    for k, group in enumerate(unrelated):
        branch = _add_joint(example, group, f"综合第{k + 1}", party_of("body:区社会组织管理局"), rng)
        example.plant("joint-branch-unrelated", branch.id)
    lonely = _add_joint(example, [single], f"{single.industry}筹备", _joint_superior([single]), rng)
    example.plant("contradictions-party", lonely.id, "joint-covers-one")
    _plant_joint(example)


def _joint_superior(members: list[Organization]) -> str:
    """The Party body of the authority most of them have; the industry Party committee where there is none."""
    authorities = [o.authority for o in members if o.authority not in {None, ORPHAN_BODY}]
    most = max(sorted({a for a in authorities if a}), key=authorities.count, default=None)
    return party_of(most) if most else party_of("body:区社会组织管理局")


def _plant_joint(example: Example) -> None:
    """Seven joint members strong enough for a branch of their own, three of unknown strength."""
    normal = [
        b for b in example.joints if 3 <= len(b.members) <= 5 and b.id not in example.planted["joint-branch-unrelated"]
    ]
    for k, branch in enumerate(normal[2:32:3]):
        o = branch.members[-1]
        if k < 7:
            o.set_members(3 + k % 3, 0, 1)
            o.staff = (o.members or 0) + 8
            example.plant("joint-ready-to-stand-alone", o.id)
        else:
            o.set_members(None, None, None)
            example.plant_unknown("joint-ready-to-stand-alone", o.id)


def _plant_strength(example: Example, plain: list[Organization]) -> None:
    """Own branches below strength, of unknown strength, over fifty and a hundred, with more members than staff."""
    for o in plain[:6]:
        o.set_members(1 + len(o.name) % 2, 0, 0)
        example.plant("standalone-below-strength", o.branch or "")
    for o in plain[6:8]:
        o.set_members(None, None, None)
        example.plant_unknown("standalone-below-strength", o.branch or "")
    for o, strength in zip(plain[8:10], (56, 104), strict=True):
        o.set_members(strength, 0, 0)
        o.staff = strength + 60
        example.plant("form-upgrade", o.branch or "")
    for o in plain[21:23]:
        o.staff = (o.members or 0) - 1
        example.plant("contradictions", o.id, "members-above-staff")


def _plant_chains(example: Example, plain: list[Organization], orphans: list[Organization]) -> None:
    """Own branches of whose superior the kind alone is recorded, in a circle, with two, below one outside, and below a body that has none."""
    for o in plain[10:14]:
        o.superior = None
        example.plant_unknown("broken-chain", o.branch or "")
    circle = plain[14:17]
    for o, above in zip(circle, (*circle[1:], circle[0]), strict=True):
        o.superior = None
        _subordinate(example, o, above.branch or "")
        example.plant("broken-chain", o.branch or "", "circular")
    for o in plain[17:19]:
        _subordinate(example, o, party_of(CENTRE))
        example.plant("broken-chain", o.branch or "", "several")
    for o in plain[19:21]:
        o.superior = OUTSIDE
    for o in orphans:
        example.plant("broken-chain", o.branch or "", "dangling")


def _subordinate(example: Example, o: Organization, above: str) -> None:
    ends = ("PartyOrganization", o.branch or ""), ("PartyOrganization", above)
    example.rows.edge("SUBORDINATE_TO", *ends, state="actual", since=dt.date(2015, 1, 1))


def _filed(example: Example, rng: random.Random) -> None:
    """Some filed organisations have a branch too (N6); joint ones are those of one street."""
    placed = [o for o in example.of("filed") if o.operating and o.community]
    for o in rng.sample(placed, 24):
        _own(o, rng, full=rng.randint(3, 9))
        o.superior = party_of(o.community or "")
    for street in example.streets[:8]:
        free = [o for o in placed if o.street == street.code and o.cover == "none"][:4]
        _add_joint(example, free, f"{street.name.removesuffix('街道')}社区社会组织", party_of(street.code), rng)
    for o in example.of("filed"):
        if o.cover == "none":
            o.set_members(rng.choice((0, 0, 1, 2)), 0, rng.choice((0, 0, 1)))
            o.staff = (o.members or 0) + rng.randint(3, 12)
            o.reason = "few-members" if o.members else "no-members"
