"""What is measured, how long and in which order. Pure: it starts nothing."""
