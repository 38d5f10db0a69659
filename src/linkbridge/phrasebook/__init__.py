"""Phrasebooks: curated texts in many languages, their status always carried along."""
