"""A Hypothesis state machine of logins, renewals and unlinks, checked against a model."""
