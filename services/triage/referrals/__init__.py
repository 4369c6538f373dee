"""Referrals: a partner is asked to help, told exactly what they need to know, and chased until they answer."""
