"""Sample programmes: invented people, dates that move with today."""
