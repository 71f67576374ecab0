"""The JSON API under /api/v1: what the pages inside LINE call, and who signs in as they do."""
