"""Events from LINE, one at a time: who sent it, what it means, what is answered."""
