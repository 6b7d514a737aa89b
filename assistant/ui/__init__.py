"""How people reach the assistant: the chat UI at `/`, in English, and at `/zh/`, in Chinese, on the server's app.

A page is Gradio's: its events, queue, streaming and uploads. What is seen is HTML from templates/, escaped without
exception, with the CSS and JavaScript of static/; nothing is fetched from elsewhere, and the content security policy
of `policy` lets nothing be. The server keeps no session: a conversation is a list of journal entries that the browser
holds, so a reload, a second tab or a restart of the server loses nothing.
"""
