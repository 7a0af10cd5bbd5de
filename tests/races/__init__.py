"""Many people at one moment. Each race has a control that goes wrong once its guard is taken away."""
