"""What came of requests: how many were filled, how fast, and which languages nobody could serve."""
