"""Walk-in tickets: a number is called, never a name; the wait is said honestly and measured."""
