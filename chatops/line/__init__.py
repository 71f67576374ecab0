"""The only code that knows LINE's JSON: signature, cards, client, ID tokens."""
