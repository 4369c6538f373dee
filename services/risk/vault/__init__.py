"""The vault: who the records are about. Its own role and schema; the analytics zone knows pseudonyms alone."""
