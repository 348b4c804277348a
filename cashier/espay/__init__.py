"""How Espay speaks: the only place that knows HTTP."""

import sys
from types import ModuleType
from typing import Final, cast

_UNUSED: Final = "httpx._main"
"""httpx's own command line; with it come click, pygments and rich's progress bars, 2.7 MiB that
stay. httpx does without it where it cannot be imported, as it does without its extra ``cli``."""

sys.modules.setdefault(_UNUSED, cast(ModuleType, None))
