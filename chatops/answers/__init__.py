"""The automatic reply: what it knows, how it understands chat Thai, and what it decides."""
