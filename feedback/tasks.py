"""Jobs of this floor: ids in, one line each."""

from feedback.summary import compile, publish
from ledger.jobs import Claim, job


@job("compile")
def compile_workshop(claim: Claim) -> None:
    compile.compile_workshop(claim)


@job("tell_published")
def tell_published(claim: Claim) -> None:
    publish.tell_everybody(claim)
