"""The validator: every kind of wrong row is found, named, counted and rejected; every good row is accepted."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import polars as pl
import pytest

from graphmodel.network import Network, Stamp
from graphmodel.schema import EDGE_TYPES, NODE_TYPES
from graphmodel.schema.nodes import Fund, Organization
from graphmodel.tables import all_types, type_named
from graphmodel.text import Text
from loaders.columns import choice_words, read_column
from loaders.errors import RowError, of_each_kind
from loaders.faults import title_of
from loaders.raw import Checked, Header, Raw
from loaders.validate import check

MOBILE, CARD, MAIL = "13800138000", "11010519491231002X", "someone@example.org"


def raw(name: str, columns: dict[str, list[str | None]], sheet: str | None = None, first: int = 2) -> Raw:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    headers = {field: Header(title_of(name, field).zh, at) for at, field in enumerate(columns, start=1)}
    numbers = pl.int_range(first, first + frame.height, dtype=pl.UInt32, eager=True)
    return Raw(name, frame, numbers, f"{sheet or name}.csv", sheet or name, headers)


def organizations(**columns: list[str | None]) -> Raw:
    count = len(next(iter(columns.values())))
    return raw("Organization", {"id": [f"o{i}" for i in range(count)], **columns})


def one_error(checked: Checked) -> RowError:
    (error,) = checked.errors
    assert sum(checked.error_counts.values()) == 1
    return error


def cell(field: str, *texts: str | None) -> tuple[list[object], Checked]:
    checked = check([organizations(**{field: list(texts)})])
    table = checked.tables["Organization"]
    return table[field].to_list() if field in table.columns else [], checked


# --- values ---


@pytest.mark.parametrize(
    ("field", "texts", "values"),
    [
        ("name", ["  锦江\u3000", "a\r\n b", "\u200b", "'=1+1", "''-x", "it's"], ["锦江", "a b", None, "=1+1", "-x", "it's"]),
        ("staff", ["3", "３", "1,200", "3.0", "3人", None, " 4 ", "不详", "-"], [3, 3, 1200, 3, 3, None, 4, None, None]),
        ("union", ["√", "是", "1", "否", "0", "TRUE", "无", None, "不详"], [True] * 3 + [False] * 2 + [True, False, None, None]),
        ("grade", ["3A", "ＡＡＡ", " aaa", "grade 3a", None], ["3A"] * 4 + [None]),
        ("track", ["登记", "登记类", "filed", "FILED", "备案组织"], ["registered"] * 2 + ["filed"] * 3),
        ("credit_code", ["91110000802100433b", " 9111 0000 8021 00433B"], ["91110000802100433B"] * 2),
        ("last_activity", ["2015-06-03", "2015年6月3日", "20150603", "42158"], [dt.date(2015, 6, 3)] * 4),
        ("last_inspection", ["2015", "2015年"], [2015, 2015]),
    ],
)  # fmt: skip
def test_cells_are_read_as_people_write_them(field: str, texts: list[str | None], values: list[object]) -> None:
    found, checked = cell(field, *texts)
    assert found == values
    assert not checked.errors
    assert (checked.read, checked.accepted) == (len(texts), len(texts))


@pytest.mark.parametrize(
    ("field", "text", "code", "hint"),
    [
        ("staff", "many", "not-a-whole-number", "Enter digits"),
        ("staff", "3.5", "not-a-whole-number", "Enter digits"),
        ("staff", "99999999999999999999", "not-a-whole-number", "Enter digits"),
        ("staff", "-1", "below-range", "Check and correct"),
        ("staff", "1000001", "above-range", "Check and correct"),
        ("union", "maybe", "not-a-tick", "Enter 是"),
        ("registered_on", "2015-02-30", "not-a-date", "2015-06-03"),
        ("registered_on", "3015-02-03", "not-a-date", "2015-06-03"),
        ("category", "服务累", "not-a-choice", 'Is it "service"?'),
        ("category", "zzz", "not-a-choice", "One of: service"),
        ("credit_code", "91110000802100433C", "credit-code", "certificate"),
        ("name", "a\x07b", "control-character", "type it again"),
        ("name", "a\u202eb", "control-character", "type it again"),
        ("name", "龘" * 10_001, "text-too-long", "Shorten"),
    ],
)
def test_a_wrong_cell_is_named_with_place_value_and_what_to_do(field: str, text: str, code: str, hint: str) -> None:
    found, checked = cell(field, None, text)
    error = one_error(checked)
    assert (error.code, error.row, error.column) == (code, 3, title_of("Organization", field).zh)
    assert error.cell == "B3"
    assert error.value
    assert error.value[:5].replace("�", "?") == text[:5].replace("\x07", "?").replace("\u202e", "?")
    assert hint in error.hint.en
    assert found == [None]  # the first row is kept
    assert checked.rejected.rows() == [("Organization.csv", "Organization", 3)]
    assert (checked.read, checked.accepted) == (2, 1)


@pytest.mark.parametrize("value", ["inf", "nan", "1e999", "x"])
def test_numbers_that_are_none_are_refused(value: str) -> None:
    checked = check([raw("Fund", {"id": ["f"], "amount": [value]})])
    assert one_error(checked).code == "not-a-number"


def test_amounts_are_read_with_their_units() -> None:
    checked = check([raw("Fund", {"id": ["f", "g"], "amount": ["2万元", "1,200.50"]})])
    assert checked.tables["Fund"]["amount"].to_list() == [20_000.0, 1200.5]


@pytest.mark.parametrize("name", all_types())
def test_every_word_of_every_choice_is_understood(name: str) -> None:
    for column in type_named(name).columns.values():
        if column.choices is None:
            continue
        words = choice_words(column.choices)
        spelled = [*words, *(f" {word.upper()}　" for word in words)]
        ends: dict[str, list[str | None]] = {"id": [str(i) for i in range(len(spelled))]}
        if name in EDGE_TYPES:
            continue
        checked = check([raw(name, {**ends, column.name: list(spelled)})])
        assert not checked.errors, checked.errors[:3]
        assert checked.tables[name][column.name].to_list() == [*words.values(), *words.values()]


def test_a_month_is_recorded_as_its_first_day_and_said_so() -> None:
    found, checked = cell("registered_on", "2015.6", "2015", "2015-06-03")
    assert found == [dt.date(2015, 6, 1), dt.date(2015, 1, 1), dt.date(2015, 6, 3)]
    (notice,) = checked.notices
    assert (notice.code, notice.row) == ("day-unknown", 2)
    assert "2 rows" in notice.message.en


# --- identity and duplicates ---


@pytest.mark.parametrize(
    ("field", "behind", "beyond"),
    [
        ("registered_on", "2016-06-12", "2016-06-13"),
        ("registered_on", "2015", "2062"),
        ("last_inspection", "2016", "2017"),
    ],
)
def test_what_has_happened_does_not_lie_ahead_of_the_data(field: str, behind: str, beyond: str) -> None:
    rows = organizations(**{field: [behind, beyond, None]})
    checked = check([rows], day=dt.date(2016, 6, 12))
    error = one_error(checked)
    assert (error.code, error.row, error.value) == ("date-ahead", 3, beyond)
    assert "2016-06-12" in error.message.zh
    assert "--as-of" in error.hint.zh
    assert checked.tables["Organization"]["id"].to_list() == ["o0", "o2"]
    assert not check([rows]).errors


def test_terms_may_lie_ahead_and_those_far_off_are_remarked_on() -> None:
    streets = raw("Street", {"id": ["1", "2"], "valid_until": ["2030-01-01", "2091-01-01"]})
    checked = check([streets], day=dt.date(2016, 6, 12))
    assert checked.accepted == 2
    (notice,) = checked.notices
    assert (notice.code, notice.row) == ("far-ahead", 3)


@pytest.mark.parametrize("identity", [None, "  ", "\u200b"])
def test_a_row_needs_an_id(identity: str | None) -> None:
    checked = check([raw("Organization", {"id": ["a", identity]})])
    assert one_error(checked).code == "missing-id"
    assert checked.tables["Organization"]["id"].to_list() == ["a"]


def test_an_id_has_its_longest_length() -> None:
    checked = check([raw("Organization", {"id": ["x" * 200, "y" * 201]})])
    assert one_error(checked).code == "text-too-long"


def test_rows_that_say_the_same_are_one_with_a_notice() -> None:
    checked = check([raw("Organization", {"id": ["a", "b", "a"], "staff": ["3", "4", "３"]})])
    assert not checked.errors
    assert sorted(checked.tables["Organization"]["id"]) == ["a", "b"]
    assert [notice.code for notice in checked.notices] == ["same-row"]
    assert (checked.read, checked.accepted) == (3, 3)


def test_rows_of_one_key_that_differ_are_all_rejected_and_name_each_other() -> None:
    one = raw("Organization", {"id": ["a", "b", "a"], "staff": ["3", "4", "5"]})
    other = raw("Organization", {"id": ["a", "b"], "staff": ["3", "4"]}, sheet="again")
    checked = check([one, other])
    assert checked.error_counts == {"duplicate-key": 3}
    assert checked.tables["Organization"]["id"].to_list() == ["b"]
    assert ["row 4" in e.message.en for e in checked.errors if e.row == 2 and e.sheet == "Organization"] == [True]
    assert ["row 2" in e.message.en for e in checked.errors if e.row == 4] == [True]
    assert [
        "row 4" in e.message.en and "Organization.csv" in e.message.en for e in checked.errors if e.sheet == "again"
    ] == [True]
    assert checked.read == 5
    assert checked.accepted == 2


def test_a_relation_that_says_nothing_but_its_ends_may_stand_twice() -> None:
    nodes = [raw("Organization", {"id": ["a"]}), raw("Authority", {"id": ["x"]})]
    checked = check([*nodes, raw("LICENSED_BY", {"source": ["a", "a"], "target": ["x", "x"]})])
    assert not checked.errors
    assert checked.tables["LICENSED_BY"].select("source", "target").rows() == [("a", "x")]


def test_of_three_rows_the_two_that_differ_are_named_and_what_they_differ_in() -> None:
    checked = check(
        [raw("Organization", {"id": ["a", "a", "a"], "staff": ["3", None, "5"], "industry": [None, "教育", None]})]
    )
    assert checked.error_counts == {"duplicate-key": 3}
    said = {error.row: error.message for error in checked.errors}
    assert said[2] == Text(
        "本行与第 4 行标识相同，内容却不同：“从业人员数”。",
        "This row and row 4 have one key and differ in “从业人员数”.",
    )
    assert said[4].en == "This row and row 2 have one key and differ in “从业人员数”."
    assert said[3].zh == "本行与第 2 行、第 4 行标识相同，而那两行内容不同：“从业人员数”。"
    assert said[3].en == "This row, row 2 and row 4 have one key, and those two differ in “从业人员数”."


def test_edges_of_one_pair_differ_by_their_key_fields() -> None:
    nodes = [raw("Organization", {"id": ["a", "b"]}), raw("Alliance", {"id": ["l"]})]
    joints = raw(
        "JOINS_WITH", {"source": ["a", "b", "a"], "target": ["b", "a", "b"], "kind": [*kinds("JOINS_WITH", 2), None]}
    )
    checked = check([*nodes, joints])
    assert not checked.errors
    assert checked.tables["JOINS_WITH"].select("source", "target").rows() == [("a", "b")] * 3


def kinds(edge: str, count: int) -> list[str | None]:
    choices = EDGE_TYPES[edge].columns["kind"].choices
    assert choices is not None
    return list(choices.values()[:count])


# --- edges ---

NODES = (
    raw("Organization", {"id": ["a", "b"], "name": ["甲", "乙"]}),
    raw("Authority", {"id": ["authority-education"], "name": ["锦江区教育局"]}),
    raw("Street", {"id": ["s", "t", "both"], "name": ["街", "道", "同"]}),
    raw("Community", {"id": ["c", "both"], "name": ["社", "同"]}),
    raw("PartyOrganization", {"id": ["p", "q"]}),
)


def edges(name: str, **columns: list[str | None]) -> Checked:
    return check([*NODES, raw(name, columns)])


def test_types_of_ends_are_inferred_from_schema_and_ids() -> None:
    checked = edges("LOCATED_IN", source=["a", "b", "p"], target=["c", "s", "s"])
    assert not checked.errors
    assert checked.tables["LOCATED_IN"].select("source_type", "target_type").rows() == [
        ("Organization", "Community"),
        ("Organization", "Street"),
        ("PartyOrganization", "Street"),
    ]


def test_a_doubtful_end_asks_for_its_type_and_takes_it_in_any_language() -> None:
    checked = edges("LOCATED_IN", source=["a"], target=["both"])
    assert one_error(checked).code == "ambiguous-end"
    checked = edges("LOCATED_IN", source=["a", "b"], target=["both", "both"], target_type=["街道", "Community"])
    assert checked.tables["LOCATED_IN"]["target_type"].to_list() == ["Street", "Community"]


def test_an_end_of_another_type_is_refused() -> None:
    checked = edges("LICENSED_BY", source=["a"], target=["s"], target_type=["Street"])
    assert one_error(checked).code == "wrong-end-type"


def test_a_pair_that_the_schema_does_not_join_is_refused() -> None:
    checked = edges("SUCCEEDED_BY", source=["s"], target=["c"])
    assert one_error(checked).code == "wrong-pair"


@pytest.mark.parametrize(
    ("target", "guess"),
    [("authority-educaton", "authority-education"), ("锦江区教育局", "authority-education"), ("zzz", None)],
)
def test_a_missing_end_is_named_with_the_likeliest_one(target: str, guess: str | None) -> None:
    checked = edges("LICENSED_BY", source=["a", "b"], target=["authority-education", target])
    error = one_error(checked)
    assert (error.code, error.row, error.value) == ("missing-reference", 3, target)
    assert ("Is it" in error.hint.en) == (guess is not None)
    assert guess is None or guess in error.hint.zh


def test_an_end_may_be_in_the_network_already() -> None:
    network = Network.from_tables(check(NODES).tables, Stamp(1, dt.date(2016, 6, 30)))
    edge = raw("LICENSED_BY", {"source": ["a"], "target": ["authority-education"]})
    assert not check([edge], network).errors
    assert not check([edge], network.tables()).errors
    assert check([edge]).error_counts == {"missing-reference": 2}


def test_edges_fall_with_the_node_they_name_and_say_which_row() -> None:
    nodes = raw("Organization", {"id": ["a", "b"], "staff": ["3", "many"]})
    checked = check(
        [nodes, *NODES[1:], raw("LICENSED_BY", {"source": ["a", "b"], "target": ["authority-education"] * 2})]
    )
    assert checked.error_counts == {"not-a-whole-number": 1, "refers-to-rejected": 1}
    lost = checked.errors[-1]
    assert lost.row == 3
    assert "Organization.csv / Organization, row 3" in lost.message.en
    assert checked.tables["LICENSED_BY"]["source"].to_list() == ["a"]


def test_a_rejected_row_of_a_known_node_does_not_take_its_edges_along() -> None:
    network = Network.from_tables(check(NODES).tables, Stamp(1, dt.date(2016, 6, 30)))
    nodes = raw("Organization", {"id": ["a"], "staff": ["many"]})
    checked = check([nodes, raw("LICENSED_BY", {"source": ["a"], "target": ["authority-education"]})], network)
    assert checked.error_counts == {"not-a-whole-number": 1}
    assert checked.tables["LICENSED_BY"].height == 1


def test_only_one_place_is_allowed_and_both_rows_are_named() -> None:
    checked = edges("LOCATED_IN", source=["a", "a", "b"], target=["c", "s", "s"])
    assert checked.error_counts == {"more-than-one": 2}
    assert ["row 3" in checked.errors[0].message.en, "row 2" in checked.errors[1].message.en] == [True, True]
    assert checked.tables["LOCATED_IN"]["source"].to_list() == ["b"]


def test_a_ledger_that_breaks_an_expected_cardinality_is_taken_as_it_is() -> None:
    nodes = [raw("Organization", {"id": ["a"]}), raw("Authority", {"id": ["x", "y"]})]
    checked = check([*nodes, raw("LICENSED_BY", {"source": ["a", "a"], "target": ["x", "y"]})])
    assert not checked.errors
    assert checked.tables["LICENSED_BY"].height == 2


def test_undirected_edges_are_put_in_order_and_meet() -> None:
    checked = edges("NEIGHBOURS", source=["t", "s"], target=["s", "t"])
    assert checked.tables["NEIGHBOURS"].select("source", "target").rows() == [("s", "t")]
    assert [notice.code for notice in checked.notices] == ["same-row"]


def test_of_many_equal_rows_in_two_files_some_are_named_and_the_others_counted() -> None:
    many = raw("Organization", {"id": ["a"] * 6})
    few = replace(raw("Organization", {"id": ["a"]}), file="b.csv")
    checked = check([many, few])
    assert checked.tables["Organization"].height == 1
    assert [(n.code, n.file) for n in checked.notices] == [("same-row", many.file), ("same-row", "b.csv")]
    for notice in checked.notices:
        assert "2 more rows" in notice.message.en
        assert "另 2 行" in notice.message.zh


@pytest.mark.parametrize("name", ["NEIGHBOURS", "SUCCEEDED_BY", "SUBORDINATE_TO"])
def test_nothing_is_joined_to_itself(name: str) -> None:
    end = "p" if name == "SUBORDINATE_TO" else "s"
    assert one_error(edges(name, source=[end], target=[end])).code == "joined-to-itself"


# --- personal data ---


@pytest.mark.parametrize("secret", [MOBILE, CARD, MAIL, "１３８００１３８０００", f"张某 {MOBILE}"])
@pytest.mark.parametrize("field", ["name", "industry"])
def test_personal_data_is_refused_without_being_shown(field: str, secret: str) -> None:
    _, checked = cell(field, "教育", secret, "文化")
    error = one_error(checked)
    assert (error.code, error.row, error.value) == ("personal-data", 3, None)
    assert secret not in json.dumps([e.as_json() for e in checked.errors], ensure_ascii=False)


@pytest.mark.parametrize("secret", [MOBILE, CARD, MAIL])
def test_personal_data_is_never_shown_wherever_it_stands(secret: str) -> None:
    nodes = raw(
        "Organization",
        {"id": ["a", secret], "staff": ["3", secret], "category": ["服务", secret], "credit_code": [None, secret]},
    )
    more = raw(
        "LICENSED_BY",
        {"source": ["a", secret, secret], "target": [secret, "x", None], "source_type": [None, secret, None]},
    )
    checked = check([nodes, more])
    assert checked.errors
    assert checked.accepted == 1
    shown = [*checked.errors, *checked.notices]
    assert secret not in json.dumps([e.as_json() for e in shown], ensure_ascii=False)
    assert secret not in "".join(e.as_text("zh") + e.as_text("en") for e in shown)


def test_a_column_of_persons_is_skipped_and_the_rows_kept() -> None:
    secrets: list[str | None] = [MOBILE, "13900139000", "13700137000", None]
    checked = check([organizations(industry=secrets)])
    assert not checked.errors
    (notice,) = checked.notices
    assert (notice.code, notice.value) == ("personal-column", None)
    (part,) = checked.parts
    assert "industry" not in part.frame.columns  # not stated, which is not the same as emptied
    assert checked.accepted == 4


def test_a_credit_code_of_digits_is_no_personal_data() -> None:
    code = "525101040000000016"
    checked = check([raw("Organization", {"id": [f"usc:{code}"], "credit_code": [code]})])
    assert "personal-data" not in checked.error_counts


# --- the sum of it all ---


def test_rows_that_one_source_row_gave_are_judged_together() -> None:
    nodes = raw("Organization", {"id": ["a", "b", "c"], "staff": ["3", "many", "4"]}, sheet="ledger")
    party = raw("PartyOrganization", {"id": ["po:a", "po:b", "po:c"]}, sheet="ledger")
    covers = raw("COVERS", {"source": ["po:a", "po:b", "po:c"], "target": ["a", "b", "zzz"]}, sheet="ledger")
    checked = check([nodes, party, covers])
    assert checked.sheets.rows() == [("ledger.csv", "ledger", 3, 1, 2)]
    assert {name: table.height for name, table in checked.tables.items()} == {
        "Organization": 1,
        "PartyOrganization": 1,
        "COVERS": 1,
    }
    assert checked.rejected["row"].to_list() == [3, 4]


def test_errors_of_readers_reject_their_rows() -> None:
    from graphmodel.text import Text  # noqa: PLC0415

    text = Text("缺", "lacks")
    table = organizations(staff=["1", "2", "3"])
    found = RowError("Organization.csv", None, 3, None, None, "ragged-row", text, text)
    beyond = RowError("Organization.csv", "Organization", 99, None, None, "unreadable", text, text)
    checked = check([table], errors=[found, beyond])
    assert checked.sheets.rows() == [("Organization.csv", "Organization", 4, 2, 2)]
    assert checked.rejected["row"].to_list() == [3, 99]
    assert checked.error_counts == {"ragged-row": 1, "unreadable": 1}
    whole = check([table], errors=[RowError("Organization.csv", None, None, None, None, "x", text, text)])
    assert whole.accepted == 0


def test_errors_are_shown_up_to_a_number_and_counted_beyond() -> None:
    checked = check([organizations(staff=["many"] * 5_000, union=["maybe"] * 5_000)], most=100)
    assert len(checked.errors) == 100
    assert [error.row for error in checked.errors[:4]] == [2, 2, 3, 3]
    assert checked.error_counts == {"not-a-whole-number": 5_000, "not-a-tick": 5_000}
    assert checked.rejected.height == 5_000


def test_origins_lead_back_to_the_rows() -> None:
    checked = check([raw("Organization", {"id": ["a", "", "c"], "staff": ["1", "2", "3"]}, first=5)])
    assert checked.origins["Organization"].rows() == [
        ("a", "Organization.csv", "Organization", 5),
        ("c", "Organization.csv", "Organization", 7),
    ]


def test_a_column_that_the_type_has_not_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="colour"):
        check([raw_with("colour")])
    with pytest.raises(ValueError, match="sources"):
        check([raw_with("sources")])


def raw_with(field: str) -> Raw:
    frame = pl.DataFrame({"id": ["a"], field: ["x"]})
    return Raw("Organization", frame, pl.Series([2], dtype=pl.UInt32), "f", "s")


@pytest.mark.parametrize("name", all_types())
def test_an_empty_table_of_every_type_is_good(name: str) -> None:
    ends = ("id",) if name in NODE_TYPES else ("source", "target")
    columns: dict[str, list[str | None]] = {c: [] for c in (*ends, *type_named(name).columns)}
    checked = check([raw(name, columns)])
    assert (checked.read, checked.accepted, len(checked.errors)) == (0, 0, 0)
    assert checked.tables[name].height == 0


def test_hostile_texts_are_judged_like_any_other() -> None:
    hostile: list[str | None] = [
        "{row} {place}",
        "'; DROP TABLE x; --",
        "=cmd|' /C calc'!A0",
        "\ud7ff😀",
        "%s %n",
        "a\tb",
        "\\",
        "龘" * 300,
    ]
    nodes = raw("Organization", {"id": hostile, "staff": hostile})
    again = raw("Organization", {"id": hostile, "staff": ["1"] * 8}, sheet="{sheet}")
    edge = raw("LICENSED_BY", {"source": hostile, "target": hostile})
    checked = check([nodes, again, edge])
    assert checked.read == 24
    assert all(error.as_text("zh") and error.as_text("en") and error.as_json() for error in checked.errors)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("staff", "12人", 12),
        ("staff", "１２ 名", 12),
        ("staff", "12月", None),
        ("staff", "5年", None),
        ("grade_year", "2015年", 2015),
        ("grade_year", "2015人", None),
    ],
)
def test_a_number_with_the_unit_of_something_else_is_none(field: str, text: str, value: int | None) -> None:
    values, problems, _ = read_column(Organization.columns[field], pl.Series(field, [text]))
    assert values.to_list() == [value]
    assert [problem.code for problem in problems if problem.wrong.any()] == ([] if value else ["not-a-whole-number"])


@pytest.mark.parametrize(("text", "value"), [("2万元", 20000.0), ("12小时", None), ("3人", None)])
def test_an_amount_is_no_number_of_hours_or_people(text: str, value: float | None) -> None:
    values, _, _ = read_column(Fund.columns["amount"], pl.Series("amount", [text]))
    assert values.to_list() == [value]


def test_of_many_errors_some_of_every_kind_are_worded_in_their_order() -> None:
    def error(row: int, code: str) -> RowError:
        return RowError("台账.csv", None, row, None, None, code, Text("错", "wrong"), Text("改", "mend"))

    errors = [
        *(error(row, "unknown-street") for row in range(2, 500)),
        error(500, "bad-number"),
        error(501, "bad-date"),
    ]
    few = of_each_kind(errors, 4)
    assert [(each.row, each.code) for each in few] == [
        (2, "unknown-street"), (3, "unknown-street"), (500, "bad-number"), (501, "bad-date")
    ]  # fmt: skip
    assert of_each_kind(errors, 1_000) == errors
