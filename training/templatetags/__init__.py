"""Template tags that every door may use: how days, places and unknown things are shown."""
