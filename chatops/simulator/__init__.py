"""A LINE platform on loopback: its own Django project, process, port and database.

It shares no code with the product, only LINE's documented rules, so that a mistake in
the product meets a second reading of the same pages. `python -m chatops.simulator` runs it.
"""
