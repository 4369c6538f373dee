"""Facts of the analytics zone: what sources and services say, keyed by pseudonyms."""
