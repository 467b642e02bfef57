"""The questions as SQL over a DuckDB file. What several questions share becomes a temporary table once a round.

SQL is three-valued itself; only `any_of`, an OR over rows, has to be told not to lose a null.
"""

# ruff: noqa: S608 - statements are put together from the parts in this file

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measuring import Work
from benchmarks.networks import EDGES, FIELDS, PARQUET, policy_values
from benchmarks.ten_questions import SHARED, Judgement, Line, digest
from examples.generator.scale import DAY

_MACROS = """
CREATE MACRO any_of(x) AS CASE WHEN bool_or(x) THEN true WHEN bool_or(x IS NULL) THEN NULL ELSE false END;
CREATE MACRO over(x, most) AS CASE WHEN count(*) FILTER (x) > most THEN true
  WHEN count(*) FILTER (coalesce(x, true)) <= most THEN false END;
CREATE MACRO or_none(x, id) AS CASE WHEN id IS NULL THEN false ELSE x END;
CREATE MACRO certain(yes, no) AS CASE WHEN yes THEN true WHEN no THEN false END;
"""

_CHAIN = """
CREATE OR REPLACE TEMP TABLE reaching AS WITH RECURSIVE up AS (
  SELECT id FROM PartyOrganization WHERE form = 'outside'
  UNION SELECT b.source FROM PARTY_BODY_OF b JOIN GoverningBody g ON g.id = b.target AND b.target_type = 'GoverningBody'
    WHERE g.kind = 'party-committee'
  UNION SELECT s.source FROM SUBORDINATE_TO s JOIN up ON up.id = s.target WHERE s.state = 'actual'
) SELECT id FROM up;
CREATE OR REPLACE TEMP TABLE covering AS
  SELECT c.target AS id, p.form, c.state = 'actual' AND p.state <> 'planned' AS covers, r.id IS NOT NULL AS up
  FROM COVERS c JOIN PartyOrganization p ON p.id = c.source LEFT JOIN reaching r ON r.id = p.id;
"""

_FACTS = """
CREATE OR REPLACE TEMP TABLE counted AS SELECT l.source AS id, l.target AS authority, o.industry,
  o.track = 'registered' AND o.status = 'operating' AS counts FROM LICENSED_BY l JOIN Organization o ON o.id = l.source;
CREATE OR REPLACE TEMP TABLE sizes AS SELECT authority, industry, count(*) FILTER (counts) AS least,
  count(*) FILTER (counts IS NOT false) AS most FROM counted GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE opens AS SELECT authority, coalesce(max(most) FILTER (industry IS NULL), 0) AS most,
  coalesce(max(most) FILTER (industry IS NOT NULL), 0) AS largest FROM sizes GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE licences AS SELECT c.id, c.authority, CASE
    WHEN c.industry IS NULL THEN CASE WHEN o.largest + o.most > getvariable('threshold') THEN NULL ELSE false END
    WHEN s.least > getvariable('threshold') THEN true WHEN s.most + o.most <= getvariable('threshold') THEN false END AS large
  FROM counted c JOIN opens o USING (authority)
  LEFT JOIN sizes s ON s.authority = c.authority AND s.industry = c.industry;
CREATE OR REPLACE TEMP TABLE facts AS
WITH cover AS (SELECT id, any_of(covers AND form = 'standalone') AS own, any_of(covers AND form = 'joint') AS joint,
    any_of(covers AND up) AS covered, any_of(covers AND up AND form = 'standalone') AS counted_own,
    any_of(covers AND up AND form = 'joint') AS counted_joint,
    any_of(covers AND up AND form NOT IN ('standalone', 'joint')) AS counted_other FROM covering GROUP BY id),
  instructed AS (SELECT target AS id, any_of(state = 'actual') AS is FROM INSTRUCTS GROUP BY ALL),
  stationed AS (SELECT target AS id, any_of(state = 'actual') AS is FROM STATION_GUIDES GROUP BY ALL),
  hubs AS (SELECT target AS id, any_of(state = 'actual' AND NOT coalesce(until < getvariable('today'), false)) AS is,
    over(state = 'actual' AND NOT coalesce(until < getvariable('today'), false), 1) AS two
    FROM INCUBATES WHERE target_type = 'Organization' GROUP BY target),
  licensed AS (SELECT id, any_of(large) AS large FROM licences GROUP BY id),
  joined AS (SELECT o.*, or_none(c.own, c.id) AS own, or_none(c.joint, c.id) AS joint,
    or_none(c.covered, c.id) AS covered, or_none(c.counted_own, c.id) AS counted_own,
    or_none(c.counted_joint, c.id) AS counted_joint,
    or_none(c.counted_other, c.id) AS counted_other,
    or_none(i.is, i.id) AS instructed, or_none(s.is, s.id) AS stationed,
    or_none(h.is, h.id) AS incubated, or_none(h.two, h.id) AS two_hubs,
    l.id IS NOT NULL AS licensed, l.large AS grouped,
    o.status = 'operating' AS operating, o.track = 'registered' AS registered, o.track = 'filed' AS filed
    FROM Organization o LEFT JOIN cover c USING (id) LEFT JOIN instructed i USING (id) LEFT JOIN stationed s USING (id)
    LEFT JOIN hubs h USING (id) LEFT JOIN licensed l USING (id))
SELECT *, registered AND operating AS inside,
  instructed OR stationed OR "union" OR youth_league OR womens_federation AS work,
  CASE WHEN members >= 1 OR members_here >= 1 OR full_members >= 1 OR probationary_members >= 1 OR members_elsewhere >= 1
    THEN false WHEN members < 1 OR (full_members < 1 AND probationary_members < 1 AND members_elsewhere < 1) THEN true
    END AS no_member,
  NOT incubated AND registered AND CASE WHEN registration IS NULL THEN licensed ELSE registration = 'dual' END AS due,
  NOT covered AND no_member AND NOT work AS three_none,
  due AND grouped AS vertical, NOT incubated AND NOT vertical AS territorial FROM joined;
CREATE OR REPLACE TEMP TABLE communities AS SELECT source AS id, target AS community FROM LOCATED_IN
  WHERE source_type = 'Organization' AND target_type = 'Community';
CREATE OR REPLACE TEMP TABLE streets AS
  SELECT c.id, p.target AS street FROM communities c JOIN PART_OF p ON p.source = c.community
  UNION ALL SELECT source, target FROM LOCATED_IN WHERE source_type = 'Organization' AND target_type = 'Street';
"""


def _held(alias: str, relation: str, right: str) -> str:
    """A table `alias`: by organisation, whether the relation is held, by the right body, by two bodies."""
    return (
        f"{alias} AS (SELECT e.target AS id, any_of(e.state = 'actual') AS held, any_of(e.state = 'actual' AND {right}) AS due, "
        f"over(e.state = 'actual', 1) AS two FROM {relation} e GROUP BY e.target)"
    )


def _right(table: str, column: str) -> str:
    """Whether an edge comes from one of the places of its organisation; unknown where there is none."""
    return f"CASE WHEN (e.target, e.source) IN (SELECT id, {column} FROM {table}) THEN true WHEN e.target IN (SELECT id FROM {table}) THEN false END"


def _verdict(scope: str, gap: str, rows: str) -> str:
    return f"SELECT id, ({scope}) AS scope, ({scope}) AND ({gap}) AS verdict FROM {rows}"


_LARGE = (
    "CASE WHEN (e.target, e.source) IN (SELECT id, authority FROM licences WHERE large) THEN true "
    "WHEN (e.target, e.source) IN (SELECT id, authority FROM licences WHERE large IS NULL) THEN NULL ELSE false END"
)
_OR_NONE = "or_none({0}.{1}, {0}.id) AS {0}_{1}"
_BODIES = ", ".join(_OR_NONE.format(body, what) for body in ("sup", "gui", "ans") for what in ("held", "due", "two"))
_RESPONSIBILITY = f"""
WITH {_held("s", "SUPERVISES", _LARGE)}, {_held("g", "GUIDES", _right("streets", "street"))},
{_held("a", "ANSWERS_FOR", _right("communities", "community"))},
every AS (SELECT f.*, f.id IN (SELECT id FROM communities) AND f.territorial AS answerable, {_BODIES}
  FROM facts f LEFT JOIN s sup ON sup.id = f.id LEFT JOIN g gui ON gui.id = f.id LEFT JOIN a ans ON ans.id = f.id)
""" + _verdict(
    "operating",
    "(NOT incubated AND NOT sup_held AND (vertical OR NOT gui_held)) OR (answerable AND NOT ans_held) "
    "OR sup_two OR gui_two OR ans_two OR two_hubs OR (vertical AND sup_held AND NOT sup_due) "
    "OR (territorial AND gui_held AND NOT gui_due) OR (territorial AND NOT gui_held AND sup_held) "
    "OR (answerable AND ans_held AND NOT ans_due)",
    "every",
)


def _load(node: str, relation: str, most: str) -> str:
    served = "e.source IS NOT NULL AND e.state = 'actual' AND o.status <> 'deregistered'"
    return (
        f"WITH loads AS (SELECT n.id, over({served}, {most}) AS overloaded, over({served}, 0) AS serving FROM {node} n "
        f"LEFT JOIN {relation} e ON e.source = n.id LEFT JOIN Organization o ON o.id = e.target "
        f"GROUP BY n.id{', n.capacity' if 'capacity' in most else ''}) "
        + _verdict("true", "overloaded OR NOT serving", "loads")
    )


_STRONG = (
    "CASE WHEN full_members < $least OR (full_members IS NULL AND (members_here < $least OR members < $least)) THEN false "
    "WHEN full_members >= $least THEN true END"
)
_GROUPS = f"""
WITH supervision AS (SELECT target AS id, source AS authority, any_of(state = 'actual') AS supervised FROM SUPERVISES GROUP BY ALL),
each AS (SELECT l.authority, f.industry, l.large, f.inside AND f.due AND NOT or_none(b.supervised, b.id) AS lacking
  FROM licences l JOIN facts f ON f.id = l.id AND f.inside IS NOT false
  LEFT JOIN supervision b ON b.id = l.id AND b.authority = l.authority),
perhaps AS (SELECT authority FROM each WHERE industry IS NULL AND lacking IS NOT false),
lacks AS (SELECT authority || '|' || industry AS id, any_of(large) AS large, any_of(lacking)
    OR CASE WHEN authority IN (SELECT authority FROM perhaps) THEN NULL ELSE false END AS lacking
  FROM each WHERE industry IS NOT NULL GROUP BY authority, industry)
{_verdict("large", "lacking", "lacks")}"""

JUDGED = {
    "uncovered": _verdict("inside", "NOT covered", "facts"),
    "three-none": _verdict("inside", "three_none", "facts"),
    "responsibility-gaps": _RESPONSIBILITY,
    "vertical-not-taken-on": _GROUPS,
    "branch-required": _verdict(f"inside AND {_STRONG}", "(NOT own AND joint) OR (NOT own AND NOT joint)", "facts"),
    "instructor-due": _verdict("inside AND NOT covered", "NOT instructed", "facts"),
    "instructor-load": _load("InstructorPost", "INSTRUCTS", "$most"),
    "station-load": _load("GuidanceStation", "STATION_GUIDES", "n.capacity"),
    "grade-above-ceiling": _verdict(
        "inside AND grade >= $ceiling",
        "three_none OR (covered AND NOT activity_regular) OR (covered AND NOT members_visible) "
        "OR (covered AND NOT party_life_regular)",
        "facts",
    ),
}
PARAMETERS = {
    "branch-required": {"least": "branch_min_members"},
    "instructor-load": {"most": "instructor_max_load"},
    "grade-above-ceiling": {"ceiling": "ceiling_grade"},
}
_ANSWER = (
    "SELECT count(*) FILTER (scope), list(id) FILTER (verdict), "
    "list(id) FILTER (scope IS NOT false AND verdict IS NULL) FROM ({0})"
)

_TIES = """
CREATE OR REPLACE TEMP TABLE ties AS
  SELECT m.source AS one, m.target AS other, o.status <> 'deregistered' AND m.state = 'actual' AS holds,
    o.status <> 'deregistered' AND m.state = 'actual' AND m.role = 'lead' AS leads
  FROM MEMBER_OF m JOIN Organization o ON o.id = m.source
  UNION ALL SELECT j.source, j.target, a.status <> 'deregistered' AND b.status <> 'deregistered', false
  FROM JOINS_WITH j JOIN Organization a ON a.id = j.source JOIN Organization b ON b.id = j.target;
CREATE OR REPLACE TEMP TABLE vertices AS SELECT id, row_number() OVER () AS number
  FROM (SELECT id FROM Organization UNION ALL SELECT id FROM Alliance);
"""
_LABELS = """
CREATE OR REPLACE TEMP TABLE links AS SELECT a.number AS one, b.number AS other FROM ties
  JOIN vertices a ON a.id = one JOIN vertices b ON b.id = other WHERE {held};
CREATE OR REPLACE TEMP TABLE label AS SELECT number, number AS label FROM vertices;
"""
_SPREAD = """
CREATE OR REPLACE TEMP TABLE wider AS SELECT l.number, least(l.label, coalesce(n.label, l.label)) AS label, n.label < l.label AS moved
FROM label l LEFT JOIN (SELECT number, min(label) AS label FROM (
  SELECT k.one AS number, l.label FROM links k JOIN label l ON l.number = k.other
  UNION ALL SELECT k.other, l.label FROM links k JOIN label l ON l.number = k.one) GROUP BY number) n USING (number)
"""
_SEEN = """
CREATE OR REPLACE TEMP TABLE {name} AS
WITH leads AS (SELECT DISTINCT l.label FROM ties JOIN vertices v ON v.id = one JOIN label l USING (number) WHERE {leading}),
sizes AS (SELECT l.label, count(*) AS together FROM label l JOIN vertices v USING (number) JOIN Organization USING (id) GROUP BY l.label)
SELECT v.id, together = 1 AS alone, l.label IN (SELECT label FROM leads) AS led
FROM Organization JOIN vertices v USING (id) JOIN label l USING (number) JOIN sizes USING (label)
"""
_ISOLATED = _verdict(
    "operating",
    "alone OR (NOT led AND NOT coalesce(alone, false))",
    "(SELECT f.id, f.operating, certain(p.alone, NOT s.alone) AS alone, certain(s.led, NOT p.led) AS led "
    "FROM facts f JOIN sure s USING (id) JOIN perhaps p USING (id))",
)

_RATES = """
WITH ways AS (SELECT id, industry, category, registration, filed, inside, filed AND operating AS filed_inside, [
    counted_own IS NOT false, counted_own IS NOT true AND counted_joint IS NOT false,
    counted_own IS NOT true AND counted_joint IS NOT true AND counted_other IS NOT false,
    covered IS NOT true AND work IS NOT false, covered IS NOT true AND work IS NOT true] AS possible FROM facts),
placed AS (SELECT *, CASE WHEN inside THEN 'registered' ELSE 'filed' END AS track,
    CASE WHEN len(list_filter(possible, lambda x: x)) = 1 THEN list_position(possible, true) ELSE 6 END AS way
    FROM ways WHERE inside OR filed_inside),
lines AS (
  SELECT track, 'whole' AS dimension, 'all' AS key, way FROM placed
  UNION ALL SELECT track, 'category', category, way FROM placed
  UNION ALL SELECT track, 'industry', industry, way FROM placed
  UNION ALL SELECT track, 'street', street, way FROM placed LEFT JOIN streets USING (id)
  UNION ALL SELECT track, 'community', community, way FROM placed LEFT JOIN communities USING (id)
  UNION ALL SELECT track, 'authority', coalesce(authority, CASE WHEN registration = 'direct' OR filed THEN 'none' END), way
    FROM placed LEFT JOIN licences USING (id))
SELECT track, dimension, coalesce(key, ''), count(*), count(*) FILTER (way = 1), count(*) FILTER (way = 2),
  count(*) FILTER (way = 3), count(*) FILTER (way = 4), count(*) FILTER (way = 5), count(*) FILTER (way = 6)
FROM lines GROUP BY ALL
"""


class Questions:
    """A connection to the file, and the answers."""

    def __init__(self, file: Path) -> None:
        self.connection = duckdb.connect(str(file))
        values = policy_values()
        threshold = values.integer("vertical_threshold")
        self.connection.execute("SET enable_progress_bar = false")
        self.connection.execute(f"SET VARIABLE threshold = {threshold}; SET VARIABLE today = DATE '{DAY}'")
        self.parameters = {
            question: {name: values[parameter] for name, parameter in named.items()}
            for question, named in PARAMETERS.items()
        }

    def load(self, folder: Path) -> None:
        """The same types and fields that the networkx graph has, as tables of the file."""
        for name, fields in FIELDS.items():
            columns = ", ".join(["id", *(f'"{field}"' for field in fields)])
            self._copy(name, columns, folder)
        for name, fields in EDGES.items():
            self._copy(name, ", ".join(("source_type", "source", "target_type", "target", *fields)), folder)
        self.connection.execute(_MACROS)

    def _copy(self, name: str, columns: str, folder: Path) -> None:
        file = folder / PARQUET / f"{name}.parquet"
        self.connection.execute(f"CREATE TABLE {name} AS SELECT {columns} FROM read_parquet('{file}')")

    def share(self) -> None:
        """The facts that several questions need."""
        self.connection.execute(_CHAIN)
        self.connection.execute(_FACTS)

    def judge(self, question: str) -> Judgement:
        """The answer to a judged question, its ids packed as lists."""
        return self._judgement(JUDGED[question], self.parameters.get(question))

    def _judgement(self, statement: str, parameters: dict[str, Any] | None = None) -> Judgement:
        row = self.connection.execute(_ANSWER.format(statement), parameters).fetchone()
        assert row is not None
        return Judgement(row[0], row[1] or [], row[2] or [])

    def isolated(self) -> Judgement:
        """Components by spreading the least label until nothing moves, over the certain ties and the possible ones."""
        self.connection.execute(_TIES)
        for name, held, leading in (
            ("sure", "holds", "leads"),
            ("perhaps", "holds IS NOT false", "leads IS NOT false"),
        ):
            self.connection.execute(_LABELS.format(held=held))
            while self._spread():
                pass
            self.connection.execute(_SEEN.format(name=name, leading=leading))
        return self._judgement(_ISOLATED)

    def _spread(self) -> bool:
        self.connection.execute(_SPREAD)
        moved = self.connection.execute("SELECT bool_or(moved) FROM wider").fetchone()
        self.connection.execute("CREATE OR REPLACE TEMP TABLE label AS SELECT number, label FROM wider")
        return bool(moved and moved[0])

    def rates(self) -> list[Line]:
        """The coverage rates."""
        lines: list[Line] = self.connection.execute(_RATES).fetchall()
        return lines


def ten(folder: Path) -> Work:
    """The ten questions over a file made of the same Parquet."""
    file = folder / "peer.duckdb"
    file.unlink(missing_ok=True)
    here = Questions(file)
    here.load(folder)
    steps: dict[str, Callable[[], Any]] = {SHARED: here.share}
    steps |= {question: partial(here.judge, question) for question in JUDGED}
    steps |= {"isolated-component": here.isolated, "coverage-rates": here.rates}
    return Work(steps, digest=digest, close=here.connection.close)
