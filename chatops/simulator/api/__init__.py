"""The Messaging API, as the product (and line-bot-sdk) calls it."""
