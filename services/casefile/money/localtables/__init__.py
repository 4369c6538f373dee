"""Tables that a council or a member body loads itself: LHA, its council tax reduction, spending guidelines."""
