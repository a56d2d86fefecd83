"""Hostile submissions, a machine with something to lose, and what each level of isolation stops."""
