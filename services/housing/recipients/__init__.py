"""Who was told of somebody by housing, and hears of what was done with their data since (UK GDPR Article 19)."""
