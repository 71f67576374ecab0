"""The benchmarks of `make bench`: the product beside the plainest thing that does the same.

Each measure runs its baseline in the same run, on the same machine, server and database, in turns
with what it measures, so that noise hits both. Nothing here is imported by the service.
"""
