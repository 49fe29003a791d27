"""Jobs of this floor: ids in, one line each."""

from ledger.jobs import Claim, job
from participants import news


@job("tell_change")
def tell_change(claim: Claim) -> None:
    news.tell_change(claim)
