"""What people do together: food clubs, peer groups, networks; and tablets that are lent with lessons."""
