"""What a panel is given to read of each ward: needs, index, past grants; small groups hidden."""
