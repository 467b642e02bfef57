"""Which id does a row get? One rule for each kind of node that tables name without an id (DESIGN, settled point 3).

Ledger, plan and generator call these same expressions, so an import, a plan and a later import meet in the same nodes.
"""

from __future__ import annotations

import polars as pl

from graphmodel.choices import Track

_OPEN, _CLOSE = r"[\[{〔【〈《｛]", r"[\]}〕】〉》｝]"
_QUOTES = r"[“”„‟‘’「」『』'＂]"
_FOLDED = r"^$|[^\u4E00-\u9FFFA-Za-z0-9()]"
"""What a name may have to be folded for: nothing at all, or a character other than these."""


def normalised_name(name: pl.Expr) -> pl.Expr:
    """The name by which two spellings of one organisation are the same.

    Compatibility forms are folded (NFKC: full-width letters, digits and brackets), white space is removed, every kind
    of bracket becomes a round one and every kind of quotation mark a straight one. An empty name is unknown.
    """
    return (
        name.str.normalize("NFKC")
        .str.replace_all(r"[\s\u200b\ufeff]+", "")
        .str.replace_all(_OPEN, "(")
        .str.replace_all(_CLOSE, ")")
        .str.replace_all(_QUOTES, '"')
        .replace("", None)
    )


def normalised_names(names: pl.Series) -> pl.Series:
    """`normalised_name` of a whole column; names of plain characters, which are most, are read once and left as they are."""
    folded = names.str.contains(_FOLDED).arg_true()
    if not len(folded):
        return names
    kept = names.gather(folded).to_frame().select(normalised_name(pl.first())).to_series()
    return names.clone().scatter(folded, kept)


def organization_id(
    track: pl.Expr, credit_code: pl.Expr, registration_number: pl.Expr, place: pl.Expr, name: pl.Expr
) -> pl.Expr:
    """The id of a social organisation: `usc:` + credit code, else `reg:` + registration number, else by place and name.

    Parameters: text expressions; `place` is the id of the community, where that is unknown of the street, and where
    both are unknown null. Only filed organisations go by place and name (`filed:<place>:<name>`, `-` for no place): a
    registered one without code and number, and one of unknown track, get null, which a loader has to report.
    """
    filed = pl.concat_str(pl.lit("filed"), place.fill_null("-"), normalised_name(name), separator=":")
    return pl.coalesce(
        pl.lit("usc:") + normalised_name(credit_code).str.to_uppercase(),
        pl.lit("reg:") + normalised_name(registration_number),
        pl.when(track.cast(pl.String) == Track.FILED.value).then(filed),
    )


def own_party_organization_id(body: pl.Expr) -> pl.Expr:
    """The id of the Party organisation of one body: an organisation's own branch, or that of an authority, street, hub."""
    return pl.lit("po:") + body


def joint_party_organization_id(superior_or_street: pl.Expr, name: pl.Expr) -> pl.Expr:
    """The id of a joint branch: the id of its superior Party organisation (else of its street) and its name."""
    return pl.concat_str(pl.lit("joint"), superior_or_street.fill_null("-"), normalised_name(name), separator=":")


def community_id(street: pl.Expr, name: pl.Expr) -> pl.Expr:
    """The id of a community: the id of its street (the division code) and its name."""
    return pl.concat_str(street, normalised_name(name), separator=":")
