"""Tuning: questions are drawn to their gold passages and away from others, as the retriever will weigh them.

The loss is InfoNCE (van den Oord et al., 2018) over the passages of a batch: one gold passage of each question, hard
negatives, and all that the other questions brought. It is taken twice, over the cosine alone and over the cosine fused
with BM25, so that the encoder learns most where BM25 does not already tell gold from the rest.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from tuning import adapter
from tuning.data import Collection
from tuning.ranks import DENSE, LEXICAL, Scores, fused

_FORWARD = 16  # texts of like length that go through the model together: little is padded
_NO_SCORE = -1e4


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to tune. `rank` 0 trains all weights. Lengths are in tokens."""

    rank: int = adapter.RANK
    epochs: int = 3
    batch: int = 64
    group: int = 8  # questions of one document in a row of a batch: their passages are negatives of one kind
    negatives: int = 1
    depth: int = 50  # hard negatives are drawn from the best so many passages that are not gold
    temperature: float = 0.05
    rate: float = 1e-3
    warm_up: float = 0.1
    longest: int = 160
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Lesson:
    """A collection with the questions to learn from and what is needed to draw passages for them.

    `lexical` is (questions, passages); `hard` holds for each question the places of hard negatives.
    """

    collection: Collection
    places: tuple[int, ...]
    lexical: Scores
    hard: Sequence[Sequence[int]]


class Encoding:
    """A sentence-transformers model as it is trained: texts → unit vectors with gradients."""

    def __init__(self, model: SentenceTransformer, longest: int) -> None:
        self.transformer: Any = model[0].auto_model
        self._tokenizer = model.tokenizer
        self._longest = longest

    def __call__(self, texts: Sequence[str]) -> torch.Tensor:
        """Vectors of length 1, (texts, dimension), float32."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        parts = [self._forward([texts[at] for at in order[i : i + _FORWARD]]) for i in range(0, len(texts), _FORWARD)]
        back = torch.empty(len(texts), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(texts))
        return torch.cat(parts)[back]

    def _forward(self, texts: list[str]) -> torch.Tensor:
        read = self._tokenizer(texts, padding=True, truncation=True, max_length=self._longest, return_tensors="pt")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.transformer(**read).last_hidden_state
        mask = read["attention_mask"].unsqueeze(-1).float()
        return torch.nn.functional.normalize((hidden.float() * mask).sum(1) / mask.sum(1), dim=1)


def encode(model: SentenceTransformer, texts: Sequence[str], longest: int = 256) -> Scores:
    """Unit vectors without gradients, (texts, dimension)."""
    encoding = Encoding(model, longest)
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    vectors = np.empty((len(texts), 384), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), 64):
            places = order[start : start + 64]
            vectors[places] = encoding([texts[at] for at in places]).numpy()
    return vectors


def lesson(collection: Collection, places: Sequence[int], lexical: Scores, dense: Scores, depth: int) -> Lesson:
    """Mines hard negatives: of each question the best `depth` passages by the fused score that are neither gold nor
    word for word like gold."""
    scores = fused(lexical, dense)
    hard = []
    for row, gold in zip(scores, collection.gold, strict=True):
        words = {collection.passages[at] for at in gold}
        best = np.argsort(-row, kind="stable")[: depth + len(gold)]
        hard.append([int(at) for at in best if at not in gold and collection.passages[at] not in words])
    return Lesson(collection, tuple(places), lexical, hard)


def train(
    model: SentenceTransformer,
    lessons: Sequence[Lesson],
    recipe: Recipe,
    log: Callable[[str], None],
    after_epoch: Callable[[int], None],
) -> None:
    """Tunes the model in place: an adapter is put on it, or all its weights are trained where the rank is 0."""
    torch.manual_seed(recipe.seed)
    dice = random.Random(recipe.seed)
    encoding = Encoding(model, recipe.longest)
    model.eval()  # no dropout: an adapter is small, and a step takes a fifth less
    if recipe.rank:
        parameters = adapter.attach(encoding.transformer, recipe.rank)
    else:
        parameters = [each for name, each in encoding.transformer.named_parameters() if "pooler" not in name]
    optimiser = torch.optim.AdamW(parameters, lr=recipe.rate, weight_decay=0.01)
    asked = sum(len(each.places) for each in lessons)
    steps = recipe.epochs * math.ceil(asked / recipe.batch)
    done, start = 0, time.perf_counter()
    for epoch in range(recipe.epochs):
        for batch in _batches(lessons, recipe, dice):
            done += 1
            for group in optimiser.param_groups:
                group["lr"] = recipe.rate * _share(done / steps, recipe.warm_up)
            optimiser.zero_grad(set_to_none=True)
            loss = _loss(encoding, lessons, batch, recipe, dice)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            if done % 5 == 0:
                pace = (time.perf_counter() - start) / done
                log(f"epoch {epoch + 1}, step {done}/{steps}, loss {loss.item():.4f}, {pace:.1f} s a step")
        after_epoch(epoch + 1)


def _share(progress: float, warm_up: float) -> float:
    """Of the learning rate: up in a line, then down along half a cosine."""
    if progress < warm_up:
        return progress / warm_up
    return 0.5 * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up)))


def _batches(lessons: Sequence[Lesson], recipe: Recipe, dice: random.Random) -> Iterator[list[tuple[int, int]]]:
    """All questions once, as (lesson, question); those of one document stand together in groups."""
    groups: list[list[tuple[int, int]]] = []
    for number, each in enumerate(lessons):
        by_document: dict[str, list[tuple[int, int]]] = {}
        for place in each.places:
            row = dice.choice(sorted(each.collection.gold[place]))
            by_document.setdefault(each.collection.documents[row], []).append((number, place))
        for document in sorted(by_document):
            asked = by_document[document]
            dice.shuffle(asked)
            groups += [asked[i : i + recipe.group] for i in range(0, len(asked), recipe.group)]
    dice.shuffle(groups)
    order = [question for group in groups for question in group]
    for start in range(0, len(order), recipe.batch):
        yield order[start : start + recipe.batch]


def _loss(
    encoding: Encoding, lessons: Sequence[Lesson], batch: list[tuple[int, int]], recipe: Recipe, dice: random.Random
) -> torch.Tensor:
    drawn: dict[tuple[int, int], int] = {}  # (lesson, passage) → its column
    targets = []
    for number, place in batch:
        one = lessons[number]
        positive = (number, dice.choice(sorted(one.collection.gold[place])))
        targets.append(drawn.setdefault(positive, len(drawn)))
        for negative in dice.sample(one.hard[place], min(recipe.negatives, len(one.hard[place]))):
            drawn.setdefault((number, negative), len(drawn))
    texts = [lessons[number].collection.passages[row] for number, row in drawn]
    asked = [lessons[number].collection.questions[place] for number, place in batch]
    lexical, barred = _beside(lessons, batch, list(drawn), targets)
    cosine = encoding(asked) @ encoding(texts).T
    truth = torch.tensor(targets)
    total = torch.zeros(())
    for scores in (cosine, DENSE * cosine + LEXICAL * lexical):
        logits = (scores / recipe.temperature).masked_fill(barred, _NO_SCORE)
        total = total + torch.nn.functional.cross_entropy(logits, truth)
    return total / 2


def _beside(
    lessons: Sequence[Lesson], batch: list[tuple[int, int]], drawn: list[tuple[int, int]], targets: list[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """For each question and passage of a batch its BM25 share, and whether it is a gold passage that is not the target
    now, which counts neither as right nor as wrong."""
    lexical = np.zeros((len(batch), len(drawn)), dtype=np.float32)
    barred = np.zeros((len(batch), len(drawn)), dtype=bool)
    for line, (number, place) in enumerate(batch):
        one = lessons[number]
        for column, (other, row) in enumerate(drawn):
            if other == number:
                lexical[line, column] = one.lexical[place, row]
                barred[line, column] = row in one.collection.gold[place] and column != targets[line]
    return torch.from_numpy(lexical), torch.from_numpy(barred)
