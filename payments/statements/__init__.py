"""The bank's word: statements taken in line by line, and laid beside what payers tell."""
