"""Documents in another language: the same file with its layout, its words translated, and what it is said in it."""
