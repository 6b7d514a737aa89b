"""What an answer of quotations is made of, a part a module; `extractive.py` above puts them together."""
