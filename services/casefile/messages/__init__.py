"""Messages to people: which way is safe, who else may read it, and so which words; sealed for the gateway to send."""
