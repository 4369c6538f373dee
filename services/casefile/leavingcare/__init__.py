"""Leaving care: the personal adviser, the pathway plan with its review every six months, what is due up to 25."""
