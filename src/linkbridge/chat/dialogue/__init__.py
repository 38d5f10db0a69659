"""The dialogue: from a message and what is remembered to replies, without any channel or database."""
