"""How the packaged encoder is tuned: adapter → data → mining → training → measure, put together by tune_encoder.py."""
