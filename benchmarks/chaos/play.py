"""One seed: two people write at one table through a bad network and a server that is killed; then all is counted."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import httpx

from benchmarks.chaos.backup import Backup
from benchmarks.chaos.device import Device, Killed
from benchmarks.chaos.ledger import Ledger, Row
from benchmarks.chaos.network import Wifi
from benchmarks.server import Server

ACTS = {"add": 34, "edit": 28, "place": 10, "remove": 7, "bringBack": 5, "dot": 10, "decide": 6, "confirm": 5}
KINDS = ("habit", "experience", "idea", "concern", "question", "quote")
PEOPLE = ("Ilaria", "Youssef")
OPS_FOR_EACH_KILL = 200
LONGEST_PAUSE_S = 0.03
BATCH = 50
MOST_CARDS = 50
"""A person who answers more often than this looks again at what the server says."""
SAID = ("I share the car with Rosa", "così facciamo già", "🚲 every day", "<b>never</b> & “always”", "=1+1")
COMPARED = (
    "id", "deleted", "session", "prompt", "kind", "theme", "lang", "text", "initiative", "rating", "dots", "variants"
)  # fmt: skip
CONFIRMED = ("id", "session", "seq", "by", "at", "people", "notes", "changed", "added")
IN_LIST = ("id", "session", "prompt", "kind", "theme", "lang", "text", "initiative", "rating", "dots")


class Node:
    """The server, which may be killed while people write."""

    def __init__(self, make: Callable[[], Server]) -> None:
        self._make = make
        self.kills = 0

    async def start(self) -> None:
        self._server = self._make()
        await asyncio.to_thread(self._server.__enter__)

    async def kill(self, meanwhile: Callable[[], None] | None = None) -> None:
        """Kill it; it comes back by itself, after what is done to its database `meanwhile`."""
        self.kills += 1
        await asyncio.to_thread(self._server.kill)
        self._server.__exit__()
        self.coming = asyncio.create_task(self._come_back(meanwhile))

    async def _come_back(self, meanwhile: Callable[[], None] | None) -> None:
        if meanwhile is not None:
            await asyncio.to_thread(meanwhile)
        await self.start()

    @property
    def is_up(self) -> bool:
        return not hasattr(self, "coming") or self.coming.done()

    async def up(self) -> None:
        if not self.is_up:
            await self.coming

    async def become(self, make: Callable[[], Server]) -> None:
        """Go on as another server over the same database."""
        await self.stop()
        self._make = make
        await self.start()

    async def stop(self) -> None:
        await self.up()
        await asyncio.to_thread(self._server.__exit__)


@dataclass
class Verdict:
    """What was found after one seed; every list is empty when all is well."""

    seed: int
    ops: int = 0
    settle_s: float = 0.0
    acked_lost: list[str] = field(default_factory=list)
    device_lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    diverged: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    conflicts: int = 0
    confirmations: int = 0
    device_kills: int = 0
    troubles: dict[str, int] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not (self.acked_lost or self.device_lost or self.doubled or self.diverged)


@dataclass
class Hall:
    """Where seeds are played: a server with a workshop that is on, and what its tablets run."""

    node: Node
    port: int
    folder: Path
    room: dict[str, Any]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Play:
    """Two tablets at one table, from joining it until everything is compared."""

    def __init__(
        self,
        hall: Hall,
        seed: int,
        ops: int,
        table: dict[str, str],
        code: Path,
        patience: int = 60,
        backup: Backup | None = None,
    ) -> None:
        self._hall, self._table, self._ops, self._code = hall, table, ops, code
        self._patience, self._backup = patience, backup
        self._chance = random.Random(seed)
        self._wifis = [Wifi(hall.port, random.Random(f"{seed}:{name}")) for name in PEOPLE]
        self._apart_until = [0, 0]
        self._texts = 0
        self._ledger = Ledger()
        self._verdict = Verdict(seed)

    async def run(self) -> Verdict:
        cookies = [await self._join(name) for name in PEOPLE]
        self._devices = [
            await self._tablet(name, await wifi.start(), cookie)
            for name, wifi, cookie in zip(PEOPLE, self._wifis, cookies, strict=True)
        ]
        try:
            await self._write()
            await self._settle()
            await self._compare(cookies[0])
        finally:
            for device in self._devices:
                await device.kill()
            for wifi in self._wifis:
                await wifi.stop()
        self._verdict.device_kills = sum(device.lives - 1 for device in self._devices)
        counts = sum((wifi.counts for wifi in self._wifis), start=type(self._wifis[0].counts)())
        self._verdict.troubles = dict(counts)
        return self._verdict

    async def _join(self, name: str) -> dict[str, str]:
        """Join the table with the code of its sheet, as a browser does; gives the cookies."""
        async with httpx.AsyncClient(base_url=self._hall.origin, timeout=60, trust_env=False) as browser:
            await browser.get("/table/")
            sent = {"code": self._table["code"], "name": name, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
            joined = await browser.post("/table/", data=sent)
            self._group = joined.headers["Location"].rstrip("/").rpartition("/")[2]
            await browser.get(joined.headers["Location"])
            return dict(browser.cookies)

    async def _tablet(self, name: str, origin: str, cookies: dict[str, str]) -> Device:
        told = {
            "code": f"{self._code.as_uri()}/",
            "file": str(self._hall.folder / f"{self._table['name']}-{name}.jsonl"),
            "origin": origin,
            "group": self._group,
            "cookies": "; ".join(f"{key}={value}" for key, value in cookies.items()),
            "ids": str(self._verdict.seed),
        }
        device = Device(name, told)
        await device.start()
        return device

    async def _write(self) -> None:
        """All the acts, with kills of the server at drawn moments and each tablet apart for a while now and then."""
        chance = self._chance
        kills = set(chance.sample(range(self._ops // 10, self._ops), max(1, self._ops // OPS_FOR_EACH_KILL)))
        for wifi in self._wifis:
            wifi.is_rough = True
        at_backup = self._moments_of_backup()
        for number in range(self._ops):
            if number in at_backup:
                await self._hall.node.up()
                await self._hall.node.kill(at_backup[number])
            elif number in kills:
                await self._hall.node.up()
                chance.choice(self._wifis).when_sent = self._kill_soon(chance.uniform(0, 0.03))
            if self._change_weather(number):
                await self._write_apart()
            await self._one_act(chance.choice(self._devices))
            await asyncio.sleep(chance.uniform(0, LONGEST_PAUSE_S))
            if not self._hall.node.is_up:
                await asyncio.sleep(chance.uniform(0, 5 * LONGEST_PAUSE_S))
        self._verdict.ops = self._ops

    def _moments_of_backup(self) -> dict[int, Callable[[], None]]:
        """When a backup is made, and when it is brought back: what was stored in between is on the tablets only."""
        if self._backup is None:
            return {}
        third = self._ops // 3
        return {third: self._backup.take, third + self._chance.randint(10, third): self._backup.bring_back}

    def _kill_soon(self, seconds: float) -> Callable[[], Any]:
        async def kill() -> None:
            await asyncio.sleep(seconds)
            await self._hall.node.kill()

        return kill

    async def _write_apart(self) -> None:
        """Both tablets have just lost the network, and both people change the same note."""
        one, other = self._devices
        if done := await self._do(one, "edit", {"at": self._chance.random(), "whose": "other"}):
            await self._do(other, "edit", {"at": 0, "note": done["note"]})

    def _change_weather(self, number: int) -> bool:
        """Now and then one tablet is apart for a while, or both; whether both have just left."""
        chance = self._chance
        leaving = [at for at in (0, 1) if chance.random() < 0.02] or ([0, 1] if chance.random() < 0.03 else [])
        for at, wifi in enumerate(self._wifis):
            if at in leaving:
                self._apart_until[at] = max(self._apart_until[at], number + chance.randint(5, 30))
            wifi.is_connected = number >= self._apart_until[at]
        return len(leaving) == 2

    async def _one_act(self, device: Device) -> None:
        chance = self._chance
        often = ACTS if self._backup is None else {**ACTS, "dot": 0}  # of dots a restored server may know fewer
        name = chance.choices([*often], [*often.values()])[0]
        # Mostly the newest notes, which both have before them.
        asked: dict[str, Any] = {"at": 1 - chance.random() ** 3, "how": chance.choice(("both", "mine", "theirs"))}
        asked["whose"] = chance.choice(("own", "other"))
        asked["fields"] = self._somewhere()
        asked |= {"session": self._hall.room["session"], "people": chance.choice((None, 5))}
        is_killed = chance.random() < 0.01
        if not await self._do(device, name, asked, is_killed=is_killed):
            await self._do(device, "add", asked, is_killed=is_killed)

    def _somewhere(self) -> dict[str, Any]:
        room, chance = self._hall.room, self._chance
        values = {"kind": KINDS, "theme": [*room["themes"], None], "prompt": room["prompts"]}
        return {name: chance.choice(some) for name, some in values.items()}

    def _new_text(self) -> str:
        self._texts += 1
        said = f"{self._chance.choice(SAID)} ({self._verdict.seed}.{self._texts})"
        return said + " and on" * 300 if self._chance.random() < 0.01 else said

    async def _do(self, device: Device, name: str, asked: dict[str, Any], *, is_killed: bool = False) -> Any:
        """One act; gives the tablet's answer, None when it found no note for it or was killed and started again."""
        text = None
        if name in {"add", "edit", "mend"}:
            text = self._new_text()[: 1900 if name == "mend" else None]
            asked = {**asked, "text": text}
        if name == "add":
            asked["fields"] = {**asked["fields"], "session": self._hall.room["session"], "lang": "it", "text": text}
        act = device.begin(name, **asked)
        if is_killed:
            await asyncio.sleep(self._chance.uniform(0, 0.004))
            await device.kill()
            await device.start()
        try:
            trying, done = await act
        except Killed as killed:
            if killed.trying:
                self._ledger.write_down(name, killed.trying, text, durable=False)
            return {"note": None}
        if done is None:
            return None
        self._ledger.write_down(name, trying or {}, text, durable=True)
        if name == "decide":
            self._verdict.conflicts += 1
        return done

    async def _settle(self) -> None:
        """The network heals, the server is there, and people answer what they are asked."""
        for wifi in self._wifis:
            wifi.is_rough, wifi.is_connected, wifi.when_sent = False, True, None
        await self._hall.node.up()
        for wifi in self._wifis:
            await wifi.quiet()
        begun = time.monotonic()
        while (now := await self._look()) != "settled":
            if time.monotonic() - begun > self._patience:
                self._verdict.diverged.append(f"not settled: {now}")
                break
            await self._answer_all(self._chance.choice(self._devices))
        self._verdict.settle_s = round(time.monotonic() - begun, 2)

    async def _look(self) -> str:
        """Both tablets send and ask; "settled" when nothing waits and both have read equally far."""
        try:
            states = [(await device.act("sync"))[1] for device in (*self._devices, self._devices[0])]
        except TimeoutError:
            return "a tablet is still sending"
        is_settled = states[1] == states[2] and not any(states[1][name] for name in ("unsent", "refused", "needs"))
        return "settled" if is_settled else json.dumps(states[1:])

    async def _answer_all(self, device: Device) -> None:
        """Every card this tablet shows, one after the other; the other tablet hears of it before it answers any."""
        for name, _time in product(("mend", "decide"), range(MOST_CARDS)):
            if done := await self._do(
                device, name, {"at": 0.5, "how": self._chance.choice(("both", "mine", "theirs"))}
            ):
                self._verdict.diverged += [f"refused: {each['code']}" for each in done.get("codes", [])]

    async def _compare(self, cookies: dict[str, str]) -> None:
        """Tablet, tablet, a new tablet, server, both exports: all the same, and nothing lost or doubled."""
        found, verdict = self._ledger, self._verdict
        rows, confirmed = await self._rows(cookies)
        fresh = await self._tablet("Serena", self._hall.origin, await self._join("Serena"))
        self._devices.append(fresh)
        await self._read_all(fresh, max((row["seq"] for row in rows), default=0))
        for device in self._devices:
            verdict.diverged += _differences(device.name, (await device.act("notes"))[1], rows, COMPARED)
            heard = (await device.act("confirmations"))[1]
            worth = _worth_of(confirmed, rows)
            verdict.diverged += _differences(f"{device.name}, confirmed", heard, worth, CONFIRMED)
        standing = [row for row in rows if not row["deleted"]]
        for name, (exported, fields) in (await self._exports()).items():
            safe = [{**row, "text": _as_cell(row["text"])} for row in standing] if name == "csv" else standing
            verdict.diverged += _differences(name, exported, safe, fields)
        verdict.confirmations = len(confirmed)
        verdict.device_lost += found.lost(rows) + found.missing_dots(rows)
        verdict.device_lost += [f"confirmation {one}" for one in found.confirmed - {row["id"] for row in confirmed}]
        verdict.doubled += found.doubled(rows)
        verdict.hidden += found.hidden(rows)
        if self._backup is None:  # a restored server has forgotten ops on purpose
            verdict.acked_lost += await self._unknown_acks(cookies)

    async def _read_all(self, device: Device, seq: int) -> None:
        """A new tablet on a busy machine may have to ask more than once."""
        begun = time.monotonic()
        while (await device.act("sync"))[1]["seq"] < seq and time.monotonic() - begun < self._patience:
            await asyncio.sleep(0.1)

    def _browser(self, cookies: dict[str, str]) -> httpx.AsyncClient:
        headers = {"X-CSRFToken": cookies.get("csrftoken", "")}
        return httpx.AsyncClient(
            base_url=self._hall.origin, cookies=cookies, headers=headers, timeout=60, trust_env=False
        )

    async def _rows(self, cookies: dict[str, str]) -> tuple[list[Row], list[Row]]:
        """All notes and all confirmations of the table on the server."""
        rows: list[Row] = []
        confirmed: dict[str, Row] = {}
        async with self._browser(cookies) as browser:
            since, more = 0, True
            while more:
                page = (await browser.get(f"/api/v1/groups/{self._group}/changes?since={since}")).json()
                rows, since, more = rows + page["notes"], page["seq"], page["more"]
                confirmed |= {row["id"]: row for row in page["confirmations"]}
        return rows, list(confirmed.values())

    async def _exports(self) -> dict[str, tuple[list[Row], tuple[str, ...]]]:
        """What the organiser takes away of this table, as a list and as a CSV file, each with the fields to compare."""
        workshop = self._hall.room["workshop"]
        listed: list[Row] = []
        async with self._browser({"session": self._hall.room["organiser"]}) as browser:
            page = f"/api/v1/workshops/{workshop}/notes?group={self._group}&page_size=200"
            while page:
                answer = (await browser.get(page)).json()
                listed, page = listed + answer["results"], answer["next"]
            lines = csv.DictReader(
                io.StringIO((await browser.get(f"/en/org/w/{workshop}/notes.csv")).text.lstrip("\ufeff"))
            )
            filed = [
                {"id": line["note"], "kind": line["kind"], "text": line["text"], "dots": int(line["dots"])}
                for line in lines
                if line["table"] == self._table["name"]
            ]
        return {"list": (listed, IN_LIST), "csv": (filed, ("id", "kind", "text", "dots"))}

    async def _unknown_acks(self, cookies: dict[str, str]) -> list[str]:
        """Acknowledged ops that the server does not know: offered once more, they would still change something."""
        acked = [op for device in self._devices for op in device.acked]
        lost: list[str] = []
        async with self._browser(cookies) as browser:
            seq = (await browser.get(f"/api/v1/groups/{self._group}/changes?since=0")).json()["seq"]
            for start in range(0, len(acked), BATCH):
                sent = {"ops": acked[start : start + BATCH]}
                acks = (await browser.post(f"/api/v1/groups/{self._group}/ops", json=sent)).json()["acks"]
                lost += [ack["op"] for ack in acks if ack["status"] != "stored" or _row_of(ack)["seq"] > seq]
        return lost


def _row_of(ack: Row) -> Row:
    return ack["note"] or ack["confirmation"]


def _worth_of(confirmed: list[Row], rows: list[Row]) -> list[Row]:
    """The confirmations with what has changed and come since, as docs/sync.md says it."""
    now = {row["id"]: row["words_revision"] for row in rows if not row["deleted"]}
    return [
        {
            **one,
            "changed": sorted(note for note, read in one["notes"].items() if now.get(note, read + 1) > read),
            "added": sorted(now.keys() - one["notes"].keys()),
        }
        for one in confirmed
    ]


def _as_cell(text: str) -> str:
    """How a spreadsheet must find it, so that it takes no text for a formula."""
    return f"'{text}" if text.startswith("=") else text


def _differences(name: str, here: list[Row], there: list[Row], fields: tuple[str, ...]) -> list[str]:
    """One sentence for each note that is not the same here as on the server."""
    mine, theirs = ({row["id"]: {each: row.get(each) for each in fields} for row in rows} for rows in (here, there))
    if len(mine) != len(here):
        return [f"{name} has a note twice"]
    ids = sorted(note for note in mine.keys() | theirs.keys() if mine.get(note) != theirs.get(note))
    return [f"{name}, note {note}: {mine.get(note)} instead of {theirs.get(note)}" for note in ids]
