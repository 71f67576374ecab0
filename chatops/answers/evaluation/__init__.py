"""How good the automatic answers are, in figures: `make eval`."""
