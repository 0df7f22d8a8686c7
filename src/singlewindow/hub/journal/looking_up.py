"""How statements are planned that look rows up by their keys, in tables that grow by thousands a second.

The planner has not counted such tables. It must neither scan nor hash them, nor narrow a few rows by all
rows of their partner or their readers, nor keep a plan made when they were empty and one index looked as
good as the other. Each is a setting of a connection, as libpq has them.
"""

from __future__ import annotations

_BY_KEY = tuple(f"-c enable_{way}=off" for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"))
LOOK_UPS = " ".join((*_BY_KEY, "-c plan_cache_mode=force_custom_plan"))
# Where a few statements leave the planner one way each, one plan serves: planning took longer than a batch.
# It is made anew whenever tables were counted.
KEPT_PLANS = "-c plan_cache_mode=force_generic_plan"
PLANNED_ONCE = " ".join((*_BY_KEY, KEPT_PLANS))
# Of a page or a program's request: what takes longer, or waits longer for others, is given up and says so.
LONGEST_S = 10
ENDED_IN_TIME = f"-c statement_timeout={LONGEST_S}s"
