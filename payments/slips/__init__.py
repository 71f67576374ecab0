"""What a transfer slip tells by itself: the code printed on it, and whether it was sent before.

Nothing in a picture is proof of a payment. What is read here helps a clerk to find the transfer in
the account, and to see a slip that was used before.
"""
