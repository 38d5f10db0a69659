"""Measures interpreting: matching, bookings, offers and the board."""
