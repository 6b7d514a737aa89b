"""What a sentence says, read off its wording without a model, and whether some sentences bear out another."""
