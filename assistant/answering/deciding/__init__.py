"""What the verdict rests on: what a question is about, what it takes for granted, which rules fit, what is settled."""
