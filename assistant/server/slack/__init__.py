"""Slack over HTTP: an event, a command or a click comes in signed and is acknowledged at once; the answer follows.

``routes.py`` takes what Slack sends, ``incoming.py`` tells what of it is a question, ``bot.py`` answers in threads of
its own, ``blocks.py`` writes the message, ``client.py`` speaks to Slack.
"""
