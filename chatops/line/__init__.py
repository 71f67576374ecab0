"""The only code that knows LINE's JSON: signature, cards, client, ID tokens."""

from datetime import timedelta

# LINE takes a reply token for one minute after the webhook came (and for 20 minutes after
# the event at most); ten seconds of that are kept for the call itself.
# https://developers.line.biz/en/reference/messaging-api/#send-reply-message
REPLY_TOKEN_LIFE = timedelta(seconds=50)
