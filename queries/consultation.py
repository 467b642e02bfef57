"""Whom does a policy document concern, and was everybody heard? By industry and street, for all at once (J3).

A document that names an industry and streets concerns the organisations of that industry in those streets; one that
names only one of the two, all of that; one that names neither, nobody in particular.
Whoever is listed was heard, unless the days say that this was after the document was issued.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from graphmodel.rows import Rows
from graphmodel.schema.edges import Concerns, Consulted, LocatedIn
from graphmodel.schema.nodes import Organization, PolicyDocument, Street
from graphmodel.text import Text
from graphmodel.vectors import Codes, Flags, Indices, Numbers
from queries.beside import joined
from queries.computed import Computed
from queries.context import Context
from queries.facts import ORG
from queries.places import street_of
from queries.relations import incoming, outgoing

HEARD = incoming(Consulted, PolicyDocument, Organization)
CONCERNED_STREET = outgoing(Concerns, PolicyDocument, Street)


@dataclass(frozen=True, slots=True)
class Consultation:
    """For each of n organisations: how many documents concern it, and how many of these did not hear it."""

    concerning: Numbers
    unheard: Numbers


@dataclass(frozen=True, slots=True)
class _Matches:
    """bool[documents, k + 2]: does a document fit an organisation whose value is the k-th named, another, unknown?"""

    certain: Flags
    possible: Flags


def _matches(documents: int, at: npt.NDArray[np.integer], value: npt.NDArray[np.integer], values: int) -> _Matches:
    """Documents `at` name a `value` each; one that names none fits every value."""
    named = np.zeros((documents, values + 2), dtype=np.bool_)
    named[at, value] = True
    certain = named | ~named.any(axis=1, keepdims=True)
    possible = certain.copy()
    possible[:, -1] = True
    return _Matches(certain, possible)


def late(context: Context) -> Flags:
    """bool[CONSULTED]: was the organisation heard for certain only after the document was issued?"""
    heard, issued = HEARD.edges(context), context.network[PolicyDocument].frame["issued_on"]
    return (heard.frame["heard_on"] > issued.gather(heard.source)).fill_null(value=False).to_numpy()


def consultation(context: Context) -> Consultation:
    """Once per network. Cost: linear in organisations and CONSULTED, and documents × industries × streets they name."""
    return context.memo("consultation", lambda: _consultation(context))


@dataclass(frozen=True, slots=True)
class _Fits:
    """Which documents fit which organisations: by industry (none that names neither industry nor street) and by street.

    `industry`, `street` int[n] the column of each organisation in the one and the other.
    """

    by_industry: _Matches
    by_street: _Matches
    industry: npt.NDArray[np.integer]
    street: npt.NDArray[np.integer]


def _fits(context: Context) -> _Fits:
    return context.memo("document-fits", lambda: _fitting(context))


def _fitting(context: Context) -> _Fits:
    rows, papers = context.network[Organization], context.network[PolicyDocument]
    industry, named = rows.vector("industry"), papers.vector("industry")
    assert isinstance(industry, Codes)
    assert isinstance(named, Codes)
    about = CONCERNED_STREET.edges(context)
    streets, street = np.unique(about.target, return_inverse=True)
    with_industry = np.flatnonzero(named.code >= 0)
    of_industry = _matches(len(papers), with_industry, named.code[with_industry], len(named.words))
    of_street = _matches(len(papers), about.source, street, len(streets))
    anybody = np.zeros((len(papers), 1), dtype=np.bool_)  # whether a document names an industry or a street at all
    anybody[with_industry] = anybody[about.source] = True

    place = {word: k for k, word in enumerate(named.words)}
    words = [place.get(word, len(place)) for word in industry.words]
    i = np.array([*words, len(place) + 1])[industry.code]
    lookup = np.full(len(context.network[Street]) + 1, len(streets))
    lookup[streets], lookup[-1] = np.arange(len(streets)), len(streets) + 1
    s = lookup[street_of(context, Organization)]
    to_somebody = _Matches(of_industry.certain & anybody, of_industry.possible & anybody)
    return _Fits(to_somebody, of_street, i, s)


def _heard_in_time(context: Context) -> tuple[Indices, Indices]:
    """Documents and the organisations that they heard, not for certain too late."""
    heard, in_time = HEARD.edges(context), ~late(context)
    return heard.source[in_time], heard.target[in_time]


def _consultation(context: Context) -> Consultation:
    found, (document, hearer) = _fits(context), _heard_in_time(context)
    i, s, rows = found.industry, found.street, len(context.network[Organization])

    def counts(fits: Flags, by_street: Flags) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        concerning = np.rint(fits.T.astype(np.float32) @ by_street.astype(np.float32)).astype(np.int64)[i, s]
        fitting = fits[document, i[hearer]] & by_street[document, s[hearer]]
        return concerning, concerning - np.bincount(hearer[fitting], minlength=rows)

    lo = counts(found.by_industry.certain, found.by_street.certain)
    hi = counts(found.by_industry.possible, found.by_street.possible)
    return Consultation(Numbers(lo[0], hi[0]), Numbers(lo[1], hi[1]))


def unheard_on(_: Rows, context: Context, at: Indices) -> pl.Series:
    """Names of the documents that certainly concern each of these organisations and did not hear it.

    Cost: documents × the organisations found.
    """
    found, (document, hearer) = _fits(context), _heard_in_time(context)
    left = found.by_industry.certain[:, found.industry[at]] & found.by_street.certain[:, found.street[at]]
    place = np.full(len(context.network[Organization]), -1)
    place[at] = np.arange(len(at))
    asked = place[hearer] >= 0
    left[document[asked], place[hearer[asked]]] = False
    organization, paper = np.nonzero(left.T)
    papers = context.network[PolicyDocument].frame.select(pl.coalesce("name", "id")).to_series()
    return joined(at, at[organization], papers[paper])


CONCERNED = Computed(
    "concerned-by-a-document",
    Text("有涉及本组织的政策文件", "a policy document concerns it"),
    mask=lambda context: consultation(context).concerning.at_least(1),
    reads=(ORG.industry, LocatedIn, Concerns),
)
UNHEARD = Computed(
    "unheard",
    Text("有涉及的文件未征求意见", "a document that concerns it did not hear it"),
    mask=lambda context: consultation(context).unheard.at_least(1),
    reads=(ORG.industry, LocatedIn, Concerns, Consulted),
)
