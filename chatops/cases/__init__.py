"""Chat cases: who may see one, how it is opened and moved, what the clock does to it."""
