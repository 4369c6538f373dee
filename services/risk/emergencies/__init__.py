"""Emergency lists: who may need a call in a cold snap, a heatwave or an outbreak, with outreach in minutes."""
