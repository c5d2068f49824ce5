"""An edge location: what CloudFront does between a browser's request and its answer, with the shipped functions.

The functions are those that ship, because only so a mistake of theirs shows before it is on AWS.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from contract import PIN_COOKIE
from local.edge.answers import Result, compress, conditional, cut, generated, refusal
from local.edge.cache import Cache, Kept
from local.edge.distribution import Behavior, Distribution
from local.edge.events import Answer, Event, Request, fields, set_cookies, value, viewer_request
from local.edge.functions import Functions, Run
from local.edge.origin import Origin, Store
from local.edge.visit import Visit, deployment_of, reason

# What `x-cache` calls it
_CACHED = {"hit": "Hit", "miss": "Miss", "refresh": "RefreshHit", "stale": "Hit"}


@dataclass(frozen=True)
class World:
    """What AWS does not say: each combination is right as far as the documentation goes.

    handed_on: the viewer-response function sees the request as the viewer-request function left it
    metadata_on_304: an answer without a body carries the object's metadata
    """

    handed_on: bool = True
    metadata_on_304: bool = True


class Location:
    """One edge location: its own cache, and the store as it was `lag` seconds ago."""

    def __init__(
        self,
        distribution: Distribution,
        functions: Functions,
        origin: Origin,
        stores: Mapping[str, Store],
        world: World | None = None,
        name: str = "",
        lag: float = 0,
    ) -> None:
        self.distribution, self.world, self.name, self.lag = distribution, world or World(), name, lag
        self.cache = Cache(origin.get, distribution.errors)
        self._functions, self._stores = functions, stores

    async def answer(self, request: Request) -> tuple[Answer, Visit]:
        """Answer the request; the visit is what there is to tell about it."""
        behavior = self.distribution.behavior(request.path)
        event = viewer_request(request)
        if request.method in behavior.methods:
            result, seen, reads = await self._route(behavior, request, event)
        else:
            text = "this distribution does not allow the method"
            result, seen, reads = refusal(HTTPStatus.FORBIDDEN, text), None, 0
        if seen is not None:
            result = await self._respond(behavior, request, seen, result)
        body = b"" if request.method == "HEAD" else result.body
        visit = self._visit(request, result, value(event["cookies"], PIN_COOKIE), reads)
        return Answer(result.status, [*result.headers.items(), *result.cookies], body), visit

    def _visit(self, request: Request, result: Result, pin: str, reads: int) -> Visit:
        return Visit(
            method=request.method,
            target=request.path if request.query is None else f"{request.path}?{request.query}",
            status=result.status,
            cache=result.cache,
            reads=reads,
            key=result.key,
            deployment=deployment_of(result.key),
            why=reason(request.path, result.key, request.headers, pin, result.status),
            edge=self.name,
            headers=request.headers,
        )

    async def _route(self, behavior: Behavior, request: Request, event: Event) -> tuple[Result, Event | None, int]:
        """Viewer-request function, cache, origin; None for the request if a function has answered by itself."""
        routed, reads = event, 0
        name = behavior.functions.get("viewer-request", "")
        if name:
            routed, failure, reads = await self._run(name, "viewer-request", request, {"request": event})
            if failure or not (routed.get("uri") or routed.get("statusCode")):
                return refusal(HTTPStatus.SERVICE_UNAVAILABLE, f"the function failed: {failure or routed}"), None, reads
            if "statusCode" in routed:
                return generated(routed), None, reads
        result = await self._from_cache(behavior, request, routed["uri"])
        return conditional(routed["headers"], result), routed, reads

    async def _from_cache(self, behavior: Behavior, request: Request, uri: str) -> Result:
        """What the cache or the origin has, compressed; the error page in place of an error."""
        kept, how = await self.cache.get(uri, behavior)
        result = Result(kept.fetched.status, self._headers(kept), kept.fetched.body, how, uri)
        return await self._error_page(result) if result.status >= 400 else compress(behavior, request, result)

    def _headers(self, kept: Kept) -> dict[str, str]:
        return {**kept.fetched.headers, "age": str(self.cache.age(kept))}

    async def _error_page(self, result: Result) -> Result:
        rule = self.distribution.errors.get(result.status)
        if not rule or not rule.page:
            return result
        kept, _ = await self.cache.get(rule.page, self.distribution.behavior(rule.page))
        if kept.fetched.status >= 400:
            return result
        return replace(result, status=rule.status, headers=self._headers(kept), body=kept.fetched.body)

    async def _respond(self, behavior: Behavior, request: Request, routed: Event, result: Result) -> Result:
        """Response headers policy, viewer-response function, byte ranges."""
        result = self._with_headers(behavior, result)
        name = behavior.functions.get("viewer-response", "")
        if name and result.status < 400:
            result = await self._finished(name, request, routed, result)
        return cut(request, result)

    def _with_headers(self, behavior: Behavior, result: Result) -> Result:
        """The answer without what CloudFront itself takes away, and with what it adds."""
        bare = result.status == HTTPStatus.NOT_MODIFIED and not self.world.metadata_on_304
        headers = {
            name: text
            for name, text in result.headers.items()
            if name not in behavior.removed and not (bare and name.startswith("x-amz-meta-"))
        }
        for added in behavior.headers:
            if added.override or added.name not in headers:
                headers[added.name] = added.value
        headers["x-cache"] = f"{'Error' if result.status >= 400 else _CACHED[result.cache]} from cloudfront"
        return replace(result, headers=headers)

    async def _finished(self, name: str, request: Request, routed: Event, result: Result) -> Result:
        """The answer on which the viewer-response function `name` has had the last word."""
        asked = routed if self.world.handed_on else viewer_request(request)
        response: Event = {"statusCode": result.status, "headers": fields(result.headers), "cookies": {}}
        event = {"request": asked, "response": response}
        after, failure, _ = await self._run(name, "viewer-response", request, event)
        if failure:
            return replace(result, status=HTTPStatus.SERVICE_UNAVAILABLE, body=failure.encode())
        headers = {key: field["value"] for key, field in after["headers"].items()}
        return replace(result, status=after["statusCode"], headers=headers, cookies=set_cookies(after))

    async def _run(self, name: str, kind: str, request: Request, parts: Mapping[str, Event]) -> Run:
        context = {"eventType": kind, "distributionId": self.distribution.arn.rsplit("/", 1)[-1]}
        event = {"version": "1.0", "context": {**context, "requestId": uuid.uuid4().hex}, "viewer": {"ip": "127.0.0.1"}}
        store = self._stores.get(name)
        content = await store.read(self.lag) if store else None
        return await self._functions.run(name, {**event, **parts}, request.query, content)
