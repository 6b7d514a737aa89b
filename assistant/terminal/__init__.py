"""What the command line shows and reads; the commands themselves are in assistant/cli.py."""
