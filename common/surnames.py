"""Chinese surnames of two characters, and surnames that are read differently from the everyday word.

Readings are written without tones, so surnames that differ by tone alone (任, 华, 盛) need no entry.
"""

_COMPOUND = """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙
    慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷
    轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 南荣 第五 单于 贺兰 完颜 纳兰 耶律
    歐陽 端木 司馬 東方 獨孤 南宮 萬俟 聞人 諸葛 尉遲 赫連 濮陽 公孫 鍾離 長孫 鮮于 閭丘 單于 軒轅 納蘭
"""
COMPOUND = frozenset(_COMPOUND.split())

_READINGS = """
    曾 zeng  解 xie  仇 qiu  朴 piao  查 zha  乐 yue  盖 ge  单 shan  区 ou  种 chong  覃 qin  召 shao  员 yun  缪 miao
    翟 zhai  秘 bi  洗 xian  黑 he  折 she  隗 wei  郇 xun  繁 po  牟 mu  阚 kan  薄 bo  能 nai  句 gou  佴 nai  宓 fu
    祭 zhai  乜 nie  都 du  会 gui  炅 gui  参 shen  重 chong  适 kuo  卜 bu  蔚 yu
    樂 yue  區 ou  單 shan  蓋 ge  種 chong  繆 miao  員 yun  闞 kan  會 gui
    万俟 mo,qi  萬俟 mo,qi  尉迟 yu,chi  尉遲 yu,chi  澹台 tan,tai  子车 zi,ju  乐正 yue,zheng
    单于 chan,yu  單于 chan,yu
"""
_words = _READINGS.split()
READINGS = {name: tuple(reading.split(",")) for name, reading in zip(_words[::2], _words[1::2], strict=True)}


def surname_length(name: str) -> int:
    """How many leading characters of a Chinese name are the surname: two only if a given name follows."""
    return 2 if len(name) > 2 and name[:2] in COMPOUND else 1


def surname_reading(name: str) -> tuple[str, ...]:
    """The syllables in which the surname that begins ``name`` is read, where the everyday reading would be wrong."""
    return READINGS.get(name[:2]) or READINGS.get(name[:1]) or ()
