"""Search as people type: a part of a name, another name, a code, pinyin, initials."""

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from api import search, search_index
from api.naming import node_meant
from api.scope import Scope
from api.search import KEY, bring_up, find, searched
from api.search_index import Index
from api.workspace import Workspace
from graphmodel.changes import ChangeSet
from graphmodel.network import Network, Stamp
from graphmodel.paths import NodeKey
from graphmodel.stores.protocol import Act
from graphmodel.tables import conform
from graphmodel.text import Refusal
from queries.planned import as_if_confirmed
from tests.strategies import frame

ORGANIZATIONS = [
    {"id": "usc:51510104M101458013", "name": "锦江区金苗商会", "aliases": "金苗", "credit_code": "51510104M101458013"},
    {"id": "usc:2", "name": "锦江区长者银行研究会", "aliases": None, "credit_code": None},
    {"id": "usc:3", "name": None, "aliases": "无名会", "credit_code": None},
    {"id": "usc:4", "name": "ABC公益中心", "aliases": None, "credit_code": None},
]
STREETS = [{"id": "510104022", "name": "金苗", "code": "510104022"}]


@pytest.fixture(scope="module")
def network() -> Network:
    tables = {
        "Organization": conform("Organization", pl.DataFrame(ORGANIZATIONS)),
        "Street": conform("Street", pl.DataFrame(STREETS)),
    }
    return Network.from_tables(tables, Stamp(1, dt.date(2016, 6, 12)))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("长者", ["usc:2"]),
        ("zhangzhe", ["usc:2"]),  # 长 is read zhang in 长者, by the phrase
        ("yinhang", ["usc:2"]),  # and 行 hang in 银行
        ("Zhang Zhe Yin Hang", ["usc:2"]),
        ("jjqzzyh", ["usc:2"]),
        ("无名", ["usc:3"]),
        ("abc", ["usc:4"]),
        ("ＡＢＣ", ["usc:4"]),
        ("51510104m1014", ["usc:51510104M101458013"]),
        ("510104022", ["510104022"]),
        ("金苗", ["510104022", "usc:51510104M101458013"]),  # called so, then holding it
        ("没有这样的", []),
    ],
)
def test_what_a_text_may_mean(network: Network, text: str, ids: list[str]) -> None:
    assert find(network, text)["id"].to_list() == ids


def test_letters_of_mathematics_that_nothing_has_find_nothing(network: Network) -> None:
    text = "𝓣𝓱𝓮 𝓺𝓾𝓲𝓬𝓴 𝓫𝓻𝓸𝔀𝓷 𝓯𝓸𝔁 𝓳𝓾𝓶𝓹𝓼"  # in two readings, and no row may have one of them
    assert find(network, text, ("Street",)).is_empty()
    assert find(network, text).is_empty()


def test_types_and_limits(network: Network) -> None:
    assert find(network, "", ("Organization",))["id"].to_list() == ["usc:4", "usc:51510104M101458013", "usc:2", "usc:3"]
    assert find(network, "", limit=1).height == 1
    assert find(network, "金苗", ("Authority",)).height == 0
    assert find(Network.from_tables({}, Stamp(0, dt.date(1970, 1, 1))), "金").height == 0


@pytest.fixture(scope="module")
def many() -> Network:
    """20,000 organisations whose names share their parts, more than are signed or read at once."""
    rng = np.random.default_rng(20160612)
    parts = [
        ["锦江区", "成都市", ""],
        ["长者", "金苗", "公益", "水井坊", "东湖"],
        ["服务", "教育", "研究", ""],
        ["中心", "协会", "商会"],
    ]
    chosen = [rng.choice(part, 20_000) for part in parts]
    names = [f"{a}{b}{n % 700 or ''}{c}{d}" for n, (a, b, c, d) in enumerate(zip(*chosen, strict=True))]
    rows = {
        "id": [f"usc:{n:05}" for n in range(20_000)],
        "name": names,
        "aliases": [n[-4:] if len(n) % 3 else None for n in names],
    }
    tables = {
        "Organization": conform("Organization", pl.DataFrame(rows)),
        "Street": conform("Street", pl.DataFrame(STREETS)),
    }
    return Network.from_tables(tables, Stamp(1, dt.date(2016, 6, 12)))


def read_one_by_one(network: Network, text: str, types: tuple[str, ...], limit: int) -> list[str]:
    """What the search is to find of a text without letters, by looking at every row."""
    found = []
    for type_ in ("Organization", "Street"):
        for row in network.nodes[type_].frame.iter_rows(named=True):
            written = [row[c].lower() for c in ("name", "aliases", "credit_code", "code", "id") if row.get(c)]
            if any(text in each for each in written) and (not types or type_ in types):
                begins = any(each.startswith(text) for each in written)
                rank = 0 if row["name"] == text else 1 if text in written else 2 if begins else 3
                found.append((rank, len(row["name"]), type_, row["id"]))
    return [id_ for *_, id_ in sorted(found)[:limit]]


@pytest.mark.parametrize(
    ("text", "types", "limit"),
    [
        ("协会", (), 20), ("金苗", (), 20), ("金苗", ("Street",), 20), ("锦江区", (), 200), ("东湖69", (), 50), ("东湖690教育商会", (), 20),
        ("苗", (), 20), ("99", (), 200), ("7", (), 30), ("19999", (), 20), ("成都市公益6服务中心", (), 200), ("没有", (), 20), ("", (), 7),
        ("务中", ("Organization",), 100), ("00022", (), 10),
    ],
)  # fmt: skip
def test_it_finds_what_looking_at_every_row_finds(many: Network, text: str, types: tuple[str, ...], limit: int) -> None:
    assert find(many, text, types, limit)["id"].to_list() == read_one_by_one(many, text, types, limit)


def test_it_finds_the_same_however_many_are_read_and_signed_at_once(
    many: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "_READ_AT_ONCE", 1_000)
    monkeypatch.setattr(search_index, "_SIGNED_AT_ONCE", 700)
    monkeypatch.setattr(search, "_AT_ONCE", 3_000)
    fresh = many.afresh()
    for text in ("东湖690教育商会", "19999", "成都市公益6服务中心", "dhjysh"):
        assert find(fresh, text, (), 200).equals(find(many, text, (), 200))
    assert find(fresh, "19999", (), 20)["id"].to_list() == read_one_by_one(many, "19999", (), 20)


@pytest.mark.parametrize(
    ("text", "most"), [("东湖690教育商会", 200), ("金苗", 8_000), ("19999", 200), ("没有这样的", 20)]
)
def test_few_rows_are_read(text: str, most: int) -> None:
    names = [f"{part}{n}{kind}" for n in range(5_000) for part in ("东湖", "金苗") for kind in ("教育商会", "服务协会")]
    words = pl.Series([f"\x1f{name}\x1fusc:{n:05}\x1f" for n, name in enumerate(names)])
    index = Index.of(pl.DataFrame({"id": words}), words)
    holding = np.concatenate([np.zeros(0, dtype=np.int32), *index.holding(text, index.likely(text), text)])
    assert holding.tolist() == np.flatnonzero(words.str.contains(text, literal=True)).tolist()
    assert len(holding) <= len(index.likely(text)) <= len(holding) + most


def test_an_id_means_who_has_it_however_many_hold_it() -> None:
    street = {"id": "510104035", "name": "柳江街道"}
    inside = [{"id": f"510104035{number:03}", "name": f"社区{number}"} for number in range(30)]
    tables = {
        "Street": conform("Street", pl.DataFrame([street])),
        "Community": conform("Community", pl.DataFrame([*inside, {"id": "x", "name": "a\x1b[2Jb"}])),
        "Hub": conform("Hub", pl.DataFrame([{"id": "x", "name": None}])),
    }
    net = Network.from_tables(tables, Stamp(1, dt.date(2016, 6, 12)))
    assert node_meant(net, "510104035") == NodeKey("Street", "510104035")
    assert find(net, "510104035", limit=3)["id"].to_list() == ["510104035", "510104035000", "510104035001"]
    assert find(net, " 510104035007 ")["id"].to_list() == ["510104035007"]
    assert [node_meant(net, one["id"]).id for one in inside] == [one["id"] for one in inside]
    assert node_meant(net, "Street/柳江街道") == NodeKey("Street", "510104035")
    with pytest.raises(Refusal) as several:
        node_meant(net, "x")
    assert several.value.code == "ambiguous-name"
    assert "Community/x" in several.value.message.zh
    assert "Hub/x" in several.value.message.zh
    assert "\x1b" not in several.value.message.zh


def test_an_index_is_brought_up_by_the_act(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [{"id": f"usc:x{n:03}", "name": f"第{n}协会", "aliases": f"又{n}", "credit_code": None} for n in range(90)]
    tables = network.tables()
    tables["Organization"] = pl.concat([tables["Organization"], conform("Organization", pl.DataFrame(many))])
    before = Network.from_tables(tables, Stamp(2, dt.date(2016, 6, 12)))
    find(before, "金苗")
    old = tables["Organization"].filter(pl.col("id").is_in(["usc:2", "usc:3", "usc:x001", "usc:x002"]))
    new = pl.concat(
        [
            old.filter(id="usc:2").with_columns(name=pl.lit("银行")),  # comes earlier now
            old.filter(id="usc:3").with_columns(aliases=pl.lit("有名会")),
            old.filter(id="usc:x001").with_columns(staff=pl.lit(7, old.schema["staff"])),  # by which nobody searches
            old.filter(id="usc:x001").with_columns(id=pl.lit("usc:new"), name=pl.lit("新长者会")),
        ]
    )
    street = tables["Street"]
    changes = ChangeSet.between(
        {"Organization": old, "Street": street}, {"Organization": new, "Street": street.clear()}
    )
    after = before.apply(changes, Stamp(3, dt.date(2016, 6, 12)))
    written, index_of = list[int](), Index.of

    def of(rows: pl.DataFrame, words: pl.Series) -> Index:
        written.append(rows.height)
        return index_of(rows, words)

    monkeypatch.setattr(Index, "of", of)
    bring_up(after, before)
    brought, anew = searched(after).made, search._index(after)
    assert written == [3, len(anew)]
    assert brought is not None
    assert (len(brought), len(brought.few), int((~brought.kept).sum())) == (len(anew), 3, 4)
    everything = np.concatenate(list(brought.holding("", brought.likely(""), "")))
    assert brought.told(everything).equals(anew.rows)
    texts = ("", "金苗", "协会", "银行", "第1", "usc", "有名", "长者", "xin", "又")
    for text in texts:
        asked = [
            find(net, text, types, limit)
            for net in (after, Network.from_tables(after.tables(), after.stamp))
            for types in ((), ("Organization",))
            for limit in (2, 200)
        ]
        assert all(one.equals(other) for one, other in zip(asked[:4], asked[4:], strict=True)), text
    monkeypatch.setattr(search_index, "MOST_FEW", 2)
    bring_up(whole := after.afresh(), before)
    joined = searched(whole).made
    assert joined is not None
    assert joined.kept.all()
    assert joined.many.rows.equals(anew.rows)
    assert joined.many.words.equals(anew.words)
    assert (joined.many.signatures == anew.signatures).all()
    assert find(after, "xinzhangzhe")["id"].to_list() == ["usc:new"]
    assert find(after, "usc:x002").is_empty()


def test_what_differs_in_much_is_written_anew_and_what_nobody_searched_not_at_all(network: Network) -> None:
    empty = Network.from_tables({}, network.stamp)
    bring_up(network.afresh(), empty)
    assert searched(empty).made is None
    fresh = network.afresh()
    find(empty, "金")
    bring_up(fresh, empty)
    assert searched(fresh).made is None


def test_a_workspace_brings_its_index_up_with_the_network(tmp_path: Path) -> None:
    act = Act("import", "office", "区", dt.date(2016, 6, 12))
    with Workspace(tmp_path, create=True) as workspace:

        def call_one(alias: str) -> None:
            rows = {"Street": frame("Street", [{"id": f"s{n:02}", "aliases": alias * (n == 1)} for n in range(20)])}
            network = workspace.network()
            workspace.store.apply(ChangeSet.between(network.tables(), rows), act, network.stamp.revision)

        call_one("甲")
        assert workspace.find("甲")["id"].to_list() == ["s01"]
        call_one("乙")
        assert searched(workspace.network()).made is not None
        assert workspace.find("乙")["id"].to_list() == ["s01"]
        assert workspace.find("甲").is_empty()


def test_an_index_outlasts_who_asks_while_somebody_writes(tmp_path: Path) -> None:
    act = Act("import", "office", "区", dt.date(2016, 6, 12))

    def called(alias: str) -> ChangeSet:
        rows = {"Street": frame("Street", [{"id": f"s{n:02}", "aliases": alias * (n == 1)} for n in range(20)])}
        return ChangeSet.between(workspace.network().tables(), rows)

    with Workspace(tmp_path, create=True) as workspace:
        workspace.store.apply(called("甲"), act, 0)
        workspace.find("甲")
        with workspace.passing(workspace.context()) as asked:
            workspace.store.apply(called("乙"), act, 1)
        assert searched(asked.network).made is not None
        assert searched(workspace.network()).made is not None
        with workspace.passing(workspace.context(1)) as asked:
            workspace.find("甲")
            asked.network.memo("computed", lambda: asked)
        assert not asked.network._memo
        assert searched(workspace.network()).made is not None


def test_an_index_that_is_being_made_while_somebody_writes_is_brought_up_and_not_made_twice(
    many: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_of, made, written = search._index, list[Network](), threading.Event()

    def slowly(of: Network) -> Index:
        made.append(of)
        assert written.wait(30)
        return index_of(of)

    monkeypatch.setattr(search, "_index", slowly)
    first, later = many.afresh(), [many.afresh(), many.afresh()]
    row = first.table("Organization")[:1]
    later.append(
        first.apply(
            ChangeSet.between({"Organization": row}, {"Organization": row.with_columns(aliases=pl.lit("新名"))})
        )
    )
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(find, first, "新名")
        while not made:
            time.sleep(0.001)
        for before, after in pairwise([first, *later]):
            bring_up(after, before)
        written.set()
        assert asked.result().is_empty()
    assert find(later[-1], "新名")["id"].to_list() == row["id"].to_list()
    assert made == [first]
    assert searched(later[-1]).basis is None


def test_an_index_that_is_kept_outlasts_what_is_forgotten_where_nothing_is_planned(network: Network) -> None:
    fresh = network.afresh()
    find(fresh, "长者")
    made = searched(fresh).made
    assert made is not None
    assert as_if_confirmed(fresh) is fresh
    fresh.forget(but=(KEY,))
    assert searched(fresh).made is made


def test_whoever_asks_at_once_waits_for_one_index_and_whoever_sees_no_members_has_the_same(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, index_of, made = network.afresh(), search._index, list[Network]()

    def slowly(of: Network) -> Index:
        made.append(of)
        time.sleep(0.1)
        return index_of(of)

    monkeypatch.setattr(search, "_index", slowly)
    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(lambda of: find(of, "长者"), [fresh, fresh, Scope(members=False).network(fresh), fresh]))
    assert [found["id"].to_list() for found in asked] == [["usc:2"]] * 4
    assert len(made) == 1
