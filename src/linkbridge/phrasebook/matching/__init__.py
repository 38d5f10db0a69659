"""Finds the phrases that may answer what somebody wrote, and tells what cannot wait."""
