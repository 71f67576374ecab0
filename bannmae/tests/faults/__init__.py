"""Delivery under faults, with the processes of the production form: nothing lost, nothing twice.

`wire` stands between the workers and the simulated LINE and breaks what passes, `town` starts
everything, `ledger` counts what reached the phones, `scenarios` are the faults. `test_faults`
takes each once and small; `python -m bannmae.tests.faults` takes them long and prints the table.
"""
