"""The emulated AWS without what keeps web pages away from it: a test that never fails without it shows nothing."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from local.cloud import launcher

launcher.guarded = lambda app: app
launcher.main()
