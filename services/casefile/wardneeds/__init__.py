"""What the front door hears, ward by ward: how many households told of which need in a year, small groups hidden."""
