"""The chat desk: where officers read and answer chats, in the admin."""
