"""Recovery holds: the council's own creditors are asked to wait 30 days while somebody is helped."""
