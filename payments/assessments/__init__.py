"""The year's assessments: taken in, proved to be hers, estimated, and reminded of in LINE."""
