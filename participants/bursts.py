"""Sign-ups that came faster than people come, from one browser or one network, for the organiser to look at.

Nothing here refuses anybody: sixty people behind one wifi look the same as a script.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass

from django.utils import timezone

from ledger.ids import keyed
from participants.actions.signing_up import Source
from participants.models import Registration, SignUpTrace
from participants.states import RegistrationState
from workshops.models import Workshop

WINDOW = dt.timedelta(minutes=2)
ENOUGH = 5
"""So many within `WINDOW` are a burst."""


def source_of(browser: str, address: str) -> Source:
    """Digests under the installation's key, of a browser's random name and of the network its address lies in."""
    return Source(browser=_digest("browser", browser), network=_digest("network", network_of(address)))


def _digest(purpose: str, value: str) -> str:
    return keyed(f"sign-up-{purpose}", value).hex()[:16] if value else ""


def network_of(address: str) -> str:
    """The neighbourhood an address lies in: /24 of IPv4, /64 of IPv6, which is what one household is given."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 64), strict=False))


@dataclass(frozen=True)
class Burst:
    """Sign-ups that belong together; `registrations` still stand, the first who asked comes first."""

    registrations: list[Registration]
    from_one_browser: bool

    @property
    def began(self) -> dt.datetime:
        return self.registrations[0].asked_at

    @property
    def seconds(self) -> int:
        return int((self.registrations[-1].asked_at - self.began).total_seconds())


def bursts_at(workshop: Workshop) -> list[Burst]:
    """The bursts of the last two days at a workshop, the latest first; two queries at most."""
    traces = list(SignUpTrace.objects.recent_at(timezone.now()).filter(workshop=workshop).order_by("at", "pk"))
    runs: list[tuple[bool, list[SignUpTrace]]] = []
    seen: set[int] = set()
    for by_browser in (True, False):
        for run in _runs(traces, by_browser):
            if not {trace.pk for trace in run} <= seen:
                seen |= {trace.pk for trace in run}
                runs.append((by_browser, run))
    people = _standing({trace.registration_id for _by, run in runs for trace in run}) if runs else {}
    found = [
        Burst([people[trace.registration_id] for trace in run if trace.registration_id in people], by_browser)
        for by_browser, run in runs
    ]
    return sorted((burst for burst in found if burst.registrations), key=lambda burst: burst.began, reverse=True)


def _runs(traces: list[SignUpTrace], by_browser: bool) -> list[list[SignUpTrace]]:
    """Traces of one source that lie in some window with enough of them; windows that overlap are one run."""
    sources: dict[str, list[SignUpTrace]] = {}
    for trace in traces:
        source = trace.browser if by_browser else trace.network
        if source:
            sources.setdefault(source, []).append(trace)
    return [run for each in sources.values() for run in _dense(each)]


def _dense(traces: list[SignUpTrace]) -> list[list[SignUpTrace]]:
    runs: list[list[SignUpTrace]] = []
    last = -1
    for first in range(len(traces) - ENOUGH + 1):
        end = first + ENOUGH - 1
        if traces[end].at - traces[first].at > WINDOW:
            continue
        if runs and first <= last:
            runs[-1] += traces[last + 1 : end + 1]
        else:
            runs.append(traces[first : end + 1])
        last = end
    return runs


def _standing(ids: set) -> dict:
    rows = Registration.objects.filter(pk__in=ids).exclude(state=RegistrationState.CANCELLED).with_people()
    return {registration.pk: registration for registration in rows}
