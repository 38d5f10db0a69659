"""Requests, offers in waves, and assignments."""
