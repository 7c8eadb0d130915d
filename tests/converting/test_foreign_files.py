"""Files of other programs: TMX, XLIFF and tables as they come, and what is refused."""

import json
import os
import threading
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from aligner.converting import Findings, read_units
from aligner.converting import xlsx as xlsx_reader
from aligner.data import Unit
from aligner.errors import InputError, UsageError


def read(path: Path, text: str | bytes) -> tuple[list[Unit], Findings]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    findings = Findings()
    return list(read_units(path, findings)), findings


def tmx(*units: str, head: str = "", language: str = "*all*") -> str:
    body = "".join(f"<tu>{unit}</tu>" for unit in units)
    return (
        f'{head}<tmx version="1.4"><header srclang="{language}"><note> A page </note></header><body>{body}</body></tmx>'
    )


PAIR = '<tuv xml:lang="EN-US"><seg>Tea.</seg></tuv><tuv xml:lang="ZH-CN"><seg>茶。</seg></tuv>'
TEA = [Unit("Tea.", "茶。")]


class TestTmx:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("doctype", ["", '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'])
    def test_encodings_and_document_types(self, encoding: str, doctype: str, tmp_path: Path) -> None:
        name = "utf-16" if encoding == "utf-16" else "utf-8"
        text = tmx(PAIR, head=f'<?xml version="1.0" encoding="{name}"?>\n{doctype}\n')
        units, findings = read(tmp_path / "a.tmx", text.encode(encoding))
        assert units == TEA
        assert (findings.en_code, findings.zh_code, findings.title) == ("EN-US", "ZH-CN", "A page")

    def test_either_order_and_old_language_attributes(self, tmp_path: Path) -> None:
        turned = '<tuv lang="zh_TW"><seg>茶。</seg></tuv><tuv lang="en"><seg>Tea.</seg></tuv>'
        units, findings = read(tmp_path / "a.tmx", tmx(turned))
        assert units == TEA
        assert (findings.en_code, findings.zh_code) == ("en", "zh_TW")

    def test_inline_codes_go_and_their_text_stays(self, tmp_path: Path) -> None:
        segment = (
            '<seg>The <bpt i="1">&lt;b&gt;</bpt><hi type="x">hot</hi><ept i="1">&lt;/b&gt;</ept>'
            '<ph>&lt;br&gt;<sub>alt</sub></ph><!-- no --> tea<it pos="end">]</it>.</seg>'
        )
        variants = f'<tuv xml:lang="en">{segment}</tuv><tuv xml:lang="zh"><seg>热茶。</seg></tuv>'
        units, findings = read(tmp_path / "a.tmx", tmx(f"<note>One.</note><note>Two.</note>{variants}"))
        assert units == [Unit("The hot tea.", "热茶。", note="One.\nTwo.")]
        assert findings.notes() == ("inline codes, passed over: 6",)

    def test_other_languages_and_further_variants_are_counted(self, tmp_path: Path) -> None:
        french = '<tuv xml:lang="fr"><seg>Thé.</seg></tuv>'
        taiwan = '<tuv xml:lang="zh-TW"><seg>茶（臺灣）。</seg></tuv>'
        blank = PAIR.replace("Tea.", " ")
        units, findings = read(tmp_path / "a.tmx", tmx(french + PAIR + taiwan, french + taiwan, blank, ""))
        assert units == TEA
        assert findings.notes() == (
            "variants in other languages, or further ones in the same, passed over: 3",
            "units without both languages, passed over: 2",
            "pairs with an empty side, passed over: 1",
        )

    @pytest.mark.parametrize("value", ["1.5", "high", "nan", "-0.1"])
    def test_a_confidence_that_is_none_is_counted(self, value: str, tmp_path: Path) -> None:
        units, findings = read(tmp_path / "a.tmx", tmx(f'<prop type="x-confidence">{value}</prop>{PAIR}'))
        assert units == TEA
        assert findings.notes() == ("confidences that are no number from 0 to 1, passed over: 1",)


def xliff(body: str, source: str = "en", target: str = "zh-CN") -> str:
    namespace = "urn:oasis:names:tc:xliff:document:2.1"
    languages = f'srcLang="{source}" trgLang="{target}"'
    return (
        f'<xliff xmlns="{namespace}" version="2.1" {languages}><file id="f" original="page.html">{body}</file></xliff>'
    )


SEGMENT = "<segment><source>Tea.</source><target>茶。</target></segment>"


class TestXliff:
    def test_segments_of_one_unit_are_pairs(self, tmp_path: Path) -> None:
        ignorable = "<ignorable><source> </source></ignorable>"
        body = f'<group id="g"><unit id="1"><notes><note>N</note></notes>{SEGMENT}{ignorable}{SEGMENT}</unit></group>'
        units, findings = read(tmp_path / "a.xlf", xliff(body))
        assert units == [Unit("Tea.", "茶。", note="N")] * 2
        assert (findings.en_code, findings.zh_code, findings.title) == ("en", "zh-CN", "page.html")

    def test_from_chinese_to_english(self, tmp_path: Path) -> None:
        body = '<unit id="1"><segment><source>茶。</source><target>Tea.</target></segment></unit>'
        units, findings = read(tmp_path / "a.xlf", xliff(body, "zh-TW", "en-GB"))
        assert units == TEA
        assert (findings.en_code, findings.zh_code) == ("en-GB", "zh-TW")

    def test_inline_codes_and_untranslated_segments(self, tmp_path: Path) -> None:
        source = '<source>The <pc id="1">hot</pc> <mrk id="m">tea</mrk><ph id="2"/><cp hex="0007"/>.</source>'
        segments = f"<segment>{source}<target>热茶。</target></segment><segment><source>x</source></segment>"
        units, findings = read(tmp_path / "a.xlf", xliff(f'<unit id="1">{segments}</unit>'))
        assert units == [Unit("The hot tea\x07.", "热茶。")]
        assert findings.notes() == ("inline codes, passed over: 3", "pairs with an empty side, passed over: 1")

    def test_version_1_2(self, tmp_path: Path) -> None:
        unit = (
            '<trans-unit id="1"><source>The <g id="1">tea</g>.</source><target>茶。</target><note>N</note></trans-unit>'
        )
        file = f'<file original="a" source-language="en-US" target-language="zh-CN"><body>{unit}</body></file>'
        text = f'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2">{file}</xliff>'
        assert read(tmp_path / "a.xliff", text)[0] == [Unit("The tea.", "茶。", note="N")]

    @pytest.mark.parametrize("target", ["de", "en-GB"])
    def test_other_languages_are_refused(self, target: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"a\.xlf is not between English and Chinese"):
            read(tmp_path / "a.xlf", xliff(f'<unit id="1">{SEGMENT}</unit>', "en", target))


LAUGHS = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(9))


class TestBadXml:
    @pytest.mark.parametrize(
        "declared",
        ['<!ENTITY e0 "ha">' + LAUGHS, '<!ENTITY e9 SYSTEM "secret.txt">', '<!ENTITY % p SYSTEM "x.dtd"> %p;'],
    )
    def test_entities_are_refused(self, declared: str, tmp_path: Path) -> None:
        (tmp_path / "secret.txt").write_text("secret", "utf-8")
        text = tmx(PAIR.replace("Tea", "&e9;"), head=f"<!DOCTYPE tmx [{declared}]>")
        with pytest.raises(InputError, match=r"a\.tmx declares entities of its own in XML"):
            read(tmp_path / "a.tmx", text)

    def test_an_entity_of_an_outer_document_type_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "tmx.dtd").write_text('<!ENTITY nbsp "x">', "utf-8")
        text = tmx(PAIR.replace("Tea", "&nbsp;"), head='<!DOCTYPE tmx SYSTEM "tmx.dtd">')
        with pytest.raises(InputError, match="The XML entity &nbsp; is used but not defined"):
            read(tmp_path / "a.tmx", text)

    @pytest.mark.parametrize("text", [" \n", "no XML", tmx(PAIR)[:-3], tmx(PAIR).replace("</seg>", "", 1), tmx("\x01")])
    def test_unsound_xml_is_refused(self, text: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"a\.tmx is not well-formed XML"):
            read(tmp_path / "a.tmx", text)


class TestTables:
    def test_columns_in_any_order_and_unknown_ones(self, tmp_path: Path) -> None:
        units, findings = read(tmp_path / "a.csv", 'ZH,id,EN\n"茶，\n热。",7,Tea.\n\n')
        assert units == [Unit("Tea.", "茶，\n热。")]
        assert findings.notes() == ("columns that mean nothing here (id), passed over: 1",)

    @pytest.mark.parametrize("titles", ["English,Chinese", "en-US,zh_CN", "EN,ZHO", "en,zh", "英文,中文", "英語,漢語"])
    def test_titles_that_name_the_languages(self, titles: str, tmp_path: Path) -> None:
        units, findings = read(tmp_path / "a.csv", f"{titles},Note,en_hint,en-GB\nTea.,茶。,Hot?,x,y\n")
        assert units == [Unit("Tea.", "茶。", note="Hot?")]
        assert findings.notes() == ("columns that mean nothing here (en_hint, en-gb), passed over: 2",)

    def test_what_a_spreadsheet_made_of_a_bead_is_left_out(self, tmp_path: Path) -> None:
        units, findings = read(tmp_path / "a.tsv", "en\tzh\tbead\ten_sentences\nTea.\t茶。\t1-Jan\t0.1\n")
        assert units == TEA
        assert findings.notes() == (
            "en_sentences that are not numbers parted by commas, passed over: 1",
            "bead types that are not like 1-1, passed over: 1",
        )

    @pytest.mark.parametrize("name", ["a.tsv", "a.csv"])
    @pytest.mark.parametrize("text", ["", "Tea.\t茶。\n", "Source,Target\n"])
    def test_tables_without_the_columns_are_refused(self, name: str, text: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"no column en and no column zh in its first line\. Name the columns"):
            read(tmp_path / name, text)

    @pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16", "utf-16-le", "utf-8-sig"])
    @pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl", "a.moses"])
    def test_other_encodings_are_found_out(self, name: str, encoding: str, tmp_path: Path) -> None:
        en, zh = "The tea is hot, and nobody drinks it.", "茶很燙，沒有人喝。"
        (tmp_path / "a.en").write_text(f"{en}\n" * 9, encoding)
        (tmp_path / "a.zh").write_text(f"{zh}\n" * 9, encoding)
        (tmp_path / "a.tsv").write_text("en\tzh\n" + f"{en}\t{zh}\n" * 9, encoding)
        (tmp_path / "a.csv").write_text("en;zh\n" + f'"{en}";{zh}\n' * 9, encoding)
        record = json.dumps({"en": en, "zh": zh}, ensure_ascii=False)
        (tmp_path / "a.jsonl").write_text(f"{record}\n" * 9, encoding)
        findings = Findings()
        assert list(read_units(tmp_path / name, findings)) == [Unit(en, zh)] * 9
        assert list(read_units(tmp_path / name, Findings(), encoding)) == [Unit(en, zh)] * 9
        assert all("read as " in warning for warning in findings.warnings)
        assert bool(findings.warnings) == (encoding != "utf-8-sig")

    @pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl", "a.moses"])
    def test_a_byte_that_does_not_fit_is_named(self, name: str, tmp_path: Path) -> None:
        lines = ["en\tzh".replace("\t", "," if name == "a.csv" else "\t")] if name in ("a.tsv", "a.csv") else []
        row = {"a.tsv": "Tea.\t茶。", "a.csv": "Tea.,茶。", "a.jsonl": '{"en": "Tea.", "zh": "茶。"}'}.get(
            name, "Tea. 茶。"
        )
        data = "\n".join([*lines, *([row] * 40_000)]).encode() + b"\n\xff\n"
        (tmp_path / "a.zh").write_text("茶。\n" * 50_000, "utf-8")
        part = name.replace("moses", "en")
        (tmp_path / part).write_bytes(data)
        number = 40_001 + len(lines)
        with pytest.raises(InputError, match=rf"{part} is not in UTF-8: byte 1 of line {number}, 0xFF, does not fit"):
            list(read_units(tmp_path / name, Findings()))

    def test_a_pipe_is_read_once(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.csv")
        writer = threading.Thread(target=(tmp_path / "a.csv").write_text, args=("\ufeffen,zh\nTea.,茶。\n", "utf-8"))
        writer.start()
        assert list(read_units(tmp_path / "a.csv", Findings())) == TEA
        writer.join()

    @pytest.mark.parametrize("text", ["sep=;\r\nen;zh\r\nTea, hot.;茶。\r\n", "en\tzh\nTea, hot.\t茶。\n"])
    def test_csv_with_another_delimiter(self, text: str, tmp_path: Path) -> None:
        assert read(tmp_path / "a.csv", text)[0] == [Unit("Tea, hot.", "茶。")]

    def test_a_quotation_that_does_not_end(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"a\.csv is no sound CSV"):
            read(tmp_path / "a.csv", 'en,zh\n"Tea.,茶。\n')

    def test_a_very_long_field(self, tmp_path: Path) -> None:
        assert read(tmp_path / "a.csv", f"en,zh\n{'tea ' * 100_000},茶\n")[0] == [Unit("tea " * 100_000, "茶")]

    @pytest.mark.parametrize("line", ["tea", "[]", '{"en": "Tea."}', '{"en": 1, "zh": 2}', "[" * 100_000])
    def test_lines_that_are_no_pair_in_json(self, line: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"a\.jsonl, line 2"):
            read(tmp_path / "a.jsonl", json.dumps({"en": "Tea.", "zh": "茶。"}) + f"\n{line}\n")

    def test_files_of_unequal_length(self, tmp_path: Path) -> None:
        (tmp_path / "a.en").write_text("Tea.\nMilk.\n", "utf-8")
        (tmp_path / "a.zh").write_text("茶。\n", "utf-8")
        with pytest.raises(InputError, match=r"a\.zh ends before line 2, which the other file has"):
            list(read_units(tmp_path / "a.moses", Findings()))


class TestBinary:
    def test_a_workbook_that_a_person_made(self, tmp_path: Path) -> None:
        book = Workbook()
        book.active.append(["ZH", None, "English", "Confidence"])
        book.active.append(["茶。", "x", "Tea.", 0.5])
        book.active.append([2024, None, 3.5])
        book.active.append([None, " "])
        book.save(tmp_path / "a.xlsx")
        units = list(read_units(tmp_path / "a.xlsx", Findings()))
        assert units == [Unit("Tea.", "茶。", 0.5), Unit("3.5", "2024")]

    @pytest.mark.parametrize("name", ["a.xlsx", "a.parquet"])
    @pytest.mark.parametrize("data", [b"", b"PK\3\4", b"PAR1PAR1", b"Tea"])
    def test_unsound_files_are_refused(self, name: str, data: bytes, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=f"{name} is (no sound Parquet|not an Excel|damaged|empty)"):
            read(tmp_path / name, data)

    def test_an_archive_that_is_no_workbook(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
            archive.writestr("mimetype", "text/plain")
        with pytest.raises(InputError, match=r"a\.xlsx is damaged or cut off: it can't be opened as an Excel workbook"):
            list(read_units(tmp_path / "a.xlsx", Findings()))

    def test_a_bomb_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(xlsx_reader, "LARGEST", 1 << 20)
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", "0" * (2 << 20))
        with pytest.raises(InputError, match="would unpack to 2 MiB in 1 parts"):
            list(read_units(tmp_path / "a.xlsx", Findings()))


def test_no_file_and_no_format(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.docx is in no known format of pairs\. Its suffix may be \.tsv"):
        list(read_units(tmp_path / "a.docx", Findings()))
    with pytest.raises(InputError, match=r"a\.tmx does not exist"):
        list(read_units(tmp_path / "a.tmx", Findings()))
    (tmp_path / "b.en").write_text("", "utf-8")
    with pytest.raises(InputError, match=r"b\.zh does not exist"):
        list(read_units(tmp_path / "b.moses", Findings()))
    (tmp_path / "c.tmx").mkdir()
    with pytest.raises(InputError, match=r"c\.tmx is a folder"):
        list(read_units(tmp_path / "c.tmx", Findings()))
