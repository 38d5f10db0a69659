"""Encounters: who was told what, in which language, and what they answered."""
