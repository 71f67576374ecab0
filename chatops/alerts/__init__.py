"""Telling officers at once of what is new of theirs: in the admin, and on their own LINE."""
