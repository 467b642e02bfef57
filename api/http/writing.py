"""What does a write rest on? The revision that it expects, done once for its key, at once or as a job."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from api.http.caller import Caller, Changing
from api.http.entity_tags import ANY, entity_tags
from api.http.job_out import JobOut, accepted, begin
from api.http.problems import documented
from api.job_records import Progress
from graphmodel.stores.protocol import RevisionMoved
from graphmodel.text import Refusal, Text

IfMatch = Annotated[
    str | None,
    Header(
        description='操作所基于的版本，写作 "7"；列出几个须有最新的，* 为不论哪一版 · '
        'the revision that the act rests on, as "7"; of several the newest must be one, * for whichever it is',
        examples=['"7"'],
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=8, max_length=100, description="幂等键：同一键只执行一次 · the same key is done once only"),
]
_REVISION = re.compile('"(0|[1-9][0-9]{0,8})"')
WRITES: dict[int | str, dict[str, Any]] = documented(409, 428)
"""What writes may answer besides, for the OpenAPI document."""


class RevisionNeeded(Refusal):
    """A write does not say which revision it rests on."""

    def __init__(self) -> None:
        message = Text("须说明操作基于哪一版。", "Say which revision the act rests on.")
        hint = Text(
            '请在请求头 If-Match 中写版本号，例如 "7"。', 'Send the revision as header If-Match, for example "7".'
        )
        super().__init__(message, hint, code="revision-needed")


class NoRevisionListed(Refusal):
    """What a write says it rests on is no revision."""

    def __init__(self, newest: int) -> None:
        message = Text(
            "请求头 If-Match 中没有版本：弱标签（W/）在此从不相符，其他标签不是版本号。",
            "If-Match lists no revision: a weak tag (W/) never matches there, and other tags are no revision's.",
        )
        hint = Text('最新一版写作 "{n}"。', 'The newest revision is "{n}".').format(n=newest)
        super().__init__(message, hint, code="no-revision-listed")
        self.members = {"revision": newest}


@dataclass(frozen=True, eq=False)
class Write:
    """A request that alters the network: by whom, on which revision (`tags`, as If-Match lists them), under which key."""

    who: Caller
    request: Request
    response: Response
    tags: Sequence[str]
    key: str | None

    def once(self, asked: Any, do: Callable[[int], Any]) -> Any:
        """What `do` makes, as JSON values, of the revision that the write rests on; `asked` is what the body wants.

        The first answer again where the key came with the same request before.
        Errors: `RevisionNeeded`, `NoRevisionListed`; `RevisionMoved` with what changed; `KeyReused`, `KeyInUse`; those of `do`.
        """

        def on_the_expected() -> Any:
            try:
                return do(self._expected())
            except RevisionMoved as fault:
                raise self._told(fault) from None

        account, jobs = self.who.account.name, self.who.served.jobs
        return jobs.keys.once(account, self.key, (self.request.url.path, asked), on_the_expected)

    def begin(self, kind: str, asked: Any, prepare: Callable[[int], Callable[[Progress], Any]]) -> JobOut:
        """The job that does what `prepare` makes of the revision; the same job again as `once` has it."""
        id_ = self.once(asked, lambda expected: begin(self.who, kind, prepare(expected)).id)
        return accepted(self.response, self.request, self.who.served.jobs.get(id_))

    def _expected(self) -> int:
        """The revision that the write says it rests on, by strong comparison, which is the newest and is in memory."""
        workspace = self.who.workspace
        newest = workspace.store.head
        if not self.tags:
            raise RevisionNeeded
        if self.tags != [ANY] and f'"{newest}"' not in self.tags:
            older = [int(found[1]) for tag in self.tags if (found := _REVISION.fullmatch(tag))]
            raise RevisionMoved(max(older), newest) if older else NoRevisionListed(newest)
        workspace.network(newest)  # while it is read, others are answered from the one before, and a write must not be
        return newest

    def _told(self, refusal: RevisionMoved) -> RevisionMoved:
        """The refusal with what changed since, by type."""
        known = 0 <= refusal.expected < refusal.actual
        changes = self.who.workspace.difference(refusal.expected, refusal.actual) if known else None
        counts = [] if changes is None else changes.counts().to_dicts()
        refusal.members = {"revision": refusal.actual, "changed": counts}  # type: ignore[attr-defined]
        return refusal


def _write(
    request: Request,
    response: Response,
    who: Changing,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Write:
    tags = [] if if_match is None else entity_tags(request, "if-match")
    return Write(who, request, response, tags, idempotency_key)


Writing = Annotated[Write, Depends(_write)]
