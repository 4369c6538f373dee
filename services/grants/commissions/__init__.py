"""Commissions: funding over several years, beside the referrals each organisation carries."""
