"""Remote human interpreters: who they are, when they can, who is asked, who comes, and what became of it."""
