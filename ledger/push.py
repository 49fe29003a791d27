"""The push channel between the processes that write and those that hold streams open: memory or Redis.

It carries topics and short-lived signals (presence), never anything that must survive.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from django.conf import settings

log = logging.getLogger(__name__)

Listener = Callable[[str, dict, dict | None], None]


class Channel(Protocol):
    def publish(self, topic: str, signal: dict | None = None, here: dict | None = None) -> None:
        """Tell every listener, in this and other processes, about `topic`; `signal` is shown and forgotten.

        `here` may reach listeners of this process and never leaves it.
        """

    def listen(self, listener: Listener) -> None:
        """Call `listener(topic, signal, here)` from a thread of its own for whatever comes."""


class MemoryChannel:
    """One process: listeners are called straight away."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def publish(self, topic: str, signal: dict | None = None, here: dict | None = None) -> None:
        for listener in list(self._listeners):
            listener(topic, signal or {}, here)

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)


class RedisChannel:
    """Several processes. A dead Redis costs half a second now and then: streams re-read the rows anyway."""

    AWAY_SECONDS = 5.0

    def __init__(self, url: str, name: str) -> None:
        import redis

        self._name = name
        self._redis = redis.Redis.from_url(f"{url}/0", socket_timeout=0.5, socket_connect_timeout=0.5)
        self._url = url
        self._away_until = 0.0
        self._listeners: list[Listener] = []
        self._me = secrets.token_hex(8)

    def publish(self, topic: str, signal: dict | None = None, here: dict | None = None) -> None:
        import redis

        for listener in self._listeners if here is not None else []:
            listener(topic, {}, here)
        if time.monotonic() < self._away_until:
            return
        told = {"topic": topic, "signal": signal or {}, "known_to": self._me if here is not None else None}
        try:
            self._redis.publish(self._name, json.dumps(told))
        except redis.RedisError:
            self._away_until = time.monotonic() + self.AWAY_SECONDS
            raise

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)
        threading.Thread(target=self._follow, args=(listener,), name="push", daemon=True).start()

    def _follow(self, listener: Listener) -> None:
        import redis

        while True:
            try:
                subscription = redis.Redis.from_url(f"{self._url}/0", socket_connect_timeout=2).pubsub()
                subscription.subscribe(self._name)
                for message in subscription.listen():
                    if message["type"] == "message":
                        said = json.loads(message["data"])
                        if said.get("known_to") == self._me:
                            continue
                        listener(said["topic"], said["signal"], None)
            except redis.RedisError:
                log.warning("the push channel is away; streams read the rows every two seconds")
                time.sleep(1)


@lru_cache(maxsize=1)
def channel() -> Channel:
    """This process's push channel."""
    if settings.PUSH == "redis":
        return RedisChannel(settings.REDIS_URL, f"{settings.REDIS_PREFIX}push")
    return MemoryChannel()
