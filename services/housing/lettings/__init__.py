"""Choice-based lettings: adverts, bids, frozen shortlists, offers, tenancies (Housing Act 1996 Part 6)."""
