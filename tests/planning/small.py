"""Small districts for planning tests, written by hand."""

from __future__ import annotations

from typing import Any

from graphmodel.network import Network
from tests.queries.small import DAY, network
from tests.queries.verdicts import actual, registered

Edge = dict[str, Any]


def place(node: str, where: str, kind: str = "Organization") -> Edge:
    """LOCATED_IN: a community is written `street:name`."""
    target = "Community" if ":" in where else "Street"
    return {"source_type": kind, "source": node, "target_type": target, "target": where}


def body(party: str, of: str, kind: str) -> Edge:
    """PARTY_BODY_OF."""
    return {"source_type": "PartyOrganization", "source": party, "target_type": kind, "target": of}


def district(orgs: dict[str, dict[str, Any]], where: dict[str, str], **more: list[dict[str, Any]]) -> Network:
    """Registered, operating organisations in streets s1 – s2 – s3, with one filed organisation that is covered.

    An inactive one has a relation of every kind, so that no question lacks data. `where` places organisations and other
    nodes (`Type/id`); `more` are further rows by type.
    """
    streets = ["s1", "s2", "s3"]
    communities = [f"{s}:{c}" for s in streets for c in ("a", "b")]
    located = [
        place(key.split("/")[-1], spot, key.split("/")[0] if "/" in key else "Organization")
        for key, spot in where.items()
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "Organization": [
            *(registered(id_, **fields) for id_, fields in orgs.items()),
            {"id": "filed", "track": "filed", "status": "operating", "full_members": 3},
            {"id": "closed", "track": "registered", "status": "inactive"},
        ],
        "PartyOrganization": [
            {"id": "po:c", "form": "district-body", "state": "actual"},
            {"id": "po:s1", "form": "street-body", "state": "actual"},
            {"id": "po:filed", "form": "functional", "state": "actual"},
        ],
        "GoverningBody": [{"id": "c", "kind": "party-committee"}],
        "Street": [{"id": s} for s in streets],
        "Community": [{"id": c} for c in communities],
        "Authority": [{"id": "z"}],
        "PART_OF": [{"source": c, "target": c[:2]} for c in communities],
        "NEIGHBOURS": [{"source": "s1", "target": "s2"}, {"source": "s2", "target": "s3"}],
        "PARTY_BODY_OF": [body("po:c", "c", "GoverningBody"), body("po:s1", "s1", "Street")],
        "SUBORDINATE_TO": [actual("po:s1", "po:c"), actual("po:filed", "po:c")],
        "COVERS": [actual("po:filed", "filed")],
        "LOCATED_IN": [*located, place("closed", "s1:a")],
        "LICENSED_BY": [{"source": "closed", "target": "z"}],
        "SUPERVISES": [actual("z", "closed")],
    }
    return network(DAY, **{name: rows.get(name, []) + more.get(name, []) for name in {**rows, **more}})
