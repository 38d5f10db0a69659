"""Sessions: who meets where, and when they came and left."""
