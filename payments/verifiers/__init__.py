"""Services that are asked whether a transfer took place: none until the office chooses one.

What leaves is the code of the slip and the amount, nothing else, and only when a clerk presses
the button. What comes back is one more piece of evidence: it confirms no payment by itself.
"""
