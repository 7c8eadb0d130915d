"""Text as features should see it: look-alike characters, invisible marks and stray spaces folded away."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from aligner.cleaning.language import CHINESE_CHARACTER, INVISIBLE

# What PDF files put in place of ordinary characters and Unicode does not fold; the Kangxi radicals it does.
_RADICALS = (
    "⺁厂⺇几⺌小⺎尢⺏尢⺐尢⺑尢⺒巳⺓幺⺛旡⺝月⺟母⺠民⺢水⺤爪⺥爪⺧牛⺨犬⺩王⺫目⺬示⺮竹⺯糸⺰纟⺱网"
    "⺲网⺴网⺶羊⺷羊⺸羊⺹老⺻聿⺼月⺾艹⺿艹⻀艹⻁虎⻂衣⻃西⻄西⻅见⻆角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻏阝⻐钅"
    "⻑長⻒長⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟饣⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿"
    "⻯竜⻰龙⻱龜⻲龟⻳龟"
)
_FULL_WIDTH = "，。！？；：、“”‘’（）《》「」『』…—"
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_ODD_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t]")
_STRAY_SPACE = re.compile(
    rf"(?<={CHINESE_CHARACTER}) +(?={CHINESE_CHARACTER}|[{_FULL_WIDTH}])|(?<=[{_FULL_WIDTH}]) +(?={CHINESE_CHARACTER})"
)
_ODD_CHARACTER = re.compile(f"[{_RADICALS[::2]}\u2f00-\u2fd5\uf900-\ufafe\U0002f800-\U0002fa1d]")
_MAYBE_MARKED = re.compile(r"[★\d]")
_GLOSSARY_MARK = re.compile(r"★|(?<=[a-z]{4})\d{1,2}(?![\w.%])|\s?\[\d{1,2}\]")


def fold(text: str) -> str:
    """Fold what copying from PDF files and guarded pages leaves in a text; meant for features, never for the output.

    >>> fold("学习的 申请必须在 12 ⽉底前"), fold("a spate1 of co\u00adups★")
    ('学习的申请必须在 12 月底前', 'a spate of coups')
    """
    text = _ODD_SPACE.sub(" ", _INVISIBLE.sub("", text))
    if not text.isascii():  # the next two can't be in English text, and to look for them takes long
        text = _STRAY_SPACE.sub("", _ODD_CHARACTER.sub(_ordinary, text))
    return (_GLOSSARY_MARK.sub("", text) or text) if _MAYBE_MARKED.search(text) else text


def _ordinary(match: re.Match[str]) -> str:
    return _radicals().get(match[0]) or unicodedata.normalize("NFKC", match[0])


@cache
def _radicals() -> dict[str, str]:
    return dict(zip(_RADICALS[::2], _RADICALS[1::2], strict=True))
