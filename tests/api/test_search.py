"""Search as people type: a part of a name, another name, a code, pinyin, initials."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from api.naming import node_meant
from api.search import find
from api.search_index import Index
from graphmodel.network import Network, Stamp
from graphmodel.paths import NodeKey
from graphmodel.tables import conform
from graphmodel.text import Refusal

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
                rank = 0 if row["name"] == text else 1 if any(each.startswith(text) for each in written) else 2
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


@pytest.mark.parametrize(
    ("text", "most"), [("东湖690教育商会", 200), ("金苗", 8_000), ("19999", 200), ("没有这样的", 20)]
)
def test_few_rows_are_read(text: str, most: int) -> None:
    names = [f"{part}{n}{kind}" for n in range(5_000) for part in ("东湖", "金苗") for kind in ("教育商会", "服务协会")]
    words = pl.Series([f"\x1f{name}\x1fusc:{n:05}\x1f" for n, name in enumerate(names)])
    index = Index.of(pl.DataFrame({"id": words}), words)
    holding = np.concatenate([np.zeros(0, dtype=np.int32), *index.holding(text)])
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
    assert [node_meant(net, one["id"]).id for one in inside] == [one["id"] for one in inside]
    assert node_meant(net, "Street/柳江街道") == NodeKey("Street", "510104035")
    with pytest.raises(Refusal) as several:
        node_meant(net, "x")
    assert several.value.code == "ambiguous-name"
    assert "Community/x" in several.value.message.zh
    assert "Hub/x" in several.value.message.zh
    assert "\x1b" not in several.value.message.zh
