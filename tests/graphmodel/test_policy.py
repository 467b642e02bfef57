"""The policy: what the shipped file says, which version holds on a day, and how a file with mistakes is refused."""

import datetime as dt
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphmodel.choices import Grade, StationKind
from graphmodel.clauses import CLAUSES
from graphmodel.parameters import GRADE_YEARS, PARAMETERS, GradeScheme, Parameter
from graphmodel.policy import DEFAULT, Policy, PolicyRefused, Values, available, load_default
from graphmodel.toml_lines import locate

SHIPPED = available()[DEFAULT].read_text(encoding="utf-8")
ARTICLE_DAY, TODAY = dt.date(2016, 6, 12), dt.date(2026, 7, 1)

# Figures of DOMAIN's clauses, read there and not in the policy file.
STATED = {
    "coverage_target": 0.95, "standalone_target": 0.35, "branch_min_members": 3, "branch_max_members": 50, "joint_min_units": 2,
    "joint_max_units": 5, "joint_min_members": 3, "branch_committee_min_members": 7, "branch_term_years": 3,
    "community_branch_term_years": 5, "general_branch_members": 50, "party_committee_members": 100, "vertical_threshold": 10,
    "instructor_max_load": 5, "demonstration_min": 3, "demonstration_max": 5, "incubation_term_years": 1, "ceiling_grade": "3A",
    "purchase_min_grade": "3A", "grade_scheme": "one-year", "grade_expiring_months": 3,
    "startup_assessment_years": 1, "startup_min_yuan": 5000, "startup_max_yuan": 20000, "training_yuan_per_member": 100,
    "dues_return_rate": 1, "untrained_years": 2, "handover_working_days": 5, "newly_registered_days": 90,
    "charter_clause_from": dt.date(2018, 5, 1), "inactive_inspections": 2, "inactive_first_activity_years": 1,
    "inactive_activity_years": 2, "abnormal_risk_months": 6, "scorecard_min_denominator": 10,
    "division_code": "510104", "vertical_group_by": "authority-industry",
}  # fmt: skip


def write(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> PolicyRefused:
    with pytest.raises(PolicyRefused) as caught:
        Policy.load(write(folder, text))
    return caught.value


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def block(name: str, text: str = SHIPPED) -> str:
    """The block of a parameter, as it stands in the file."""
    start = text.rindex("[[parameter]]", 0, text.index(f'name = "{name}"'))
    found = re.match(r".*?(?=\n\n|\Z)", text[start:], re.DOTALL)
    assert found is not None
    return found[0]


def outcome(make: Callable[[], Values]) -> Values | PolicyRefused:
    try:
        return make()
    except PolicyRefused as error:
        return error


def now(**changes: object) -> Values:
    return load_default().at(TODAY).replace(**changes)


def test_the_shipped_policy_states_the_figures_of_the_clauses() -> None:
    values = now()
    assert {name: values[name] for name in STATED} == STATED
    assert values.table("station_kind_by_industry")["民办教育"] == StationKind.SCHOOLS
    assert values.word("station_kind_otherwise") == StationKind.STREET


def test_every_parameter_has_a_value_and_every_version_an_existing_clause() -> None:
    policy = load_default()
    assert list(policy.versions) == list(PARAMETERS)
    assert {c for versions in policy.versions.values() for v in versions for c in v.clauses} <= set(CLAUSES)
    assert [*CLAUSES] == [f"J{n}" for n in range(1, 19)] + [f"N{n}" for n in range(1, 16)]


def test_what_is_open_on_purpose_has_both_readings() -> None:
    values = now()
    for name in (
        "vertical_threshold_reading",
        "vertical_group_by",
        "coverage_denominator",
        "grade_scheme",
        "direct_registration_home",
    ):
        readings = PARAMETERS[name].choices
        assert readings is not None
        assert len(readings) >= 2
        assert len({values.replace(**{name: reading}).digest for reading in readings}) == len(readings)
    assert now(functional_counts=True).digest != values.digest


def test_every_grade_scheme_has_its_years() -> None:
    assert {GRADE_YEARS[scheme] for scheme in GradeScheme} == {1, 5}
    assert now().word("ceiling_grade") in Grade.values()


def test_a_2016_example_is_judged_by_todays_rules_and_says_so() -> None:
    then, today = load_default().at(ARTICLE_DAY), now()
    assert then.digest == today.digest
    assert "branch_min_members" in then.early
    assert "coverage_target" not in then.early
    assert today.early == ()


def test_values_are_typed() -> None:
    values = now()
    assert values.integer("branch_min_members") == 3
    assert values.number("coverage_target") == 0.95
    assert values.number("branch_min_members") == 3.0
    assert values.flag("strict_cover") is False
    assert values.word("ceiling_grade") == "3A"
    assert values.date("charter_clause_from") == dt.date(2018, 5, 1)
    assert values.clause("instructor_max_load") == ("J11", "N12")
    for read in (values.integer, values.number, values.word, values.date, values.table):
        with pytest.raises(TypeError, match="strict_cover"):
            read("strict_cover")
    with pytest.raises(KeyError):
        values["no_such_parameter"]


def test_the_digest_depends_on_values_only() -> None:
    values = now()
    assert re.fullmatch("[0-9a-f]{64}", values.digest)
    assert values.digest == load_default().at(dt.date(2030, 1, 1)).digest
    assert values.replace(startup_min_yuan=5000).digest == values.digest
    assert values.replace(startup_min_yuan=5001).digest != values.digest
    assert pickle.loads(pickle.dumps(values)) == values  # noqa: S301 - our own bytes


def test_a_what_if_can_be_taken_back() -> None:
    changed = now(branch_min_members=2, strict_cover=True)
    assert changed.changed == {"branch_min_members": 3, "strict_cover": False}
    back = changed.replace(branch_min_members=3)
    assert back.changed == {"strict_cover": False}
    assert back.replace(strict_cover=False) == now()


def test_a_bad_what_if_names_every_mistake() -> None:
    with pytest.raises(PolicyRefused) as caught:
        now(branch_min_member=3, coverage_target=1.5, strict_cover=1, grade_scheme="forever", vertical_threshold=2.5)
    assert {p.code for p in caught.value.problems} == {
        "unknown-parameter",
        "out-of-range",
        "wrong-type",
        "unknown-choice",
    }
    assert len(caught.value.problems) == 5
    assert "branch_min_members" in caught.value.problems[0].hint.zh


def test_a_lower_bound_may_not_exceed_its_upper_one() -> None:
    with pytest.raises(PolicyRefused) as caught:
        now(startup_min_yuan=20_001)
    assert [p.code for p in caught.value.problems] == ["range-inverted"]


# One mistake at a time: what is changed in the shipped file, where it shows, under which code, and what the hint names.
MISTAKES = [
    ("value = 0.95", 'value = "0.95"', 'value = "0.95"', "wrong-type", ""),
    ("value = 0.95", "value = 95", "value = 95", "out-of-range", ""),
    ("value = 0.95", "value = nan", "value = nan", "out-of-range", ""),
    ("value = 0.95", "value = true", "value = true", "wrong-type", ""),
    ('value = "510104"', 'value = "成都"', 'value = "成都"', "out-of-range", ""),
    ("value = 2018-05-01", "value = 2018-05-01T00:00:00", "value = 2018-05-01T", "wrong-type", ""),
    ('value = "one-year"', 'value = "two-years"', 'value = "two-years"', "unknown-choice", ""),
    ('"卫生" = "medical"', '"卫生" = "point"', "[parameter.value]", "unknown-choice", ""),
    ('name = "coverage_target"', 'name = "coverage_targets"', 'name = "coverage_targets"', "unknown-parameter", "coverage_target"),
    ('name = "coverage_target"', "name = 3", "name = 3", "wrong-type", ""),
    ('clause = "J13"', 'clause = "J19"', 'clause = "J19"', "unknown-clause", "J1"),
    ('clause = "J13"', "clause = []", "clause = []", "wrong-type", ""),
    ("in_force_from = 2018-05-01", 'in_force_from = "2018"', 'in_force_from = "2018"', "wrong-type", ""),
    ("in_force_from = 2018-05-01", "in_force_from = 2018-05-01\nin_force_until = 2018-04-30", "in_force_until = 2018-04-30", "from-after-until", ""),
    ("in_force_from = 2018-05-01", "in_force_form = 2018-05-01", "in_force_form", "unknown-key", "in_force_from"),
    ("in_force_from = 2018-05-01", "confirmed = 1", "confirmed = 1", "wrong-type", ""),
    ("note = { zh = \"自2018年5月起\"", "note = { zhong = \"\"", "note = { zhong", "wrong-type", ""),
    ('title_en = "Jinjiang', 'title_fr = ""\ntitle_en = "Jinjiang', "title_fr", "unknown-key", "title"),
    ('title_zh = "锦江', 'title_zh = ""\n# "锦江', 'title_zh = ""', "wrong-type", ""),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "place", "code", "hint"), MISTAKES)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, good: str, bad: str, place: str, code: str, hint: str
) -> None:
    assert good in SHIPPED
    text = SHIPPED.replace(good, bad, 1)
    error = refused(tmp_path, text)
    problem = error.problems[0]
    assert (problem.code, problem.line) == (code, line_of(text, place))
    assert problem.file == str(tmp_path / "policy.toml")
    assert hint in problem.hint.zh
    assert hint in problem.hint.en
    assert f"policy.toml:{problem.line}" in str(error)


@pytest.mark.parametrize("bad", ["value = ", "value = 0.95 0.96", 'clause = "J11', "value = 0.95\nvalue = 0.95"])
def test_what_is_not_toml_is_named_with_its_line(tmp_path: Path, bad: str) -> None:
    text = SHIPPED.replace("value = 0.95", bad, 1)
    (problem,) = refused(tmp_path, text).problems
    assert problem.code == "syntax"
    assert problem.line == line_of(SHIPPED, "value = 0.95") + bad.count("\n")


def test_a_missing_parameter_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path, SHIPPED.replace(block("untrained_years"), ""))
    assert [p.code for p in error.problems] == ["missing-parameter"]
    assert "untrained_years" in error.problems[0].message.zh


@pytest.mark.parametrize("key", ["value", "clause", "document", "name"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    whole = block("untrained_years")
    error = refused(tmp_path, SHIPPED.replace(whole, re.sub(f"(?m)^{key} = .*\n", "", whole)))
    assert error.problems[0].code == "missing-key"
    assert key in error.problems[0].message.en
    assert error.problems[0].line == line_of(SHIPPED, whole)


def test_a_block_given_twice_and_an_overlap_are_named(tmp_path: Path) -> None:
    whole = block("charter_clause_from")
    twice = refused(tmp_path, f"{SHIPPED}\n{whole}\n")
    assert [p.code for p in twice.problems] == ["duplicate"]
    assert str(line_of(SHIPPED, whole)) in twice.problems[0].message.zh
    later = whole.replace("in_force_from = 2018-05-01", "in_force_from = 2020-01-01")
    overlap = refused(tmp_path, f"{SHIPPED}\n{later}\n")
    assert [p.code for p in overlap.problems] == ["overlap"]
    assert overlap.problems[0].line == SHIPPED.count("\n") + 2


def test_all_mistakes_are_listed_by_line(tmp_path: Path) -> None:
    text = (
        SHIPPED.replace("value = 0.95", "value = 2")
        .replace('clause = "J13"', 'clause = "K1"')
        .replace('name = "strict_cover"', 'name = "strict"')
    )
    error = refused(tmp_path, text)
    assert [p.code for p in error.problems] == [
        "unknown-parameter",
        "out-of-range",
        "unknown-clause",
        "missing-parameter",
    ]
    assert [p.line for p in error.problems] == sorted(p.line or 0 for p in error.problems)
    assert all(
        p.code in {q.code for q in error.problems}
        and p.message.zh in error.message.zh
        and p.message.en in error.message.en
        for p in error.problems
    )


def versions(text: str, *periods: tuple[str, str, str]) -> str:
    """The shipped file with the grade scheme in several periods: value, first day, last day."""
    blocks = [
        f'[[parameter]]\nname = "grade_scheme"\nvalue = "{value}"\nclause = "N8"\ndocument = "办法"\n'
        + (f"in_force_from = {begins}\n" if begins else "")
        + (f"in_force_until = {ends}\n" if ends else "")
        for value, begins, ends in periods
    ]
    return text.replace(block("grade_scheme"), "\n".join(blocks))


@pytest.mark.parametrize(
    ("day", "value", "early", "lapsed"),
    [
        ("2005-01-01", "one-year", True, False),
        ("2011-03-01", "one-year", False, False),
        ("2015-12-31", "one-year", False, False),
        ("2016-01-01", "one-year", False, True),
        ("2018-01-01", "five-years", False, False),
        ("2026-02-28", "five-years", False, False),
        ("2026-03-01", "calendar-five-years", False, False),
        ("2030-01-01", "calendar-five-years", False, False),
    ],
)
def test_the_day_chooses_the_version(tmp_path: Path, day: str, value: str, early: bool, lapsed: bool) -> None:
    text = versions(
        SHIPPED,
        ("calendar-five-years", "2026-03-01", ""),
        ("one-year", "2011-03-01", "2015-12-31"),
        ("five-years", "2018-01-01", "2026-02-28"),
    )
    values = Policy.load(write(tmp_path, text)).at(dt.date.fromisoformat(day))
    assert values["grade_scheme"] == value
    assert ("grade_scheme" in values.early, "grade_scheme" in values.lapsed) == (early, lapsed)
    assert values.clause("grade_scheme") == ("N8",)


def test_bounds_are_compared_in_every_period(tmp_path: Path) -> None:
    later = block("demonstration_min").replace("value = 3", "value = 6").replace("2016-06-12", "2020-01-01")
    earlier = block("demonstration_min") + "\nin_force_until = 2019-12-31"
    error = refused(tmp_path, SHIPPED.replace(block("demonstration_min"), f"{earlier}\n\n{later}"))
    assert [p.code for p in error.problems] == ["range-inverted"]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "missing-key", 1),
        (b"parameter = 3", "missing-key", 1),
        (b"name = 1\n\xff", "encoding", 2),
        (b"x = " + b"[" * 100_000, "syntax", None),
        (b"x = " + b"9" * 5000, "syntax", None),
        (b"x = 1\ny = {", "syntax", 2),
        (b"#" * 1_000_001, "too-large", None),
        (b"parameter = [{ name = 0x" + b"f" * 9999 + b" }]", "missing-key", 1),
    ],
)
def test_strange_files_are_refused_and_nothing_else_happens(
    tmp_path: Path, content: bytes, code: str, line: int | None
) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(PolicyRefused) as caught:
        Policy.load(path)
    assert (caught.value.problems[0].code, caught.value.problems[0].line) == (code, line)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(PolicyRefused, match=re.escape(str(path))) as caught:
            Policy.load(path)
        assert [p.code for p in caught.value.problems] == ["unreadable"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.integers(0, len(SHIPPED) - 1), st.integers(0, 40), st.text(max_size=12))
def test_a_damaged_file_loads_or_is_refused(tmp_path: Path, start: int, length: int, put: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes((SHIPPED[:start] + put + SHIPPED[start + length :]).encode("utf-8", "surrogatepass"))
    result = outcome(lambda: Policy.load(path).at(TODAY))
    if isinstance(result, PolicyRefused):
        assert all(p.message.zh and p.hint.en for p in result.problems)
        assert result.problems
    else:
        assert list(result) == list(PARAMETERS)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(list(PARAMETERS.values())), json_values)
def test_any_value_is_taken_or_refused_with_a_reason(parameter: Parameter, value: object) -> None:
    result = outcome(lambda: now(**{parameter.name: value}))
    if isinstance(result, PolicyRefused):
        assert parameter.name in result.problems[0].message.zh
    else:
        assert result[parameter.name] == value
        json.dumps(result[parameter.name], default=dt.date.isoformat, allow_nan=False)


def test_lines_are_found_past_strings_and_comments() -> None:
    text = '''# [[parameter]]
a = """
[[parameter]]
b = 1
"""
c = "[[parameter]] # \\" d = 2"
[[parameter]] # the first
name = \'\'\'
value = 1
\'\'\'
list = [
  "x = 1",
]
[parameter.value]
inner = 1
[other]
name = 3
[[parameter]]
name = 4
'''
    top, blocks = locate(text, "parameter")
    assert top == {"a": 2, "c": 6, "other": 16}
    assert [(b.line, b.keys) for b in blocks] == [(7, {"name": 8, "list": 11, "value": 14}), (18, {"name": 19})]
