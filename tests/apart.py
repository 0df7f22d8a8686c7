"""What keeps workers on one machine apart: each looks for free ports in a range of its own.

A port that is found free is listened on a second later; two that looked in one range could find the same.
"""

from __future__ import annotations

import os

from singlewindow.rehearsal import ports

PRODUCTS = ports.RANGE  # of platforms that are started as people start them
FIRST, EACH, MOST = 11_000, 1_000, 9  # before it
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % MOST
PORTS = range(FIRST + WORKER * EACH, FIRST + (WORKER + 1) * EACH)
ports.RANGE = PORTS
