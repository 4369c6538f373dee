"""The law of homelessness as data: duties, positions, transitions and guards; clocks with the day they hold from."""
