"""Forecasts of chaotic series by networks that step from state to state."""
