from __future__ import annotations

from hypothesis import settings

# The same examples in every run: whether CI is green must not depend on luck. To look for new ones:
# pytest --hypothesis-profile=search
settings.register_profile("house", deadline=None, max_examples=100, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("house")
