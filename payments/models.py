"""No tables yet: what the chat says of payments is kept in chatops.AutoText."""
