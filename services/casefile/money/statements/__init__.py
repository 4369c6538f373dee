"""Income and expenditure in the categories of the Standard Financial Statement."""
