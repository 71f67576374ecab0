"""What templates of this room write with."""
