"""``python -m bench``: every promise."""

from __future__ import annotations

import sys

from bench.run import main

sys.exit(main())
