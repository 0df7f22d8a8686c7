"""What every test of the checkout shares: examples are not timed, and a failing one can be repeated."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
