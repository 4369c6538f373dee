"""What people text back: found who it is from, kept beside their plan, read by whoever works with them."""
