"""Measure the search for duplicates: planted copies with small edits, and a comparison of all with all.

    python benchmarks/corpus_duplicates.py TABLE... [--pairs 50000] [--planted 500] [--threshold 0.8]

Equal pairs of the tables are taken once. Of each kind of edit so many copies are planted. Near are those that overlap
with their original by the threshold or more; found of near is the recall. Found means that of copy and original one
goes, for the other or for a third that is kept. Precision is the share of what goes that overlaps by the threshold with
the pair named in its place, compared anew. Last, some pairs are compared all with all, planted copies among them.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from corpus_texts import Pairs, read_pairs
from pyarrow import parquet

from aligner.corpus.deduplication import Deduplication
from aligner.corpus.duplicates import DUPLICATE
from aligner.corpus.signatures import folded, gram_sets, overlap, similarity

SHARD = 2000  # pairs in a file
COMPARED = 3000  # pairs that are compared all with all
Pair = tuple[str, str]
Edit = Callable[[str, str, random.Random, list[str]], Pair | None]


def signs(en: str, zh: str, rng: random.Random, words: list[str]) -> Pair:
    return en.upper().rstrip(".") + " !", zh.rstrip("。") + "……"


def typing_error(en: str, zh: str, rng: random.Random, words: list[str]) -> Pair:
    place = rng.randrange(len(en))
    return en[:place] + rng.choice("aeiounst") + en[place + 1 :], zh


def word_in_english(en: str, zh: str, rng: random.Random, words: list[str]) -> Pair:
    parts = en.split()
    parts[rng.randrange(len(parts))] = rng.choice(words)
    return " ".join(parts), zh


def word_on_both_sides(en: str, zh: str, rng: random.Random, words: list[str]) -> Pair:
    place = rng.randrange(len(zh))
    return word_in_english(en, zh, rng, words)[0], zh[:place] + rng.choice("的一是了我") + zh[place + 1 :]


def longer_at_the_end(en: str, zh: str, rng: random.Random, words: list[str]) -> Pair:
    return f"{en} (updated)", f"{zh}（更新）"


def shorter_at_the_start(en: str, zh: str, rng: random.Random, words: list[str]) -> Pair:
    return en.partition(" ")[2] or en, zh[1:]


def other_number(en: str, zh: str, rng: random.Random, words: list[str]) -> Pair | None:
    found = re.search(r"\d+", en)
    if not found or found.group() not in zh:
        return None
    number = str(rng.randrange(10 ** len(found.group())))
    return en.replace(found.group(), number, 1), zh.replace(found.group(), number, 1)


def other_chinese(en: str, zh: str, rng: random.Random, words: list[str]) -> Pair:
    return en, zh[len(zh) // 2 :] + zh[: len(zh) // 2][::-1]


EDITS: dict[str, Edit] = {
    "case and punctuation": signs,
    "a character of the English": typing_error,
    "a word of the English": word_in_english,
    "a word and a Chinese character": word_on_both_sides,
    "longer at the end": longer_at_the_end,
    "shorter at the start": shorter_at_the_start,
    "another number": other_number,
    "the same English, other Chinese": other_chinese,
}


def plant(pairs: Pairs, count: int, rng: random.Random) -> list[tuple[str, int, Pair]]:
    """Copies: the kind of edit, the place of the original, and the edited pair."""
    words = [word for en, _ in rng.sample(pairs, min(len(pairs), 1000)) for word in en.split()]
    planted = []
    for name, edit in EDITS.items():
        made = ((place, edit(*pairs[place], rng, words)) for place in rng.sample(range(len(pairs)), len(pairs)))
        usable = ((name, place, copy) for place, copy in made if copy and all(copy) and copy != pairs[place])
        planted += [entry for _, entry in zip(range(count), usable, strict=False)]
    return planted


def find(pairs: Pairs, threshold: float, rng: random.Random) -> dict[int, tuple[int, str]]:
    """Which pairs go, by their numbers, for which, and why; by way of files, as a run does it."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for start in range(0, len(pairs), SHARD):
            rows = [
                {"document": f"{start:09}", "position": number, "en": en, "zh": zh, "confidence": rng.random()}
                for number, (en, zh) in enumerate(pairs[start : start + SHARD])
            ]
            types = [pa.string(), pa.int32(), pa.string(), pa.string(), pa.float32()]
            schema = pa.schema(list(zip(rows[0], types, strict=True)))
            paths.append(f"{folder}/{start:09}.parquet")
            parquet.write_table(pa.Table.from_pylist(rows, schema), paths[-1])
        search = Deduplication(paths, f"{folder}/search", threshold)
        started = time.process_time()
        search.find()
        took = time.process_time() - started
        size = sum(path.stat().st_size for path in Path(folder, "search").rglob("*.arrow"))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{len(pairs):,} pairs in {search.parts} parts: {took / len(pairs) * 1e6:.0f} µs of processor time and "
            f"{size / len(pairs):.0f} bytes of disk a pair, {most:.0f} MB of memory at most"
        )
        gone = {}
        for part in range(search.parts):
            for row in search.gone_of(part).to_pylist():
                document, position = row["duplicate_of"].split(":")
                place = int(row["document"]) + row["position"]
                gone[place] = (int(document) + int(position), row["reason"])
        return gone


def report_planted(pairs: Pairs, planted: list[tuple[str, int, Pair]], gone: dict, threshold: float) -> None:
    first = len(pairs) - len(planted)
    counts: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    for number, (name, place, copy) in enumerate(planted, first):
        overlapping = similarity(copy, pairs[place])
        near = overlapping >= threshold
        found = number in gone or place in gone
        for column, value in enumerate((1, overlapping, near, found and near)):
            counts[name][column] += value
    print(f"\n{'planted with another':34} copies  overlap   near  found of near")
    for name, (count, overlapping, near, found) in counts.items():
        share = f"{found / near:14.1%}" if near else f"{'-':>14}"
        print(f"{name:34} {count:6.0f} {overlapping / count:8.2f} {near / count:6.1%} {share}")
    near, found = (sum(values[column] for values in counts.values()) for column in (2, 3))
    print(f"{'together':34} {len(planted):6} {'':8} {near / len(planted):6.1%} {found / near:14.1%}")


def report_precision(pairs: Pairs, gone: dict, threshold: float) -> None:
    right = sum(similarity(pairs[place], pairs[kept]) >= threshold for place, (kept, _) in gone.items())
    chained = sum(kept in gone for kept, _ in gone.values())
    equal = sum(reason == DUPLICATE for _, reason in gone.values())
    print(
        f"\n{len(gone):,} go, {equal:,} of them as equal: {right / len(gone):.2%} overlap by {threshold} or more with "
        f"the pair named in their place, {chained} name one that goes itself"
    )


def compare_all(pairs: Pairs, threshold: float, rng: random.Random) -> None:
    """Whether among what is kept of some pairs any two are near each other."""
    print(f"\nall with all, {len(pairs):,} pairs")
    gone = find(pairs, threshold, rng)
    grams = [gram_sets(*pair) for pair in pairs]
    near = left = 0
    for one in range(len(pairs)):
        for other in range(one):
            sizes = sorted((len(grams[one][0]), len(grams[other][0])))
            if sizes[0] >= threshold * sizes[1] and overlap(grams[one], grams[other]) >= threshold:
                near += 1
                left += one not in gone and other not in gone
    recall = 1 - left / near
    print(f"{near:,} couples overlap by {threshold} or more; of {left} of them both are kept: recall {recall:.2%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--pairs", type=int, default=50_000)
    parser.add_argument("--planted", type=int, default=500)
    parser.add_argument("--threshold", type=float, default=0.8)
    options = parser.parse_args()
    rng = random.Random(1)
    seen = {(folded(en), folded(zh, "")): (en, zh) for path in options.tables for en, zh in read_pairs(path)}
    pairs = rng.sample(list(seen.values()), min(options.pairs, len(seen)))
    planted = plant(pairs, options.planted, rng)
    everything = pairs + [copy for _, _, copy in planted]
    gone = find(everything, options.threshold, rng)
    report_planted(everything, planted, gone, options.threshold)
    report_precision(everything, gone, options.threshold)
    some = [number for number in range(len(planted)) if number % options.planted < COMPARED // 2 // len(EDITS)]
    sample = [pair for number in some for pair in (pairs[planted[number][1]], planted[number][2])]
    compare_all(list(dict.fromkeys(sample)), options.threshold, rng)


if __name__ == "__main__":
    main()
