"""The shared cache: Redis while it answers, this process's own memory while it does not.

Rate limits and other counters live here, nothing that must survive. So a Redis that is away, or hangs, must cost a
request little and never an answer: after a failure nobody asks it for a few seconds.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.5
"""How long Redis may take to answer."""
AWAY_SECONDS = 5.0
"""How long it is left alone after a failure."""


class RedisOrMemoryCache(BaseCache):
    """`django.core.cache` over both; `is_away` tells which one answers. The state is shared by all threads."""

    _away_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        patience = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
        self._redis = RedisCache(server, {**params, "OPTIONS": {**patience, **params.get("OPTIONS", {})}})
        self._memory = LocMemCache("redis-is-away", params)

    @property
    def is_away(self) -> bool:
        return time.monotonic() < RedisOrMemoryCache._away_until

    def _ask(self, method: str, *arguments: Any, **options: Any) -> Any:
        if not self.is_away:
            try:
                return getattr(self._redis, method)(*arguments, **options)
            except redis.RedisError as problem:
                RedisOrMemoryCache._away_until = time.monotonic() + AWAY_SECONDS
                log.warning("the cache is in memory for a while: %s", type(problem).__name__)
        return getattr(self._memory, method)(*arguments, **options)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask("add", key, value, timeout, version)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask("touch", key, timeout, version)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._ask("delete", key, version)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._ask("incr", key, delta, version)

    def clear(self) -> None:
        self._ask("clear")
