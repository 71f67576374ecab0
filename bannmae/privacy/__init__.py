"""Personal data: encryption at rest, searchable digests, masks, log filter."""
