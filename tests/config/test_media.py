"""Files in object storage: the same pages, another place."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer

from feedback.summary import pdf
from tests.config.test_settings import EVERYTHING, settings_with


@dataclass(frozen=True)
class Bucket:
    """A bucket as its operator sees it."""

    client: Any
    name: str

    def names(self) -> list[str]:
        """The names of what it holds."""
        return [thing["Key"] for thing in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])]


@pytest.fixture
def bucket(monkeypatch, settings) -> Iterator[Bucket]:
    """An empty bucket of a server on this machine, with the settings that an operator's environment makes."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    endpoint = f"http://127.0.0.1:{port}"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    client = boto3.client("s3", endpoint_url=endpoint, region_name="eu-south-1")
    name = f"media-{uuid.uuid4()}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-south-1"})
    given = {**EVERYTHING, "S3_BUCKET": name, "S3_ENDPOINT": endpoint, "S3_REGION": "eu-south-1"}
    settings.STORAGES = settings_with(monkeypatch, given)["STORAGES"]
    yield Bucket(client, name)
    server.stop()


def test_a_file_is_kept_read_and_deleted(bucket):
    name = default_storage.save("outcomes/one.txt", ContentFile(b"what we said"))
    assert bucket.names() == [name]
    with default_storage.open(name) as kept:
        assert kept.read() == b"what we said"
    default_storage.delete(name)
    assert bucket.names() == []


def test_a_second_file_of_the_same_name_replaces_none(bucket):
    first = default_storage.save("photo.txt", ContentFile(b"one"))
    second = default_storage.save("photo.txt", ContentFile(b"two"))
    assert sorted(bucket.names()) == sorted([first, second])
    assert [default_storage.open(name).read() for name in (first, second)] == [b"one", b"two"]


def test_an_address_of_a_file_is_signed_and_ends(bucket):
    name = default_storage.save("outcomes/one.txt", ContentFile(b"what we said"))
    assert "X-Amz-Signature=" in default_storage.url(name) or "Signature=" in default_storage.url(name)


def test_the_outcome_on_paper_is_set_once_kept_there_and_forgotten(bucket, monkeypatch):
    settings_made = []
    monkeypatch.setattr(
        pdf, "setting_of", lambda data: settings_made.append(data) or b"%PDF of " + data["title"].encode()
    )
    data = {"title": "Habits"}
    assert [pdf.kept("w1", data), pdf.kept("w1", data)] == [b"%PDF of Habits"] * 2
    assert (len(settings_made), len(bucket.names())) == (1, 1)
    assert pdf.kept("w2", {"title": "Design"}) == b"%PDF of Design"
    pdf.forget("w1")
    assert [name.split("/")[:2] for name in bucket.names()] == [["outcomes", "w2"]]
    assert pdf.kept("w1", {"title": "Habits"}) == b"%PDF of Habits"
    assert len(settings_made) == 3
