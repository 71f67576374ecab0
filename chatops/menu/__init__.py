"""The rich menu: what its areas are, how it looks, what a tap answers."""
