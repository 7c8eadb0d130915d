"""Measure what the corpus filters lose of true pairs, and what they catch of damaged copies of them.

    python benchmarks/corpus_filters.py FOLDER_OR_TABLE...

What the arguments may be is told by ``corpus_texts.read_pairs``. Every pair is taken for true.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from corpus_texts import Pairs, read_pairs

from aligner.corpus.filters import Filters, judge

FOREIGN = (
    "Le conseil municipal a décidé hier de fermer la vieille école du village.",
    "Nous ne savons pas encore quand il reviendra de son voyage.",
    "Die Regierung hat gestern beschlossen, die Steuern auf Getreide zu senken.",
    "Der Zug nach Norden fährt jeden Morgen um neun Uhr ab.",
    "El gobierno anunció ayer nuevas medidas para los agricultores.",
    "Los precios del trigo subieron mucho durante el invierno.",
    "Il consiglio ha deciso ieri di chiudere la vecchia scuola.",
    "O governo decidiu ontem fechar a velha escola da aldeia.",
    "De regering heeft gisteren besloten de oude school te sluiten.",
    "Chính phủ hôm qua đã quyết định đóng cửa trường học cũ.",
)
JAPANESE = ("昨日、政府は古い学校を閉鎖することを決定した。", "北へ向かう列車は毎朝九時に出発します。")
Damage = Callable[[str, str, random.Random, Pairs], tuple[str, str] | None]


def next_pair(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str]:
    return en, rng.choice(pairs)[1]


def halved(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str] | None:
    return (en, zh[: len(zh) // 2]) if len(zh) >= 10 else None


def quartered(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str] | None:
    return (en, zh[: len(zh) // 4]) if len(zh) >= 20 else None


def doubled(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str]:
    return en, zh + rng.choice(pairs)[1] + rng.choice(pairs)[1]


def another_number(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str] | None:
    found = re.search(r"(?<![\w.,:])[1-9]\d(?![\w.,:/])", en)
    return (en[: found.start()] + str(109 - int(found.group())) + en[found.end() :], zh) if found else None


def untranslated(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str]:
    return en, en


def half_translated(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str] | None:
    words = en.split()
    return (en, zh[: len(zh) // 5] + " ".join(words[len(words) // 5 :])) if len(words) > 9 else None


def chinese_twice(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str]:
    return rng.choice(pairs)[1], zh


def other_european(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str]:
    return rng.choice(FOREIGN), zh


def japanese(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str]:
    return en, rng.choice(JAPANESE)


def signs(en: str, zh: str, rng: random.Random, pairs: Pairs) -> tuple[str, str]:
    return rng.choice(("***", "...", "1")), rng.choice(("——", "。", "1"))


DAMAGES: dict[str, Damage] = {
    "the Chinese of any other pair": next_pair,
    "half of the Chinese missing": halved,
    "three quarters missing": quartered,
    "two more Chinese sentences": doubled,
    "another two-digit number": another_number,
    "English on both sides": untranslated,
    "four fifths left in English": half_translated,
    "Chinese on both sides": chinese_twice,
    "another European language": other_european,
    "Japanese for Chinese": japanese,
    "no words": signs,
}


def share(counts: Counter[str], total: int) -> str:
    found = [f"{reason} {count / total:.2%}" for reason, count in counts.most_common() if reason]
    return ", ".join(found) or "nothing"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--damaged", type=int, default=3000, help="how many pairs are damaged in each way")
    options = parser.parse_args()
    filters, everything = Filters(), []
    print("lost of true pairs")
    for path in options.paths:
        pairs = read_pairs(path)
        started = time.process_time()
        verdicts = [judge(en, zh, 1.0, filters) for en, zh in pairs]
        micros = (time.process_time() - started) / len(pairs) * 1e6
        lost = Counter(reason for reason, _ in verdicts)
        flags = Counter(flag for _, found in verdicts for flag in found)
        name = path.name.split(".")[0]
        print(f"{name:18} {len(pairs):6} {1 - lost[''] / len(pairs):7.2%}  {share(lost, len(pairs))}; {micros:.0f} µs")
        print(f"{'':18} flags: {share(flags, len(pairs))}")
        everything += pairs
    rng = random.Random(1)
    print("\ncaught of damaged pairs")
    for name, damage in DAMAGES.items():
        shuffled = rng.sample(everything, len(everything))
        damaged = filter(None, (damage(*pair, rng, everything) for pair in shuffled))
        reasons = [judge(*pair, 1.0, filters)[0] for pair in islice(damaged, options.damaged)]
        caught = Counter(reasons)
        print(f"{name:32} {len(reasons):6} {1 - caught[''] / len(reasons):7.2%}  {share(caught, len(reasons))}")


if __name__ == "__main__":
    main()
