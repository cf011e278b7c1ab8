"""Scripts for developers: checks, documentation, training."""
