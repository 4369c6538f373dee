"""Projects residents run: sessions, who came counted without names, fixers, blockers, community businesses."""
