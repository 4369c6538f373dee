"""The statutory returns: made out of the work as it is done, checked as it is done."""
