"""What tests of single parts share."""

import gc

import pytest


@pytest.fixture(autouse=True)
def _no_search_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parameter Store's adapter collects garbage after it has read, which takes long among what tests have loaded."""
    monkeypatch.setattr(gc, "collect", lambda: 0)
