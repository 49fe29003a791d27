import json
import os
import random
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.compiler import compile_notes, dumps

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).parents[3]


def make_note(id, text, *, group="olmo", section="s1", **fields):
    bare = {"kind": "idea", "lang": "it", "dots": 0, "same_as": None, "stance": None}
    return {"id": id, "section": section, "group": group, "text": text, **bare, **fields}


def make_document(*notes, **fields):
    bare = {"settings": {"related": "normal"}, "language": "it", "groups": [], "must_link": [], "ratings": []}
    return {**bare, "notes": list(notes), **fields}


def members(point):
    return sorted(evidence["note"] for evidence in point["evidence"])


def heaps(result):
    return sorted(members(point) for section in result["sections"] for point in section["points"])


def everywhere(result):
    """Every note id the result mentions as shown or excluded, repeated as often as it is mentioned."""
    shown = [id for heap in heaps(result) for id in heap]
    left = [id for section in result["sections"] for id in section["remainder"]]
    return sorted(shown + left + [exclusion["note"] for exclusion in result["audit"]["excluded"]])


TABLES = make_document(
    make_note("a1", "Servono più rastrelliere per le biciclette", group="olmo"),
    make_note("a2", "Mancano rastrelliere sicure per le biciclette", group="tiglio"),
    make_note("a3", "Più rastrelliere per biciclette davanti alle scuole", group="acero"),
    make_note("b1", "Compriamo la verdura dai produttori della zona", group="olmo"),
    make_note("b2", "La verdura la compriamo da un produttore locale", group="tiglio"),
    make_note("c1", "Il condominio potrebbe avere i pannelli solari", group="acero", kind="concern"),
    make_note("c2", "Pannelli solari sul tetto del condominio", group="acero", dots=2),
    make_note("d1", "Alla festa di via manca chi suona", group="tiglio"),
)


def test_notes_about_one_matter_meet_under_one_point_and_the_others_stay_in_the_remainder():
    result = compile_notes(TABLES)
    assert heaps(result) == [["a1", "a2", "a3"], ["b1", "b2"], ["c1", "c2"]]
    assert result["sections"][0]["remainder"] == ["d1"]


def test_a_point_counts_its_groups_kinds_and_dots():
    points = {point["words"][0]: point for point in compile_notes(TABLES)["sections"][0]["points"]}
    solar = points["condominio"]
    assert (solar["groups"], solar["kinds"], solar["dots"], solar["heard_at_one_table"]) == (
        ["acero"],
        {"concern": 1, "idea": 1},
        2,
        True,
    )
    assert points["biciclette"]["groups"] == ["acero", "olmo", "tiglio"]
    assert points["biciclette"]["words"] == ["biciclette", "rastrelliere"]


def test_what_most_groups_raised_is_read_first():
    points = compile_notes(TABLES)["sections"][0]["points"]
    assert [(point["order"], len(point["groups"])) for point in points] == [(1, 3), (2, 2), (3, 1)]


def test_every_quote_is_evidence_and_the_first_is_the_representative():
    for point in compile_notes(TABLES)["sections"][0]["points"]:
        assert point["quotes"][0] == point["representative"]
        assert set(point["quotes"]) <= set(members(point))
        assert len(set(point["quotes"])) == min(3, len(point["evidence"]))


def test_the_same_words_at_two_tables_are_the_same_statement():
    first = make_note("n1", "Vogliamo un mercato contadino ogni sabato", group="olmo")
    second = make_note("n2", "vogliamo un mercato contadino  ogni sabato!", group="tiglio")
    [point] = compile_notes(make_document(first, second))["sections"][0]["points"]
    assert (point["tier"], point["groups"], point["views_differ"]) == ("same", ["olmo", "tiglio"], False)


def test_one_table_that_says_it_twice_counts_once():
    twice = [make_note(id, "Vogliamo un mercato contadino ogni sabato") for id in ("n1", "n2")]
    [point] = compile_notes(make_document(*twice))["sections"][0]["points"]
    assert (point["groups"], point["heard_at_one_table"]) == (["olmo"], True)


@pytest.mark.parametrize(
    ("language", "yes", "no"),
    [
        ("it", "Le auto devono entrare nel quartiere", "Le auto non devono entrare nel quartiere"),
        ("en", "Cars should be allowed in the quarter", "Cars shouldn't be allowed in the quarter"),
        ("de", "Autos sollen ins Viertel fahren dürfen", "Autos sollen nicht ins Viertel fahren dürfen"),
        (
            "fr",
            "Les voitures doivent entrer dans le quartier",
            "Les voitures ne doivent pas entrer dans le quartier",
        ),
        ("es", "Los coches deben entrar en el barrio", "Los coches no deben entrar en el barrio"),
    ],
)
def test_a_statement_and_its_negation_are_never_the_same_statement(language, yes, no):
    notes = [make_note("n1", yes, lang=language), make_note("n2", no, lang=language)]
    result = compile_notes(make_document(*notes))
    assert [point["tier"] for point in result["sections"][0]["points"]] in ([], ["related"])
    assert all(point["views_differ"] for point in result["sections"][0]["points"])


def test_notes_for_and_against_are_never_the_same_statement_and_both_are_quoted():
    text = "La piazza senza auto davanti alla scuola"
    sides = [make_note(f"n{i}", text, group=f"g{i}", stance=-1 if i == 3 else 1) for i in range(4)]
    points = compile_notes(make_document(*sides))["sections"][0]["points"]
    for point in points:
        held = {sides[int(id[1])]["stance"] for id in members(point)}
        assert point["tier"] == "related" if len(held) == 2 else point["tier"] == "same"
        assert point["views_differ"] == (len(held) == 2)
        assert {sides[int(id[1])]["stance"] for id in point["quotes"]} == held


def test_a_point_says_of_how_many_groups_and_whether_they_converge():
    points = compile_notes(TABLES)["sections"][0]["points"]
    told = [(len(point["groups"]), point["of"], point["converges"]) for point in points]
    assert told == [(3, 3, True), (2, 3, True), (1, 3, False)]


def test_one_table_alone_never_converges():
    alone = [make_note(f"n{number}", "Vogliamo un mercato contadino ogni sabato") for number in range(2)]
    [point] = compile_notes(make_document(*alone))["sections"][0]["points"]
    assert (point["of"], point["converges"], point["heard_at_one_table"]) == (1, False, True)


def test_people_behind_a_note_and_against_it_are_counted_and_disagreement_is_shown():
    text = "Vogliamo un mercato contadino ogni sabato"
    first, second = make_note("n1", text, backers=4), make_note("n2", text, group="tiglio", backers=2, disagreed=1)
    [point] = compile_notes(make_document(first, second))["sections"][0]["points"]
    assert (point["backers"], point["disagreed"], point["views_differ"]) == (6, 1, True)


def test_words_that_their_table_confirmed_stand_for_a_point():
    loose, heard = make_note("n1", "Un orto condiviso nel cortile"), make_note("n2", "un orto condiviso nel cortile!")
    [point] = compile_notes(make_document(loose, heard))["sections"][0]["points"]
    assert (point["representative"], point["confirmed"]) == ("n1", 0)
    [point] = compile_notes(make_document(loose, {**heard, "confirmed": True}))["sections"][0]["points"]
    assert (point["representative"], point["confirmed"]) == ("n2", 1)


def test_what_people_linked_stays_together_even_across_languages():
    notes = [
        make_note("n1", "Più panchine nel parco"),
        make_note("n2", "Places to sit under the trees", lang="en", same_as="n1"),
        make_note("n3", "Dove ci si siede?", group="tiglio"),
        make_note("n4", "L'orto condiviso", group="tiglio"),
    ]
    result = compile_notes(make_document(*notes, must_link=[["n3", "n1"]]))
    [point] = result["sections"][0]["points"]
    assert (members(point), point["tier"], result["sections"][0]["remainder"]) == (
        ["n1", "n2", "n3"],
        "same",
        ["n4"],
    )


def test_a_link_that_leaves_its_section_is_named_and_not_followed():
    notes = [make_note("n1", "Panchine", same_as="n2"), make_note("n2", "Panchine", section="s2")]
    result = compile_notes(make_document(*notes))
    assert heaps(result) == []
    reason = "linked to n2, which is not in the same section"
    assert result["problems"] == [{"section": "s1", "note": "n1", "reason": reason}]


def test_an_empty_text_is_excluded_with_its_reason():
    result = compile_notes(make_document(make_note("n1", " \n "), make_note("n2", "Panchine")))
    assert result["audit"] == {"in": 2, "shown": 1, "excluded": [{"note": "n1", "reason": "empty text"}]}


def test_signs_without_a_word_are_shown_in_the_remainder():
    notes = [make_note("n1", "!!!"), make_note("n2", "👍"), make_note("n3", "???")]
    assert compile_notes(make_document(*notes))["sections"][0]["remainder"] == ["n1", "n2", "n3"]


def test_a_second_note_with_an_id_is_excluded():
    twice = [make_note("n1", "Panchine"), make_note("n1", "Orti")]
    assert compile_notes(make_document(*twice))["audit"] == {
        "in": 2,
        "shown": 1,
        "excluded": [{"note": "n1", "reason": "duplicate id"}],
    }


def test_a_note_that_cannot_be_read_is_named_and_the_rest_is_done():
    broken = [
        make_note("x0", "half a smile \ud83d"),
        make_note("x1", None),
        make_note("x2", "Panchine", dots="many"),
        make_note("x3", "Orti", stance=7),
        make_note("x4", "Orti", backers=-1),
    ]
    result = compile_notes(make_document(*TABLES["notes"], *broken))
    assert heaps(result) == heaps(compile_notes(TABLES))
    assert sorted((problem["note"], problem["reason"]) for problem in result["problems"]) == [
        ("x0", "text is not text"),
        ("x1", "text is not text"),
        ("x2", "dots is not a number of votes"),
        ("x3", "stance is neither 1 nor -1"),
        ("x4", "backers is not a number of people"),
    ]


def test_a_note_that_breaks_the_reading_is_named_and_the_rest_is_done(monkeypatch):
    from feedback.compiler import sections

    def read_or_break(text, language):
        if "guasto" in text:
            raise RuntimeError("cannot be split")
        return sound(text, language)

    sound = sections.read
    monkeypatch.setattr(sections, "read", read_or_break)
    result = compile_notes(make_document(*TABLES["notes"], make_note("x1", "guasto")))
    reason = "could not be read: RuntimeError('cannot be split')"
    assert heaps(result) == heaps(compile_notes(TABLES))
    assert result["problems"] == [{"section": "s1", "note": "x1", "reason": reason}]
    assert result["audit"] == {"in": 9, "shown": 8, "excluded": [{"note": "x1", "reason": reason}]}


def test_one_note_stands_in_the_remainder():
    [section] = compile_notes(make_document(make_note("n1", "Panchine nel parco")))["sections"]
    assert section == {"key": "s1", "notes": 1, "points": [], "remainder": ["n1"]}


def test_a_lone_note_with_dots_is_a_point():
    [section] = compile_notes(make_document(make_note("n1", "Panchine nel parco", dots=3)))["sections"]
    assert [(point["tier"], point["dots"], members(point)) for point in section["points"]] == [("single", 3, ["n1"])]
    assert section["remainder"] == []


def test_three_notes_are_enough_to_see_that_two_belong_together():
    notes = [
        make_note("n1", "Un orto condiviso nel cortile"),
        make_note("n2", "Nel cortile si può fare un orto", group="tiglio"),
        make_note("n3", "Il tram passa troppo tardi", group="acero"),
    ]
    result = compile_notes(make_document(*notes))
    assert (heaps(result), result["sections"][0]["remainder"]) == ([["n1", "n2"]], ["n3"])


def test_twenty_kilobytes_of_text_are_taken_whole():
    long = " ".join(f"parola{number}" for number in range(1700))
    result = compile_notes(make_document(*TABLES["notes"], make_note("z", long)))
    assert heaps(result) == heaps(compile_notes(TABLES))
    assert result["sections"][0]["remainder"] == ["d1", "z"]


@pytest.mark.parametrize(
    ("language", "one", "two", "other"),
    [
        ("el", "Περισσότερα παγκάκια στο πάρκο", "Θέλουμε παγκάκια στο πάρκο", "Το λεωφορείο αργεί"),
        ("zh", "公园里需要更多长椅", "公园里的长椅太少", "公交车总是迟到"),
        ("ar", "نريد مقاعد أكثر في الحديقة", "مقاعد أكثر في الحديقة للجميع", "الحافلة تتأخر دائما"),
    ],
)
def test_other_scripts_are_compared_by_their_own_words(language, one, two, other):
    notes = [make_note(f"n{i}", text, lang=language) for i, text in enumerate((one, two, other))]
    assert heaps(compile_notes(make_document(*notes))) == [["n0", "n1"]]


def test_nearness_can_be_set_tighter_or_looser_but_not_otherwise():
    sizes = {
        related: sum(len(heap) for heap in heaps(compile_notes({**TABLES, "settings": {"related": related}})))
        for related in ("tighter", "normal", "looser")
    }
    assert sizes["tighter"] <= sizes["normal"] <= sizes["looser"]
    with pytest.raises(ValueError, match="related must be one of looser, normal, tighter, not 'near'"):
        compile_notes({**TABLES, "settings": {"related": "near"}})


def test_the_hashes_tell_other_settings_from_other_notes():
    plain, tight = compile_notes(TABLES), compile_notes({**TABLES, "settings": {"related": "tighter"}})
    fewer = compile_notes({**TABLES, "notes": TABLES["notes"][1:]})
    assert plain["settings_hash"] == fewer["settings_hash"] != tight["settings_hash"]
    assert plain["input_hash"] != fewer["input_hash"]


def test_shuffled_input_gives_the_same_bytes():
    shuffled = {**TABLES, "notes": random.Random(4).sample(TABLES["notes"], len(TABLES["notes"]))}
    assert dumps(compile_notes(shuffled)) == dumps(compile_notes(TABLES))


@pytest.mark.parametrize("seed", ["0", "1"])
def test_a_child_process_writes_the_same_bytes_whatever_the_hash_seed_and_threads(seed):
    environment = {**os.environ, "PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": str(int(seed) + 1)}
    child = subprocess.run(
        [sys.executable, "-m", "feedback.compiler"],
        input=json.dumps(TABLES).encode(),
        capture_output=True,
        cwd=ROOT,
        env=environment,
        check=True,
    )
    assert child.stdout.decode() == dumps(compile_notes(TABLES))


def test_a_child_process_refuses_what_is_not_a_document():
    child = subprocess.run([sys.executable, "-m", "feedback.compiler"], input=b"[", capture_output=True, cwd=ROOT)
    assert (child.returncode, child.stdout) == (2, b"")


def test_importing_the_compiler_costs_no_arithmetic():
    code = "import sys, feedback.compiler; print({'numpy', 'scipy', 'django'} & set(sys.modules))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert child.stdout == b"set()\n"


WORDS = ["orto", "cortile", "bici", "piazza", "tram", "non", "verde", "scuola", "mercato", "energia"]
TEXTS = st.one_of(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), st.text(max_size=20))
NOTES = st.lists(
    st.builds(
        make_note,
        st.sampled_from([f"n{number:02}" for number in range(30)]),
        TEXTS,
        group=st.sampled_from(["olmo", "tiglio", "acero", None]),
        section=st.sampled_from(["s1", "s2"]),
        lang=st.sampled_from(["it", "en", None]),
        stance=st.sampled_from([None, None, 1, -1]),
        dots=st.sampled_from([0, 0, 0, 1]),
    ),
    max_size=25,
)
LINKS = st.lists(st.tuples(*[st.sampled_from([f"n{number:02}" for number in range(30)])] * 2).map(list), max_size=3)


@settings(max_examples=60, deadline=None)
@given(notes=NOTES, links=LINKS, chance=st.randoms(use_true_random=False))
def test_nothing_is_lost_doubled_or_moved_by_chance(notes, links, chance):
    result = compile_notes(make_document(*notes, must_link=links))
    assert not [problem for problem in result["problems"] if problem["note"] is None]
    assert everywhere(result) == sorted(note["id"] for note in notes)
    assert result["audit"]["shown"] + len(result["audit"]["excluded"]) == result["audit"]["in"] == len(notes)
    shuffled = make_document(*chance.sample(notes, len(notes)), must_link=chance.sample(links, len(links)))
    assert dumps(compile_notes(shuffled)) == dumps(result)


@settings(max_examples=60, deadline=None)
@given(notes=NOTES, links=LINKS)
def test_links_hold_and_sides_never_share_a_claim_that_nobody_linked(notes, links):
    result = compile_notes(make_document(*notes, must_link=links))
    unfollowed = {problem["note"] for problem in result["problems"]}
    home = {id: number for number, heap in enumerate(heaps(result)) for id in heap}
    assert all(home[one] == home[other] for one, other in links if one not in unfollowed and one != other)
    stances = {note["id"]: note["stance"] for note in notes}
    if not links:
        same = [members(p) for section in result["sections"] for p in section["points"] if p["tier"] == "same"]
        if len(stances) == len(notes):
            assert not [
                1 for heap in same for a, b in combinations(heap, 2) if (stances[a] or 0) * (stances[b] or 0) < 0
            ]
