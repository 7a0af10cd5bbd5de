"""Names of people: every character is kept, and each name can be found, ordered and masked.

Rules of the domain: the dot is U+00B7, a name has up to 100 characters of the whole of
GB 18030, a surname may be read differently from the common reading of its character.
"""

import os
import re
import unicodedata
from functools import lru_cache

from django.utils.translation import gettext as _

from training.tools.refusals import Refused

LONGEST_NAME = 100
LONGEST_SEARCH_KEY = 120  # folding case can make a text three times as long
LONGEST_PINYIN_KEY = 200  # enough to tell any two names apart, and short enough for an index

DOT = "\u00b7"
LOOK_ALIKE_DOTS = ".\u30fb\u2022\uff0e\u2027\uff65\u22c5\u2219"
_VARIATION_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_HAN = (
    "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002fa1f\U00030000-\U0003ffff" + _VARIATION_SELECTORS
)
_ANY_DOT = f"{DOT}{re.escape(LOOK_ALIKE_DOTS)}"
_HAN_NAME = re.compile(rf"[{_HAN}{_ANY_DOT}\s]+")
_DOT_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[{_ANY_DOT}](?=[{_HAN}])")
_READ_TOGETHER = re.compile(rf"[{_HAN}][{_VARIATION_SELECTORS}]*|[^{_HAN}\s{DOT}]+")
_UNBROKEN_HAN = re.compile(rf"[{_HAN}]+")
_WORD_OF_A_NAME = re.compile(rf"([^\s{DOT}])[^\s{DOT}]*")
_HAN_CHARACTER = re.compile(rf"[{_HAN}]")
_SPACES = re.compile(r"[ \u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_AROUND_A_NAME = " \t\r\n\u00a0\u3000\u200b\ufeff"
_PASTED_INVISIBLES = re.compile("[\u200b\u2060\ufeff\u00ad]")
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")  # turn the direction of what follows

# Surnames that are read differently from the common reading of their character.
SURNAME_READINGS = {
    "万俟": ("mo4", "qi2"), "尉迟": ("yu4", "chi2"), "单于": ("chan2", "yu2"),
    "长孙": ("zhang3", "sun1"), "澹台": ("tan2", "tai2"), "令狐": ("ling2", "hu2"),
    "乐正": ("yue4", "zheng4"), "子车": ("zi3", "ju1"), "夹谷": ("jia2", "gu3"),
    "宰父": ("zai3", "fu3"), "皇甫": ("huang2", "fu3"), "鲜于": ("xian1", "yu2"),
    "单": ("shan4",), "曾": ("zeng1",), "仇": ("qiu2",), "解": ("xie4",), "查": ("zha1",),
    "区": ("ou1",), "任": ("ren2",), "朴": ("piao2",), "盖": ("ge3",), "覃": ("qin2",),
    "华": ("hua4",), "乐": ("yue4",), "燕": ("yan1",), "纪": ("ji3",), "葛": ("ge3",),
    "召": ("shao4",), "缪": ("miao4",), "宓": ("mi4",), "员": ("yun4",), "翟": ("zhai2",),
    "那": ("na1",), "祭": ("zhai4",), "折": ("she2",), "种": ("chong2",), "秘": ("bi4",),
    "黑": ("he4",), "繁": ("po2",), "尉": ("wei4",), "郗": ("xi1",), "晟": ("cheng2",),
    "炅": ("gui4",), "过": ("guo1",), "哈": ("ha3",), "柏": ("bai3",), "卜": ("bu3",),
    "应": ("ying1",), "曲": ("qu1",), "车": ("che1",), "藏": ("zang1",), "沈": ("shen3",),
    "万": ("wan4",), "隗": ("kui2",), "薄": ("bo2",), "撒": ("sa4",), "洗": ("xian3",),
    "冼": ("xian3",), "盛": ("sheng4",), "能": ("nai4",), "於": ("yu1",), "句": ("gou1",),
    "要": ("yao1",), "占": ("zhan1",), "幺": ("yao1",), "么": ("yao1",), "相": ("xiang4",),
    "牟": ("mou2",), "宁": ("ning4",), "适": ("kuo4",), "佴": ("nai4",), "阚": ("kan4",),
    "石": ("shi2",), "贾": ("jia3",), "强": ("qiang2",), "都": ("du1",), "谌": ("chen2",),
}  # fmt: skip

# Rare characters of names that the dictionary does not read.
OTHER_READINGS = {"𠮷": "ji2"}

_COMPOUND_SURNAMES = """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 夏侯 诸葛 尉迟 皇甫 赫连 公羊 澹台 公冶 宗政 濮阳 淳于
    单于 太叔 申屠 公孙 仲孙 轩辕 令狐 钟离 宇文 长孙 慕容 鲜于 闾丘 司徒 司空 亓官 司寇 颛孙 万俟
    呼延 东郭 西门 南门 东门 百里 第五 公西 漆雕 乐正 壤驷 公良 拓跋 夹谷 宰父 谷梁 段干 梁丘 左丘
    羊舌 微生 巫马 纳兰 子车 闻人 完颜 耶律 叶赫 富察 贺兰 哥舒 屈突
    歐陽 司馬 諸葛 東方 尉遲 軒轅 鍾離 長孫 鮮于 萬俟 東郭 西門 樂正
"""
COMPOUND_SURNAMES = frozenset(_COMPOUND_SURNAMES.split())


def normalised_name(raw: str) -> str:
    """A name as it is stored; every rare character stays, only padding and look-alike dots go.

    Refused when it is blank, longer than 100 characters, or holds control characters.
    """
    if len(raw) > 10 * LONGEST_NAME:
        raise _too_long()
    name = unicodedata.normalize("NFC", _PASTED_INVISIBLES.sub("", raw.strip(_AROUND_A_NAME)))
    if not name:
        raise Refused(_("Enter the name."))
    if _OVERRIDES.search(name) or any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise Refused(_("The name holds invisible control characters. Type it instead of pasting it."))
    name = _SPACES.sub("" if _HAN_NAME.fullmatch(name) else " ", name)
    name = _DOT_BETWEEN_HAN.sub(DOT, name)
    if len(name) > LONGEST_NAME:
        raise _too_long()
    return name


def full_name(family: str, given: str) -> str:
    """A name that comes in two parts, as names are kept: 张 and 明 give 张明, Smith and Anna give Anna Smith."""
    if not (family and given):
        return family or given
    is_han = all(_HAN_CHARACTER.search(part) for part in (family, given))
    return family + given if is_han else f"{given} {family}"


def pinyin_key(name: str) -> str:
    """What names are ordered by, byte by byte: 张明 gives "zhang1张 ming2明".

    Character by character: syllable, tone, then the character itself, so that all bearers of
    one surname stand together. Up to 200 characters long.
    """
    words = (reading + part if _is_han(part) else reading for reading, part in _readings(name))
    return " ".join(words)[:LONGEST_PINYIN_KEY].rstrip()


def pinyin_initials(name: str) -> str:
    """The first letters of the syllables or words, in small letters: 张明 and Zhang Ming give "zm"."""
    return "".join(reading[0] for reading, _part in _readings(name))


def search_key(name: str) -> str:
    """A name, or a part of one, as it is searched: case folded, without dots and spaces; at most 120."""
    folded = unicodedata.normalize("NFC", name).casefold()
    kept = (
        character
        for character in folded
        if not character.isspace() and character != DOT and character not in LOOK_ALIKE_DOTS
    )
    return "".join(kept)[:LONGEST_SEARCH_KEY]


def masked_name(name: str) -> str:
    """A name that only its bearer recognises: 张*明, 欧阳*, A*** S***."""
    if not _UNBROKEN_HAN.fullmatch(name):
        return _WORD_OF_A_NAME.sub(r"\1***", name)
    if len(name) == 1:
        return "*"
    surname = _surname(name)
    given = name[len(surname) :]
    if len(given) == 1:
        return surname + "*"
    return surname + "*" * (len(given) - 1) + given[-1]


def _too_long() -> Refused:
    return Refused(_("A name has at most %(most)s characters here.") % {"most": LONGEST_NAME})


def _is_han(text: str) -> bool:
    return bool(_HAN_CHARACTER.match(text))


def _surname(name: str) -> str:
    """The surname of a Han name without a dot: one character, or two of a compound surname."""
    return name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[:1]


def _readings(name: str) -> list[tuple[str, str]]:
    """Pairs of reading and what is read: single Han characters, and whole words of other scripts."""
    surname = _surname(name) if name and DOT not in name else ""
    read = list(zip(SURNAME_READINGS.get(surname, ()), surname, strict=False))
    parts = _READ_TOGETHER.findall(name)[len(read) :]
    return read + [(_reading(part[0]) if _is_han(part) else _letters(part), part) for part in parts]


def _letters(word: str) -> str:
    """A word without case and accents, so that É stands beside E."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)) or word


@lru_cache(maxsize=8192)
def _reading(character: str) -> str:
    """Syllable and tone of one Han character, "ming2"; the character itself when nobody knows."""
    # Without its phrase dictionary, which helps prose and not names, pypinyin is 44 MiB smaller.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    if character in OTHER_READINGS:
        return OTHER_READINGS[character]
    read = pinyin(character, style=Style.TONE3, errors="ignore", neutral_tone_with_five=True)
    syllable = read[0][0] if read else character
    # Dictionaries put ü with u, after it: 陆 lu, 吕 lü, 栾 luan, 罗 luo.
    return f"{syllable[:-1].replace('v', 'u')}:{syllable[-1]}" if "v" in syllable else syllable
