"""What rows of totals are called: by people, by pivot tables of spreadsheets, pandas and R."""

from __future__ import annotations

import re
from functools import cache

_WORDS = (
    "total",
    "totals",
    "grand totals?",
    "sub-?totals?",
    "sum",
    "mean",
    "average",
    "avg",
    "all",
    "overall",
    # German
    "summe",
    "(?:gesamt|teil|zwischen)(?:summe|ergebnis)",
    "(?:teil|zwischen)?ergebnis",
    "gesamt",
    "insgesamt",
    "mittel",
    "mittelwert",
    "durchschnitt",
    # French, Spanish, Portuguese, Italian
    "total g(?:e|é)n(?:e|é)ral",
    "sous-total",
    "total r(?:e|é)sultat",
    "somme",
    "moyenne",
    "total general",
    "suma",
    "suma total",
    "promedio",
    "total geral",
    "soma",
    "m(?:e|é)dia",
    "totale(?: complessivo)?",
    "somma",
    # Dutch, Danish, Norwegian, Swedish
    "totaal",
    "(?:eind|sub)totaal",
    "gemiddelde",
    "hovedtotal",
    "total(?:t|sum|summa)",
    "summa",
    # Polish, Czech, Russian
    "suma końcowa",
    "razem",
    "celkový součet",
    "celkem",
    "общий итог",
    "итого",
    "всего",
    # Turkish, Japanese, Chinese, Korean
    "genel toplam",
    "toplam",
    "合計",
    "総計",
    "小計",
    "合计",
    "总计",
    "總計",
    "小计",
    "总和",
    "총합계",
    "합계",
    # LibreOffice in English
    "total result",
)

_ANY_OF_THEM = "|".join(_WORDS)


@cache
def label_pattern() -> re.Pattern[str]:
    """What a text that is such a label matches as a whole."""
    return re.compile(rf"\s*(?:{_ANY_OF_THEM})\s*[:.]?\s*", re.IGNORECASE)


@cache
def cell_pattern() -> re.Pattern[bytes]:
    """What is in the bytes of a text file that may have such a label; to look for it is fast.

    A letter beyond ASCII is one to three bytes, as in UTF-8 and older encodings.
    """
    words = re.sub(r"[^\x00-\x7f]", "[\\\\x80-\\\\xff]{1,3}", _ANY_OF_THEM)
    cell = rf'(?:\A|[\n,;\t|"])[ ]*(?:{words})[ ]*[:.]?[ ]*(?:[",;\t|\r\n]|\Z)'
    return re.compile(cell.encode(), re.IGNORECASE)
