"""Thai rules as small pure functions: digits, calendar, IDs, phones, money in words, text."""
