"""Settings that every test shares."""

import os

from hypothesis import settings

# No test may fail for being slow, for machines are noisy; and where a change is judged, luck should play no part.
settings.register_profile("chalkgrad", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("chalkgrad")
