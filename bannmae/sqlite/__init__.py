"""Django's SQLite backend with one change: writers stand in line (see base.py)."""
