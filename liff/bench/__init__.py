"""The benchmarks of `make bench`: what this product takes beside the plainest thing that could do it.

Each measure runs its baseline in the same run, on the same machine, server and database, in turns
with what it measures, so that noise hits both. Nothing here is imported by the service.
"""
