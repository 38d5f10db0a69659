"""Messages to people outside: the outbox and the channels that carry them."""
