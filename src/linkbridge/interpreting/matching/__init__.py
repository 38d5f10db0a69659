"""Who can interpret this, who cannot and why, and in which order they are asked."""
