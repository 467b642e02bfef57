"""In which units are the numbers of the model counted?"""

from __future__ import annotations

from graphmodel.text import Text

PEOPLE, YUAN, YEAR = Text("人", "people"), Text("元", "yuan"), Text("年", "year")
HOURS, PIECES, TIMES = Text("小时", "hours"), Text("件", "items"), Text("人次", "person-times")
UNITS, POINTS = Text("家", "organisations"), Text("分", "points")
