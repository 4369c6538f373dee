"""Training, judging and scoring: numpy, scikit-learn and interpret, imported by the child process alone."""
