"""Messages to landlords: mediation and payment, and nothing else, ever."""
