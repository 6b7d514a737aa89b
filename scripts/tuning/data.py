"""Questions with their gold passages, from folders in BEIR's format and from the built-in corpus, and how they are
split so that nothing is judged by what was learned."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import Assistant
from assistant.evaluation import questions
from assistant.index.passages import with_words

_QUESTIONS = Path(__file__).parents[2] / "evals" / "questions"


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages, the document of each, and questions with the places of their gold passages.

    `families` holds for every question a name that it shares with its variants.
    """

    name: str
    passages: tuple[str, ...]
    documents: tuple[str, ...]
    questions: tuple[str, ...]
    families: tuple[str, ...]
    gold: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Split:
    """Places of questions. `unseen` share no gold passage and no family with `train`; of `foreign`, the documents are
    not known to `train` either."""

    train: tuple[int, ...]
    unseen: tuple[int, ...]
    foreign: tuple[int, ...]


def read_beir(folder: Path, split: str) -> Collection:
    """A BEIR folder. The document of a passage is `metadata.source` in corpus.jsonl, else the folder's name."""
    records = [each for each in _records(folder / "corpus.jsonl") if each["text"].strip()]
    place = {each["_id"]: at for at, each in enumerate(records)}
    gold: dict[str, set[int]] = {}
    with (folder / "qrels" / f"{split}.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if int(row["score"]) > 0 and row["corpus-id"] in place:
                gold.setdefault(row["query-id"], set()).add(place[row["corpus-id"]])
    asked = [each for each in _records(folder / "queries.jsonl") if each["_id"] in gold]
    return Collection(
        name=folder.name,
        passages=tuple(f"{each.get('title', '')} {each['text']}".strip() for each in records),
        documents=tuple(str((each.get("metadata") or {}).get("source", folder.name)) for each in records),
        questions=tuple(each["text"] for each in asked),
        families=tuple(each["_id"] for each in asked),
        gold=tuple(frozenset(gold[each["_id"]]) for each in asked),
    )


def read_built_in() -> Collection:
    """The built-in corpus, its passages as they are embedded, with the development half of its questions: those in
    English that can be answered and are understood without the turns before."""
    sources = {source.id: source for source in Assistant.open().sources()}
    passages = [(each, words) for source in sources.values() for each, words in with_words(source, "", "")]
    asked = [
        each
        for each in questions.load(_QUESTIONS, sources, split="dev")
        if each.sources and not each.unanswerable and not each.history and each.question.isascii()
    ]
    gold = [
        frozenset(
            at
            for at, (passage, _) in enumerate(passages)
            if any(
                questions.names(one, sources[passage.source_id], passage.label) for one in each.sources if one.provision
            )
        )
        for each in asked
    ]
    kept = [(each, rows) for each, rows in zip(asked, gold, strict=True) if rows]
    return Collection(
        name="built-in",
        passages=tuple(words for _, words in passages),
        documents=tuple(passage.source_id for passage, _ in passages),
        questions=tuple(each.question for each, _ in kept),
        families=tuple(each.family for each, _ in kept),
        gold=tuple(rows for _, rows in kept),
    )


def divide(collection: Collection, *, unseen: int, foreign: int, seed: int) -> Split:
    """Holds questions out: whole documents with about `foreign` questions, then about `unseen` more that share neither
    gold nor family with the rest. A question that has gold both in a document held out and elsewhere is not used."""
    dice = random.Random(seed)
    held = _documents(collection, foreign, dice)
    where = [{collection.documents[row] for row in rows} for rows in collection.gold]
    outside = tuple(at for at, documents in enumerate(where) if documents <= held)
    rest = [at for at, documents in enumerate(where) if not documents & held]
    components = _components(collection, rest)
    dice.shuffle(components)
    apart: list[int] = []
    for component in components:
        # A component that holds a third of all questions would leave nothing to learn from.
        if len(apart) < unseen and len(component) < len(rest) / 10:
            apart.extend(component)
    chosen = set(apart)
    return Split(tuple(at for at in rest if at not in chosen), tuple(sorted(apart)), outside)


def held_out(collection: Collection) -> list[str]:
    """The families of the questions that the packaged encoder has not learned from: those of `division`."""
    split = division(collection)
    return [collection.families[at] for at in sorted({*split.unseen, *split.foreign})]


def division(collection: Collection) -> Split:
    """How the packaged encoder's questions were divided: of a small collection a fifth is held out, of a large one
    enough to judge by."""
    asked = len(collection.questions)
    return divide(collection, unseen=min(450, asked // 5), foreign=min(200, asked // 10), seed=1)


def _documents(collection: Collection, wanted: int, dice: random.Random) -> set[str]:
    """Documents, drawn at random, until about so many questions have all their gold in them."""
    names = sorted(set(collection.documents))
    dice.shuffle(names)
    held: set[str] = set()
    for name in names:
        inside = [rows for rows in collection.gold if {collection.documents[row] for row in rows} <= held]
        touched = [rows for rows in collection.gold if name in {collection.documents[row] for row in rows}]
        if len(inside) + len(touched) <= 1.2 * wanted:
            held.add(name)
    return held


def _components(collection: Collection, places: Iterable[int]) -> list[list[int]]:
    """The questions at these places, those that share a gold passage or a family, directly or by others, together."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    places = list(places)
    for at in places:
        for row in collection.gold[at]:
            parent[root(f"passage {row}")] = root(f"family {collection.families[at]}")
    found: dict[str, list[int]] = {}
    for at in places:
        found.setdefault(root(f"family {collection.families[at]}"), []).append(at)
    return list(found.values())


def _records(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]
