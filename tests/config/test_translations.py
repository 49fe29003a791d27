"""Every sentence a person can read exists in Italian, with the same placeholders."""

from __future__ import annotations

import re

from babel.messages.pofile import read_po
from django.conf import settings

from config.translations import collect, untranslated

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def italian():
    with (settings.ROOT / "locale/it/LC_MESSAGES/django.po").open("rb") as text:
        return read_po(text, locale="it")


def ids(catalogue) -> set:
    return {(message.context, message.id) for message in catalogue if message.id}


def test_the_italian_catalogue_has_exactly_the_messages_of_the_sources():
    assert ids(italian()) == ids(collect(settings.ROOT))


def test_every_message_is_translated():
    assert untranslated(italian()) == []


def test_translations_keep_the_placeholders():
    wrong = []
    for message in italian():
        sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
        targets = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = {found for source in sources for found in PLACEHOLDER.findall(source)}
        for target in targets:
            if message.id and set(PLACEHOLDER.findall(target)) - wanted:
                wrong.append(target)
    assert wrong == []


def test_italian_has_one_kind_of_apostrophe():
    texts = [message.string for message in italian()]
    sentences = [text for each in texts for text in ([each] if isinstance(each, str) else each)]
    assert [sentence for sentence in sentences if re.search(r"\w'", sentence)] == []
