"""Conversations with people in their own language, over any channel, and their handover to humans."""
