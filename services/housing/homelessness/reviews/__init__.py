"""Reviews of decisions (Housing Act 1996 s202): asked in time, by another officer, within their weeks."""
