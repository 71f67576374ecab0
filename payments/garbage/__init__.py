"""The garbage fee: whose bin is emptied at which rate, which months are paid and owed."""
