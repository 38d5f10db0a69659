"""From a wish for an interpreter to the end of the talk: requests, offers in waves, assignments, outcomes."""
