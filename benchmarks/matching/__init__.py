"""Whether the chat finds the phrase that answers, and what cannot wait, on questions that its lists never saw."""
