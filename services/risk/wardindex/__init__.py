"""The ward index: how well life goes, ward by ward and year by year, by the Social Progress method."""
