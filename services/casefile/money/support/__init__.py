"""Support plans for rent or council tax arrears, and evictions prevented."""
