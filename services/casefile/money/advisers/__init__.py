"""Who may advise on debt: bodies the FCA authorised, and bodies that are exempt."""
