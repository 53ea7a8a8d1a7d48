"""How crawlers share sources and tokens: what one limit bounds is one crawler's."""

from __future__ import annotations

import pytest

from monitor.model.source import Source
from monitor.runtime.networks import KNOWN, share_of
from sources.budgets.limits import KINDS
from sources.budgets.token import Token

COUNT = 64


def share(source: Source) -> int:
    return share_of(source.id, source.network, COUNT, source.address)


@pytest.mark.parametrize("network", KINDS)
def test_whoever_reads_a_source_has_the_tokens_of_its_network(network: str) -> None:
    # Otherwise it would be told for ever that another crawler has them.
    sources = [Source(f"{network}:{number}", network, "community", "samara", str(number)) for number in range(9)]
    tokens = [Token(network, kind, f"name-{number}", "x") for number, kind in enumerate([*KINDS[network], "reception", "other"])]
    assert {share(one) for one in sources} == {share_of(token.id, network, COUNT) for token in tokens}


def test_feeds_of_one_host_are_one_crawler_s() -> None:
    addresses = ["https://city.example/a.xml", "https://city.example/b.xml?c=1", "http://CITY.example:8080/c"]
    feeds = [Source(f"rss:{number}", "rss", "feed", "samara", address) for number, address in enumerate(addresses)]
    assert len({share(one) for one in feeds}) == 1


def test_what_nothing_bounds_together_is_shared_out() -> None:
    assert set(KNOWN) - set(KINDS) == {"rss", "file"}
    feeds = [Source(f"rss:{number}", "rss", "feed", "samara", f"https://city-{number}.example/") for number in range(50)]
    files = [Source(f"file:{number}", "file", "feed", "samara", f"{number}.csv") for number in range(50)]
    broken = [Source(f"rss:{number}", "rss", "feed", "samara", "http://[") for number in range(50)]
    assert min(len({share(one) for one in some}) for some in (feeds, files, broken)) > 20
