"""A machine that links, forwards, renews and leaves in every order, beside the real thing."""
