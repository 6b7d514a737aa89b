"""A chat model held to the evidence: what it is given, what comes back and what of that is kept."""
