"""Where what is known is kept, and how it is found."""

import os

# Read by onnxruntime, Chroma and LangChain when they are imported: nothing is sent anywhere, nor written outside the
# data folder (onnxruntime's telemetry keeps a database in the home folder), unless the user switched it on.
for _name, _value in {
    "ORT_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "false",
    "LANGSMITH_TRACING": "false",
}.items():
    os.environ.setdefault(_name, _value)
