"""The province that a place begins with: 安徽合肥 and 安徽省合肥市 give 340000 (GB/T 2260)."""

_PROVINCES = """
    11 北京 12 天津 13 河北 14 山西 15 内蒙古 21 辽宁 22 吉林 23 黑龙江 31 上海 32 江苏 33 浙江 34 安徽 35 福建
    36 江西 37 山东 41 河南 42 湖北 43 湖南 44 广东 45 广西 46 海南 50 重庆 51 四川 52 贵州 53 云南 54 西藏 61 陕西
    62 甘肃 63 青海 64 宁夏 65 新疆 71 台湾 81 香港 82 澳门
"""
_WORDS = _PROVINCES.split()
_CODES = {name: f"{digits}0000" for digits, name in zip(_WORDS[::2], _WORDS[1::2], strict=True)}


def province_code_in(place: str) -> str:
    """The code of the province whose name a place begins with; blank when it begins with none."""
    return next((code for name, code in _CODES.items() if place.startswith(name)), "")
