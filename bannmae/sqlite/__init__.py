"""Django's SQLite backend with one change: writers wait otherwise (see base.py)."""
