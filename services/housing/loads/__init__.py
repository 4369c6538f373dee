"""Loads: files of homes or applications, taken row by row; what fails is told by row, field and rule."""
