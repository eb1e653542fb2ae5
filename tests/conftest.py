"""Settings that every test shares."""

from hypothesis import settings

settings.register_profile("chalkgrad", deadline=None)  # machines are noisy: no test may fail for being slow
settings.load_profile("chalkgrad")
