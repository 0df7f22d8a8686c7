"""``python -m singlewindow`` is the command line."""

from __future__ import annotations

import sys

from singlewindow.server.cli import main

sys.exit(main())
