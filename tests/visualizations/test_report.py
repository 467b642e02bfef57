"""Does a report without restricted fields rest on nothing that they decide?"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from examples.generator.build import example_district
from examples.generator.truth import truth
from graphmodel.network import Network, Stamp
from graphmodel.policy import load_default
from graphmodel.schema import NODE_TYPES
from queries.context import Context
from visualizations.headline import figures, missing_most, next_steps, worst
from visualizations.report import Report, compose, reads_restricted
from visualizations.statistics import DIMENSIONS, statistic


@pytest.fixture(scope="module")
def context() -> Context:
    example = example_district()
    network = Network.from_tables(example.rows.tables(), Stamp(1, example.day))
    return Context.of(network, load_default().at(example.day), example.day)


@pytest.fixture(scope="module")
def whole(context: Context) -> Report:
    return compose(context)


@pytest.fixture(scope="module")
def closed(context: Context) -> Report:
    return compose(context, include_restricted=False)


def test_what_is_left_is_decided_by_what_may_be_told(whole: Report, closed: Report) -> None:
    hidden = {a.question.id for a in whole.answers if reads_restricted(a.question)}
    assert {"branch-required", "few-members-uncovered", "three-none"} <= hidden
    assert {a.question.id for a in closed.answers} == {a.question.id for a in whole.answers} - hidden
    for answer in closed.answers:
        same = whole.answer(answer.question.id)
        assert answer.ids("gap") == same.ids("gap"), answer.question.id
        assert answer.ids("cannot-tell") == same.ids("cannot-tell"), answer.question.id


def test_no_restricted_field_is_in_it(closed: Report) -> None:
    for name, element in NODE_TYPES.items():
        frame = closed.network.nodes[name].frame
        fields = [c.name for c in element.columns.values() if c.restricted]
        assert all(frame[field].null_count() == frame.height for field in fields), name
    for answer in closed.answers:
        declared = answer.question.anchor.fields.columns
        assert not [n for n in answer.question.columns if declared[n].restricted], answer.question.id


def test_neither_summary_nor_statistics_nor_steps_tell_it(whole: Report, closed: Report) -> None:
    hidden = {a.question.id: a.question for a in whole.answers if reads_restricted(a.question)}
    assert not set(closed.summary["id"]) & set(hidden)
    assert not {gap.answer.question.id for gap in worst(closed)} & set(hidden)
    steps = "".join(step.zh for step in next_steps(closed))
    assert not [asked.id for asked in hidden.values() if asked.remedy.zh in steps]
    assert not {t.zh for t in missing_most(closed)} & {
        c.title.zh for e in NODE_TYPES.values() for c in e.columns.values() if c.restricted
    }
    for dimension in DIMENSIONS:
        frame = statistic(closed, dimension).frame
        assert not [c for c in frame.columns if c.removeprefix("gap:") in hidden]
        everything = statistic(whole, dimension).frame
        assert frame["with_gap"].to_list()[-1] < everything["with_gap"].to_list()[-1]


def test_the_figures_on_top_are_those_that_the_generator_planted(context: Context) -> None:
    known = truth(example_district())["coverage"]
    registered, filed = known["registered"], known["filed"]

    def worked(rates: dict[str, Any]) -> tuple[int, int]:
        return sum(rates[way] for way in ("standalone", "joint", "functional", "work_only")), rates["operating"]

    whole = registered["operating"]
    covered = registered["standalone"] + registered["joint"]
    assert registered["functional"], "or nothing tells apart whether functional ones count"
    expected = [(covered, whole), (registered["standalone"], whole), worked(registered), worked(filed)]
    found = figures(context)
    assert [(figure.part, figure.whole) for figure in found] == expected
    assert all(part < total for part, total in expected)
    assert found[0].short == known["distance_to_95"]
    assert found[1].short == known["distance_to_35"]
    assert found[0].planned.rate == known["after_planned"][0] / known["after_planned"][1]
    uncovered = whole - covered - registered["functional"]
    assert found[0].note.en.startswith(
        f"{registered['standalone']} standalone + {registered['joint']} joint; the other {whole - covered}: {uncovered} uncovered, "
        f"{registered['functional']} by functional"
    )
    other = load_default().at(context.today).replace(functional_counts=True)
    also = figures(Context.of(context.network, other, context.today))
    assert (also[0].part, also[0].whole) == (covered + registered["functional"], whole)
    assert (
        f" + {registered['functional']} functional or other; the other {uncovered}: {uncovered} uncovered"
        in also[0].note.en
    )
    assert [(figure.part, figure.whole) for figure in also[1:]] == expected[1:]


def test_the_worst_streets_are_those_with_most_of_the_gap_the_most_first(whole: Report) -> None:
    example = example_district()
    streets = {o.id: example.street_name(o.street) for o in example.organizations if o.street}
    graded = [gap for gap in worst(whole) if gap.streets]
    assert graded
    for gap in graded:
        counts = Counter(streets[id_] for id_ in gap.answer.ids("gap") if id_ in streets)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        assert gap.streets == tuple(ordered[:3]), gap.answer.question.id
        assert ordered[0][1] > ordered[-1][1], "or any order would do"
