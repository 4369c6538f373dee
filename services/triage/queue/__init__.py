"""The queue: who is next, by published rules, with the reasons in words."""
