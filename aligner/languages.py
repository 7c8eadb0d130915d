"""The two languages: their names, and which of them a language code names, however a file writes it."""

from __future__ import annotations

import re

from aligner.data import Language

NAMES = {"en": "English", "zh": "Chinese"}
ENGLISH = frozenset(("en", "eng"))
# Chinese, its varieties, and the literary language.
CHINESE = frozenset(("zh", "zho", "chi", "cmn", "yue", "wuu", "nan", "hak", "gan", "hsn", "cjy", "lzh"))
# What Windows called them, which old translation tools still write.
_WINDOWS = {"enu": "en", "ens": "en", "chs": "zh", "cht": "zh", "zhh": "zh", "zhi": "zh"}
# What people call them, in names of files and titles of columns.
_ENGLISH_WORDS, _CHINESE_WORDS = ("english", "英文", "英语", "英語"), ("chinese", "cn", "中文", "汉语", "漢語")
WORDS = dict.fromkeys(_ENGLISH_WORDS, "en") | dict.fromkeys(_CHINESE_WORDS, "zh")
_LANGUAGES = dict.fromkeys(ENGLISH, "en") | dict.fromkeys(CHINESE, "zh") | _WINDOWS


def language_of_code(code: str | None) -> Language:
    """``"en"``, ``"zh"`` or ``""`` for a language code as files have it.

    >>> language_of_code("EN-us"), language_of_code("zh_TW"), language_of_code("fr"), language_of_code(None)
    ('en', 'zh', '', '')
    """
    return _LANGUAGES.get(re.split("[-_]", code or "")[0].strip().lower(), "")
