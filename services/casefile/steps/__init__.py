"""Steps up to statutory teams and down from them: whoever holds the case holds on until somebody accepts by name."""
