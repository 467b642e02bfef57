"""Which rows of the schema's types does a ledger's sheet give? One source row gives an organisation and its relations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import polars as pl

from graphmodel.tables import frame_schema
from loaders.ledger_facts import FOUNDED_ON, PARTY, PLANNED_ON
from loaders.ledger_places import REGISTRATION
from loaders.ledger_remarks import Remarks
from loaders.raw import Header, Raw

_ORGANIZATION = "Organization."
_RETOLD = ("PartyOrganization", "SUBORDINATE_TO")  # each member of a joint branch tells of it
PLACE = ("community", "street", "address")
_TELLING = ("tells", "joint-name", "planned-on", FOUNDED_ON)


def raws_of(rows: pl.DataFrame, number: int, also_read: Collection[str], remarks: Remarks) -> list[Raw]:
    """The rows that one of the ledger's sheets gives.

    Parameters: `rows` the working frame with all that was found; `number` the sheet's, as in `@table`;
    `also_read` the keys that the second sheets have. Rejected rows
    give their organisation only, so that more of their errors show at once; the validator rejects it with them.
    """
    return _Sheet(rows, number, also_read, remarks).raws()


class _Sheet:
    def __init__(self, rows: pl.DataFrame, number: int, also_read: Collection[str], remarks: Remarks) -> None:
        self.number, self.remarks = number, remarks
        self.table = remarks.ledgers[number]
        self.read = {*self.table.columns, *also_read}
        self.here = rows.filter(pl.col("@table") == number)
        self.good = self.here.filter(~pl.col("@at").is_in(remarks.rejected.implode()))

    def raws(self) -> list[Raw]:
        """Organisations first, then what the sheet has columns for."""
        raws = [self.organizations()]
        if any(c.use in _TELLING and c.key in self.read for c in self.remarks.mapping.of("ledger")):
            raws += self.party()
        if "authority" in self.read:
            ends = _ends("Organization", "id", "Authority", "authority_id")
            raws.append(self.raw("LICENSED_BY", self.having("authority_id"), ends, {"target": "authority"}))
        if stated := [key for key in PLACE if key in self.read]:
            known = pl.col("community_id").is_not_null()
            ends = _ends("Organization", "id", "Street", "street_id") | {
                "target_type": pl.when(known).then(pl.lit("Community")).otherwise(pl.lit("Street")),
                "target": pl.coalesce("community_id", "street_id"),
            }
            placed = self.good.filter(known | pl.col("street_id").is_not_null())
            raws.append(self.raw("LOCATED_IN", placed, ends, {"target": stated[0]}))
        if "post" in self.read:
            ends = _ends("InstructorPost", "post_id", "Organization", "id") | {"state": pl.lit("actual")}
            raws.append(self.raw("INSTRUCTS", self.having("post_id"), ends, {"source": "post"}))
        return raws

    def organizations(self) -> Raw:
        """The organisations with the fields that the sheets state."""
        fields = {"id": pl.col("id"), "name": pl.col("name")}
        keys = {"id": "code" if "code" in self.read else "name", "name": "name"}
        for key in (key for key in self.read if key.startswith(_ORGANIZATION)):
            fields[key.removeprefix(_ORGANIZATION)] = pl.col(key)
            keys[key.removeprefix(_ORGANIZATION)] = key
        for field, rule in (("credit_code", "code"), ("registration_number", "code"), ("registration", "authority")):
            if rule in self.read or _ORGANIZATION + field in self.read:
                fields[field] = pl.col(field)
                keys[field] = rule if rule in self.read and keys.get(field) != REGISTRATION else _ORGANIZATION + field
        if "instructor" in self.here.columns:  # a name that is filled in says only that there is one
            fields["has_instructor"] = pl.when(pl.col("instructor")).then(pl.lit("是"))
            keys["has_instructor"] = "instructor"
        ordered = {name: fields[name] for name in frame_schema("Organization") if name in fields}
        rows = self.having("id", self.here)
        raw = self.raw("Organization", rows, ordered, keys)
        return replace(raw, elsewhere=self._elsewhere(rows, keys))

    def _elsewhere(self, rows: pl.DataFrame, keys: Mapping[str, str]) -> dict[str, tuple[Header, pl.Series]]:
        """The code and the number, in rows where the ledger's one column for both holds something else."""
        return {
            field: (self.remarks.header(self.number, _ORGANIZATION + field), rows[field].ne_missing(rows[own]))
            for field, own in (("credit_code", "@code"), ("registration_number", "code"))
            if keys.get(field) == "code" and _ORGANIZATION + field in self.read
        }

    def party(self) -> list[Raw]:
        """Party organisations, once for each row that tells of them, whom they cover and who stands above them."""
        told = self.having("branch")
        branch = {
            "id": pl.col("branch"),
            "name": pl.col("branch_name"),
            "level": pl.col("@branch_level"),
            "form": pl.col("form"),
            "state": pl.col("@branch_state"),
        }
        keys = dict.fromkeys(("id", "name"), "joint-name")
        for key in sorted(key for key in self.read if key.startswith(PARTY)):
            branch[key.removeprefix(PARTY)] = pl.col(f"@branch_{key}")
            keys[key.removeprefix(PARTY)] = key
        covers = _ends("PartyOrganization", "branch", "Organization", "id") | {"state": pl.col("@state")}
        above = _ends("PartyOrganization", "branch", "PartyOrganization", "superior_id")
        above["state"] = pl.col("@branch_state")
        if FOUNDED_ON in self.read:
            covers["since"], above["since"] = pl.col(FOUNDED_ON), pl.col(f"@branch_{FOUNDED_ON}")
        if PLANNED_ON in self.read:
            covers["deadline"] = pl.when(pl.col("@state") == "planned").then(PLANNED_ON)
            above["deadline"] = pl.when(pl.col("@branch_state") == "planned").then(f"@branch_{PLANNED_ON}")
        dates = {"since": FOUNDED_ON, "deadline": PLANNED_ON}
        raws = [
            self.raw("PartyOrganization", told, branch, keys),
            self.raw("COVERS", told, covers, {"source": "joint-name", **dates}),
        ]
        if "superior" in self.read:
            raws.append(
                self.raw("SUBORDINATE_TO", self.having("superior_id", told), above, {"target": "superior", **dates})
            )
        return raws

    def having(self, column: str, rows: pl.DataFrame | None = None) -> pl.DataFrame:
        """The rows, by default the good ones, in which this column is known."""
        return (self.good if rows is None else rows).filter(pl.col(column).is_not_null())

    def raw(self, name: str, rows: pl.DataFrame, fields: Mapping[str, pl.Expr], keys: Mapping[str, str]) -> Raw:
        """These rows as text, each field with the header that its key stands under."""
        headers = {field: self.remarks.header(self.number, key) for field, key in keys.items() if field in fields}
        frame = rows.select(expression.cast(pl.String).alias(field) for field, expression in fields.items())
        sheet = self.table.sheet
        return Raw(name, frame, rows["@row"], sheet.file, sheet.name, headers, retells=name in _RETOLD)


def _ends(source_type: str, source: str, target_type: str, target: str) -> dict[str, pl.Expr]:
    return {
        "source_type": pl.lit(source_type),
        "source": pl.col(source),
        "target_type": pl.lit(target_type),
        "target": pl.col(target),
    }
