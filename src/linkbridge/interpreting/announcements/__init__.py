"""Tells interpreters and requesters what happened, each in their language and with no more than they need."""
