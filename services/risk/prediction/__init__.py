"""Prediction: models that explain themselves, trained on the borough's own months; shown, never acting."""
