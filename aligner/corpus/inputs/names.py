"""Which language a file's name says it is in, and what is left of the name: two files of one document share it."""

from __future__ import annotations

import re
from functools import lru_cache

from aligner.data import Language
from aligner.languages import WORDS, language_of_code

# Codes that files are named by: en, zh, zh-CN, zh_Hant_TW, cmn-Hans, eng; and what else people call the languages.
_CODE = r"(?:en|eng|zh|zho|chi|cmn|yue|lzh)(?:[-_](?:hans|hant))?(?:[-_](?:[a-z]{2}|419))?"
_MARK = f"(?:{_CODE}|chs|cht|{'|'.join(WORDS)})"
_WHOLE = re.compile(_MARK, re.IGNORECASE)
_AT_END = re.compile(rf"(.+?)[._-]({_MARK})", re.IGNORECASE)
_AT_START = re.compile(rf"({_MARK})[._-](.+)", re.IGNORECASE)


def without_language(path: str, suffix: str) -> tuple[str, Language]:
    """The path, without ``suffix`` and every mark of a language, and the language that they name.

    Marks stand at the end of the name, at its start, or are the name of a folder. The language is "" where there is no
    mark, or where there are some of both languages: then the path is as it was, with its suffix.

    >>> without_language("news/x.en.txt", ".txt"), without_language("zh-CN/x.html", ".html")
    (('news/x', 'en'), ('x', 'zh'))
    >>> without_language("a/zh_Hant.txt", ".txt"), without_language("en_x.txt", ".txt"), without_language("x.zh", "")
    (('a', 'zh'), ('x', 'en'), ('x', 'zh'))
    >>> without_language("a/x-zh-CN.txt", ".txt"), without_language("en-GB_x.txt", ".txt")
    (('a/x', 'zh'), ('x', 'en'))
    >>> without_language("zh/on-english.md", ".md"), without_language("x.txt", ".txt")
    (('zh/on-english.md', ''), ('x.txt', ''))
    """
    *folders, name = path.removesuffix(suffix).split("/")
    parts = [*map(_marked_folder, folders), _marked_name(name)]
    languages = {language for _, language in parts} - {""}
    if len(languages) != 1:
        return path, ""
    return "/".join(rest for rest, _ in parts if rest), languages.pop()


def is_mark(name: str) -> bool:
    """Whether the name is that of a language, such as ``zh-CN``, and nothing else."""
    return bool(_WHOLE.fullmatch(name))


def language_of_mark(mark: str) -> Language:
    """The language that a mark names."""
    return WORDS.get(mark.lower()) or language_of_code(mark)


@lru_cache(1024)
def _marked_folder(name: str) -> tuple[str, Language]:
    return ("", language_of_mark(name)) if _WHOLE.fullmatch(name) else (name, "")


def _marked_name(name: str) -> tuple[str, Language]:
    if _WHOLE.fullmatch(name):
        return "", language_of_mark(name)
    if found := _AT_END.fullmatch(name):
        return found[1], language_of_mark(found[2])
    if found := _AT_START.fullmatch(name):
        return found[2], language_of_mark(found[1])
    return name, ""
