"""Tests of the simulator. All but the rules' talk to a real process over HTTP."""
