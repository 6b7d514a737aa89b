"""A kill at any moment of `assistant add` leaves a complete index, and adding again ends in the same one.

``KILL_ROUNDS`` says how often; what happened is written to ``KILL_REPORT`` where that names a file.
"""

import json
import os
import random
import re
import shutil
import time
from collections import Counter
from pathlib import Path

import pytest
from acts import content

from assistant.assistant import Assistant
from assistant.documents import loaders
from assistant.index.catalogue import Catalogue
from assistant.settings import Settings, packaged

ROUNDS = int(os.environ.get("KILL_ROUNDS", "3"))
COPIED = (
    "mofcom-2024-46",
    "mofcom-2025-10",
    "mofcom-2025-18",
    "mofcom-2025-55",
    "mofcom-2025-56",
    "mofcom-2025-57",
    "mofcom-2025-58",
    "mofcom-2025-61",
    "mofcom-2025-72",
    "mofcom-2026-01",
    "mofcom-qa-2025-10-09",
    "prc-rare-earth-regulations-2024",
)
QUESTION = "do I need a permit to repair separation equipment abroad?"


def edition(folder: Path, number: int) -> Path:
    """A folder of copies under ids of their own, whose first provisions say something else in every edition."""
    folder.mkdir()
    for source_id in COPIED:
        text = (packaged("corpus") / f"{source_id}.md").read_text(encoding="utf-8")
        text = re.sub(r"^id: .*$", f"id: copy-of-{source_id}", text, count=1, flags=re.MULTILINE)
        text = re.sub(r"^(#{2,} .+\n\n)", rf"\1Edition {number} says so. ", text, count=6, flags=re.MULTILINE)
        (folder / f"copy-of-{source_id}.md").write_text(text, encoding="utf-8")
    return folder


def texts(folder: Path) -> dict[str, str]:
    return {source.id: source.text for source in map(loaders.load, loaders.find(folder))}


@pytest.fixture
def undisturbed(data, tmp_path) -> Assistant:
    """An index that nobody kills, in a folder of its own."""
    return Assistant.open(Settings(data_dir=shutil.copytree(data, tmp_path / "undisturbed")))


def test_a_kill_leaves_a_complete_index_and_adding_again_the_same(data, undisturbed, start, tmp_path):
    chance, happened = random.Random(2026), Counter(rounds=ROUNDS)
    catalogue = Catalogue(data / "catalogue.sqlite3")
    base = {each.id: each.text for each in undisturbed.sources()}
    old, needed = dict(base), 4.0
    for number in range(ROUNDS):
        added = edition(tmp_path / f"edition-{number}", number)
        new = {**base, **texts(added)}
        generation, began = catalogue.generation(), time.monotonic()
        process = start("add", added)
        if number % 3 == 2:  # aim at what follows the commit, which is short
            while catalogue.generation() == generation and process.poll() is None:
                time.sleep(0.002)
            needed = 0.5 * needed + 0.5 * (time.monotonic() - began)
            time.sleep(chance.uniform(0, 0.6))
        else:
            time.sleep(chance.uniform(0.3, needed * 1.1))
        process.kill()
        process.communicate()
        committed = catalogue.generation() != generation
        happened["ended by themselves" if process.returncode == 0 else "killed"] += 1
        happened["after the commit" if committed else "before the commit"] += 1
        happened["to be rebuilt"] += catalogue.meta("searchable") == ""

        reader = Assistant.open()
        assert {each.id: each.text for each in reader.sources()} == (new if committed else old)
        answer = reader.ask(QUESTION)
        assert {each.quote.source.id for each in answer.citations} <= set(new if committed else old)
        assert all(
            each.quote.source.text == (new if committed else old)[each.quote.source.id] for each in answer.citations
        )
        assert len(reader.search("licence for samarium", k=20)) == 20
        reader.index.catalogue.check()
        old = new if committed else old
        if number % 2:  # every other round starts from an index that has been repaired
            reader.index.put(())
            assert reader.index.is_current()

    last = edition(tmp_path / "last", ROUNDS)
    process = start("add", last)
    assert process.communicate(timeout=120)[1] == ""
    undisturbed.add([last])
    assert content(data) == content(undisturbed.settings.data_dir)
    assert Assistant.open().index.is_current()
    if report := os.environ.get("KILL_REPORT"):
        Path(report).write_text(json.dumps(happened), encoding="utf-8")
