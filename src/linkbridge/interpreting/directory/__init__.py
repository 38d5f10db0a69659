"""The interpreters of all partner organisations: what they can, how they are reached, with whom they do not go."""
