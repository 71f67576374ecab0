"""Pictures and scans from outside: checked, re-encoded, kept in private storage."""
