"""The housing register: who applied, whether they qualify, their band and since when they wait in it."""
