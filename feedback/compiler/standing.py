"""What stands before any words are compared: what people linked, and the points of an earlier summary."""

from collections import Counter
from collections.abc import Mapping, Sequence

from feedback.compiler.document import Earlier, Point, digest
from feedback.compiler.linkage import Heap, Links


def standing_heaps(
    number: Mapping[str, int], links: Sequence[tuple[str, str]], placed: Sequence[Earlier]
) -> list[Heap]:
    """Heaps for the points `placed` earlier, then for what people linked; `number` gives each note its row.

    A linked note goes to the placed point it is linked to; two notes placed apart stay apart though linked.
    """
    heap_of: dict[int, Heap] = {}
    heaps: list[Heap] = []
    for earlier in placed:
        members = sorted({number[note] for note in earlier["notes"] if note in number} - heap_of.keys())
        if members:
            same = earlier["tier"] == "same"
            heaps.append(Heap(members, same=same, closed=same, placed=True))
            heap_of.update(dict.fromkeys(members, heaps[-1]))
    pairs = [(number[one], number[other]) for one, other in links]
    loose = Links((one, other) for one, other in pairs if one not in heap_of and other not in heap_of)
    homes: dict[int, Heap] = {}
    for one, other in pairs:
        if (one in heap_of) != (other in heap_of):
            settled, free = (one, other) if one in heap_of else (other, one)
            homes.setdefault(loose.root(free), heap_of[settled])
    for members in loose.sets():
        if home := homes.get(members[0]):
            home.members += members
        elif len(members) > 1:
            heaps.append(Heap(members, same=True, closed=True))
    return heaps


def keep_keys(points: Sequence[Point], earlier: Sequence[Earlier]) -> None:
    """Give each point the key of the earlier point of which it holds half the notes or more.

    Where several claim, the one with most notes in common wins. A point without an earlier key that would
    repeat a kept one gets a new key.
    """
    home = {evidence["note"]: place for place, point in enumerate(points) for evidence in point["evidence"]}
    claims = [
        (-common, known["key"], place)
        for known in earlier
        for place, common in Counter(home[note] for note in known["notes"] if note in home).items()
        if common * 2 >= len(known["notes"])
    ]
    kept: dict[int, str] = {}
    for _, key, place in sorted(claims):
        if place not in kept and key not in kept.values():
            kept[place] = key
    for place, point in enumerate(points):
        point["key"] = kept.get(place, point["key"])
        while place not in kept and point["key"] in kept.values():
            point["key"] = digest(point["key"])[:16]
