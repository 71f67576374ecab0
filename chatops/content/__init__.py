"""Files of messages: fetched from LINE, kept in private storage, removed when taken back.

The web process and the inbox import `jobs`; what talks to LINE and to the storage is in
`fetching`.
"""
