"""What holds of every plan, on generated districts: rules kept, the same always, each action worth what it says."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from examples.generator.build import example_district
from graphmodel.network import Network, Stamp
from graphmodel.policy import load_default
from planning.account import Account
from planning.breaches import breaches
from planning.closing import FAR_REACHING
from planning.isolation import confirmed
from planning.plan import Plan, Proposal, together
from planning.planner import plan
from planning.verify import verify
from queries.answer import ask
from queries.context import Context
from queries.registry import judged
from tests.planning.districts import POLICIES, context, crowds, districts
from tests.strategies import tables

Tables = dict[str, pl.DataFrame]
ROOT = Path(__file__).parents[2]
quick = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a whole district shrinks too slowly to wait for
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def gaps(asked: Context) -> set[str]:
    """Every gap that hangs on what is near it."""
    near = [q for q in judged() if q.id not in FAR_REACHING]
    return {f"{q.id}|{q.anchor.name}|{id_}" for q in near for id_ in ask(q, asked).ids("gap")}


def closed(asked: Context, made: Plan) -> set[str]:
    """What the verifier finds closed."""
    found = verify(asked, made)
    return {i for i in (*found.closed, *found.beside) if i.split("|", 1)[0] not in FAR_REACHING}


def on_many_districts(few: int, many: int) -> pytest.MarkDecorator:
    """A few districts, always the same, in `make test`; many, others each time, in the soak."""
    return pytest.mark.parametrize("examples", [few, pytest.param(many, marks=pytest.mark.soak)])


def hold(examples: int, drawn: st.SearchStrategy[Any], *more: st.SearchStrategy[Any], of: Callable[..., None]) -> None:
    """Run a property on so many drawn examples."""
    given(drawn, *more)(settings(quick, max_examples=examples, derandomize=examples < 20)(of))()


@on_many_districts(6, 300)
def test_no_hard_rule_is_broken_nothing_opens_and_every_action_is_valid_alone(examples: int) -> None:
    def kept(drawn: Tables, policy: dict[str, Any]) -> None:
        given_ = context(drawn, **policy)
        made = plan(given_)
        found = verify(given_, made)
        assert (found.breaches, found.missing, found.opened) == ((), (), ())
        for proposal in made.proposals:
            assert breaches(confirmed(given_, [proposal]), proposal.changes) == [], proposal.id

    hold(examples, districts() | crowds(), POLICIES, of=kept)


@on_many_districts(4, 300)
def test_without_one_action_exactly_the_gaps_it_declares_open_again(examples: int) -> None:
    def reopens(drawn: Tables, policy: dict[str, Any]) -> None:
        given_ = context(drawn, **policy)
        made = plan(given_)
        ended = closed(given_, made)
        for proposal in made.proposals:
            rest = [p for p in made.proposals if p is not proposal]
            assert gaps(confirmed(given_, rest)) & ended == set(proposal.closes), proposal.id

    hold(examples, districts(), POLICIES, of=reopens)


@on_many_districts(6, 300)
def test_every_gap_is_closed_or_it_is_said_why_not(examples: int) -> None:
    def told(drawn: Tables, policy: dict[str, Any]) -> None:
        given_ = context(drawn, **policy)
        made = plan(given_)
        found = verify(given_, made)
        told = {u.finding for u in made.unplaced}
        assert set(found.left) <= told
        assert not told & set(found.closed)
        account = Account.of(made, found)
        assert (account.asked, account.unstated) == (account.closed + account.stated, 0)

    hold(examples, districts(), POLICIES, of=told)


@on_many_districts(6, 300)
def test_the_order_of_the_input_never_changes_a_plan(examples: int) -> None:
    def same(drawn: Tables, policy: dict[str, Any], rng: random.Random) -> None:
        shuffled = {name: table[rng.sample(range(table.height), table.height)] for name, table in drawn.items()}
        names = list(shuffled)
        rng.shuffle(names)
        again = plan(context({n: shuffled[n] for n in names}, **policy))
        assert plan(context(drawn, **policy)).to_json() == again.to_json()

    hold(examples, districts(), POLICIES, st.randoms(use_true_random=True), of=same)


@on_many_districts(6, 200)
def test_any_network_at_all_has_a_plan_that_breaks_nothing(examples: int) -> None:
    def sound(drawn: Tables) -> None:
        given_ = context(drawn)
        made = plan(given_)
        assert verify(given_, made).breaches == ()
        assert Plan.from_json(made.to_json()).to_json() == made.to_json()

    hold(examples, tables(), of=sound)


@on_many_districts(6, 300)
def test_what_is_pinned_stays_and_what_is_rejected_never_comes_again(examples: int) -> None:
    def decided(drawn: Tables, policy: dict[str, Any], rng: random.Random) -> None:
        given_ = context(drawn, **policy)
        first = plan(given_).proposals
        chosen = rng.sample(range(len(first)), len(first) * 2 // 3)
        pins, rejections = [first[k] for k in chosen[::3]], [first[k] for k in sorted(set(chosen) - set(chosen[::3]))]
        again = plan(given_, pins=pins, rejections=rejections)
        ids = [p.id for p in again.proposals]
        assert len(ids) == len(set(ids))
        assert {p.id for p in pins} <= set(ids)
        assert not {p.id for p in rejections} & set(ids)
        refused = {(p.kind, subject, p.target) for p in rejections for subject in p.subjects if p.target is not None}
        runners = {(p.kind, s, p.runner_up.target) for p in again.proposals if p.runner_up for s in p.subjects}
        assert not runners & refused - {
            (p.kind, s, p.runner_up.target) for p in pins if p.runner_up for s in p.subjects
        }
        found = verify(given_, again)
        assert (found.breaches, found.opened) == ((), ())

    hold(examples, districts(), POLICIES, st.randoms(use_true_random=True), of=decided)


@on_many_districts(6, 300)
def test_more_capacity_never_makes_the_proven_best_worse(examples: int) -> None:
    def no_worse(drawn: Tables, policy: dict[str, Any], rng: random.Random) -> None:
        name = rng.choice(["GuidanceStation", "InstructorPost", "Hub"])
        more = pl.col("capacity") + rng.randint(1, 3)  # one that is not known has no limit yet
        policy = {**policy, "instructor_max_load": 5}
        before = context(drawn, **policy)
        after = context({**drawn, name: drawn[name].with_columns(more)}, **policy)
        assert proven(plan(after)) >= proven(plan(before))

    hold(examples, districts(), POLICIES, st.randoms(use_true_random=True), of=no_worse)


def proven(made: Plan) -> tuple[float, float, float]:
    """How many get an instructor, of those most a station, and how many start-ups are taken in."""
    solved = {s.part: s for s in made.solved}
    parts = [solved[part] for part in ("instructor", "station", "incubate") if part in solved]
    assert {s.status for s in parts} <= {"optimal"}
    instructor, station, incubate = (
        solved[p].value if p in solved else 0.0 for p in ("instructor", "station", "incubate")
    )
    return instructor, station, incubate


def example() -> Context:
    """The example district."""
    made = example_district()
    network = Network.from_tables(made.rows.tables(), Stamp(1, made.day))
    return Context.of(network, load_default().at(made.day), made.day)


@pytest.fixture(scope="module")
def district() -> Context:
    return example()


@pytest.fixture(scope="module")
def made(district: Context) -> Plan:
    return plan(district)


def test_the_plan_of_the_example_closes_what_it_says_and_opens_nothing(district: Context, made: Plan) -> None:
    found = verify(district, made)
    assert found.sound
    assert found.line.en.startswith(f"closes {len(found.closed)} of {found.asked}, opens 0")
    assert len(found.closed) + len({u.finding for u in made.unplaced}) == found.asked


def test_the_plan_of_the_example_is_the_same_again(district: Context, made: Plan) -> None:
    assert plan(example()).id == made.id
    assert Plan.from_json(made.to_json()).id == made.id


@pytest.mark.parametrize("seed", ["1", "77"])
def test_the_plan_of_the_example_is_the_same_in_another_process(made: Plan, seed: str) -> None:
    code = "from planning.planner import plan; from tests.planning.test_planner import example; print(plan(example()).to_json())"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": seed}
    there = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, check=True)
    assert there.stdout.decode("utf-8").strip() == made.to_json()


def test_dropping_one_action_of_the_example_reopens_what_it_declares(district: Context, made: Plan) -> None:
    ended = closed(district, made)
    for proposal in made.proposals[::9]:
        rest = [p for p in made.proposals if p is not proposal]
        assert gaps(confirmed(district, rest)) & ended == set(proposal.closes), proposal.id


def test_the_changes_of_a_plan_are_planned_relations_of_the_plan_alone(made: Plan) -> None:
    changes = together(made.proposals)
    for name, delta in changes.deltas.items():
        if "state" in delta.after.columns:
            assert set(delta.after["state"]) <= {"planned"}, name
    assert changes.size == sum(p.changes.size for p in made.proposals)


def test_proposals_are_found_for_an_organisation_and_for_a_body(made: Plan) -> None:
    one: Proposal = next(p for p in made.proposals if p.target is not None)
    assert one.target is not None
    assert one in made.about(one.subjects[0])
    assert one in made.about(one.target)
    assert made.proposal(one.id) is one
    with pytest.raises(KeyError):
        made.proposal("no-such")
