# ruff: noqa: E501 - patterns
"""Emergencies in any wording: fire, accident, illness, collapse, violence, someone in danger.

Read on the letters without tone marks and spaces, so that misspelling and คำเมือง hide nothing.
A false alarm costs a resident one tap; a missed one may cost more: where the words are in doubt
and say 'now', it is an emergency.
"""

from __future__ import annotations

import re

from chatops.answers.words import DATA, normalise

_TONES = re.compile(r"[็-์ฺ]")
_DIALECT = [
    (re.compile(said), means)
    for said, means in (
        ("บ่(?!อ(?!อ))", "ไม่"),
        ("เ?ฮือน", "บ้าน"),
        ("จ้วย", "ช่วย"),
        ("ต๋าย", "ตาย"),
        ("ฮู้", "รู้"),
        ("ตั๋ว", "ตัว"),
        ("ใจ๋", "ใจ"),
        ("ละอ่อน", "เด็ก"),
        ("ตี้", "ที่"),
        ("ตี๋น", "เท้า"),
        ("ตี๋", "ตี"),
        ("ขบ", "กัด"),
        ("ต๋ก", "ตก"),
        ("กั๋น", "กัน"),
        ("ปื๋น", "ปืน"),
        ("กำเดียว", "เดี๋ยวนี้"),
        ("ฮ้อง", "ร้อง"),
        ("โฮง", "โรง"),
        ("ป้อ(?!ง)", "พ่อ"),
        ("หื้อ", "ให้"),
        ("ขะใจ๋", "ด่วน"),
    )
]
_WHO = (
    r"(?:คน|แม่|พ่อ|ยาย|ตา|ปู่|ย่า|อุ๊ย|ลุง|ป้า|ลูก|หลาน|เด็ก|เพื่อน|แฟน|ผัว|เมีย|สามี|ภรรยา|พี่|น้อง|ผม|หนู"
    r"|ฉัน|เรา|เขา|นักเรียน|ช่าง|ผู้ป่วย|ชาวบ้าน|ใคร|อาม่า|อากง|น้า|อา|หนุ่ม|สาว|ครู|พระ|เณร|วัยรุ่น)"
)
_PLACE = (
    r"(?:บ้าน|รถ|ร้าน|โรงงาน|โรงเรียน|ตึก|โกดัง|ตลาด|ห้อง|วัด|อาคาร|หลังคา|ครัว|หอพัก|ศาลา|โรงรถ|เล้า|คอก)"
)

# On the normalised text, tone marks kept: here they tell ไฟไหม้ from (ค่า)ไฟไหม.
_SPELLED = re.compile(
    r"ไฟ(?:กำลัง|มัน|ก็|ได้|จะ)*[ไใ]หม[้่๊]|ไฟ[ไใ]หม(?=" + _PLACE + r"|แล้ว|ข้าง|ลาม|ใหญ่|ป่า|ทุ่ง|หญ้า)"
    r"|เพลิง[ไใ]ห[มฒ]|ไฟ(?:กำลัง)?(?:ลุก|ลาม|คลอก|ท่วม)|เปลวไฟ|เปลวเพลิง|ไฟช็อ[ตค]|ไฟ(?:ฟ้า)?รั่ว"
    r"|ปล้น|(?:บ้าน|รถ|ร้าน|โรงงาน|ตลาด|โกดัง|วัด|โรงเรียน|ครัว|หอพัก|มิเตอร์|ปลั๊ก|หม้อแปลง)[ไใ]หม้"
)
# English, on whole words.
_ENGLISH = re.compile(
    r"\b(?:(?:a|on|there is|there's|house|big|caught) fire|^fire|fire (?:in|at|here|next|now|please)|burning down"
    r"|house is burning|explosion|exploded?|gas leak|unconscious|not breathing|(?:can't|cannot|can not) breathe"
    r"|heart attack|stroke|seizure|bleeding|fainted|passed out|overdosed?|snake ?bite|bitten by a snake|drown(?:ing|ed)"
    r"|electrocuted|collapsed|dying|accident|car crash|crashed|hit by a|injured|trapped|landslide|power line"
    r"|stabbed|gunshots?|shots|shooting|shot|gun|knife|robbers?|robbery|robbed|raped?|attack(?:ed|ing)?|beating"
    r"|kill(?:ing)? (?:me|him|her|myself|himself|herself)|domestic violence|suicide|want to die|end my life"
    r"|missing (?:child|person|kid)|ambulance(?! (?:number|phone))|call the police|(?:police|ambulance) (?:now|please)|(?:hitting|hurting|following|strangling) (?:me|her|him|my)|not moving|smoke (?:coming|everywhere)|send help|save me|break(?:ing)? in)\b"
)


def _bare(text: str) -> str:
    """Letters only: no spaces, tone marks or ๆ, ใ as ไ.

    >>> _bare("ไฟใหม้ บ้าน") == _bare("ไฟไหม่บ้าน")
    True
    """
    return _TONES.sub("", text.replace(" ", "")).replace("ใ", "ไ")


def _pattern(signs: str) -> re.Pattern[str]:
    # The patterns are written as people spell, and stripped as the text is.
    return re.compile(_TONES.sub("", signs).replace("ใ", "ไ"))


def _read() -> dict[str, re.Pattern[str]]:
    kinds: dict[str, list[str]] = {}
    for line in (DATA / "urgent.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            sign = line.replace("{who}", _WHO).replace("{place}", _PLACE).replace("~", ".{0,12}")
            kinds.setdefault(kind, []).append(sign)
    return {kind: _pattern("|".join(signs)) for kind, signs in kinds.items()}


_PATTERNS = _read()
_CRY = _pattern(r"ช่วยด้วย|ช่วยที|ช่วยหน่อย|ใครก็ได้ช่วย|help(?:me|!|$)|sos|ขอความช่วยเหลือด่วน|ช่วยโตย")
_NOW = _pattern(
    r"กำลัง(?!กาย|ใจ|จะ(?:อบรม|สมัคร|ย้าย|จัด|ทำ))|ตอนนี้|เดี๋ยวนี้|เมื่อกี้|เมื่อกี๊|ด่วน(?!เหตุ)|ช่วยด้วย|รีบมา|เร็ว|อยู่เลย|แล้วครับ$|แล้วค่ะ$|แล้วคะ$|แล้วเจ้า$|ลามมา|now|hurry|please(?:come|help)|right"
)
_NUMBER = _pattern(
    r"เบอ(?:ร์)?|สายด่วน|หมายเลข|โทร(?:หา)?(?:เบอร์|อะไร|ไหน|ที่ไหน|ใคร|ไป)|phonenumber|number|whichnumber|whotocall|whoshouldicall|โทรไผ"
)
_IF = _pattern(
    r"^(?:สวัสดี\S{0,6}|สอบถาม|อยากทราบ(?:ว่า)?|รบกวน(?:สอบถาม)?)?(?:ถ้า|หาก|กรณี|สมมติ|สมมุติ|เผื่อ|เวลามี|เวลาเกิด|เมื่อเกิด|เกิดเหตุ|พบเหตุ)|ถ้า(?:เกิด|มี|เจอ|พบ|โดน|ไฟ|รถ|หมด|เห็น|งู|คน)|หาก(?:เกิด|มี|พบ)|สมมติ|เผื่อ(?:เกิด|มี|ไว้|จำเป็น)|ป้องกัน(?!ฯ)|ระวัง(?:ไฟ|งู)|วิธี"
)
_IF_ENGLISH = re.compile(r"\b(?:if|in case|what to do|number|how to)\b")
_PAST = _pattern(
    r"เมื่อวาน|เมื่อคืนวาน|วันก่อน|อาทิตย์(?:ก่อน|ที่แล้ว|ที่ผ่าน)|สัปดาห์(?:ก่อน|ที่แล้ว)|เดือน(?:ก่อน|ที่แล้ว|ที่ผ่าน)|ปี(?:ก่อน|ที่แล้ว|ที่ผ่าน|กลาย)|คราวก่อน|ครั้งก่อน|ครั้งที่แล้ว|ตอนเด็ก|สมัย|เคย(?!ชิน)|หลายปี|หลายเดือน|นานแล้ว|"
    r"ตั้งแต่(?:ปี|เดือน)|เมื่อ(?:ปี|เดือน|ต้น|ปลาย|กลาง|สอง|สาม|สิบ|\d)|lastyear|lastmonth|lastweek|yesterday|วันที่\d|รักษาตัวอยู่|หายดี|ปลอดภัยแล้ว|ดับแล้ว|ดับได้แล้ว|จบแล้ว"
)
_PAPERS = _pattern(
    r"เบี้ย(?!ว)|เยียวยา|ชดเชย|ค่าทำศพ|ทำศพ|มรณบัตร|แจ้งตาย|แจ้งเกิด|ประกัน(?!ตัว)|อบรม|ซ้อม(?:หนี|แผน|อพยพ|ดับ|ใหญ่|รับ|ภัย)|กล้องวงจร|ภาพกล้อง|ขอดูกล้อง|ใบรับรอง|เอกสาร|สถิติ|ถังดับเพลิง|สมัคร|โครงการ|ภาษี|ค่าขยะ|"
    r"ใบเสร็จ|ใบอนุญาต|ขออนุญาต|ลงทะเบียน|เครื่องตัดไฟ|จุดเสี่ยง|จุดอันตราย|ลูกระนาด|กระจกโค้ง|ป้ายเตือน|สัญญาณไฟ|ทำประวัติ|คดี|ฟ้อง|ค่ารักษา|ค่าเสียหาย|ขอรับเงิน|เงินช่วย|ขอเงิน|(?<!ก)ล้าง(?:ลาน|ถนน|วัด|ตลาด|พื้น)|รดน้ำ|ค่าใช้จ่าย|คิดเงิน|เบิก|รายงานการ|แข่ง|ละคร|ซีรี|เกม|หนัง(?!สือ)|เพลง(?!ไหม)"
    r"|insurance|training|drill|compensation|พ่นยุง|ไข้เลือดออก|ไฟป่า(?!\S{0,12}(?:ลาม|บ้าน|ล้อม))|ห้ามเผา|เผาในที่โล่ง|มิจฉาชีพ|โอนเงิน|คอลเซ็น|กดลิงก์"
)
# Said of heat, hunger and work, not of life.
_FIGURE = _pattern(
    r"(?:ร้อน|หนาว|หิว|เหนื่อย|เบื่อ|เหม็น|ขำ|ยุง\S{0,10}|แสบ\S{0,8}|ปวดหัว|รำคาญ|รอ(?:นาน)?|ง่วง|งาน\S{0,6}|อาย|สวย|น่ารัก|ชอบ|คิดถึง|อยากกิน\S*)(?:จน|จะ|แทบ|จนจะ|จนแทบ)?(?:อยาก)?ตาย|จะตายอยู่แล้ว|ตายละ|ตายแล้ว(?:ลืม|ทำ)|ฆ่าเวลา|ฆ่า(?:เชื้อ|ยุง|หญ้า|แมลง|มด|ปลวก)(?!\S{0,8}(?:กิน|ดื่ม|ตาย))"
)
# A mad dog, a broken road, a tree: said of things, they are not this.
_MILD = _pattern(
    r"เลือด(?:ออก|ไหล)?(?:แค่)?(?:นิด|เล็กน้อย|ซิบ|ซึม)|(?:หมา|แมว|สุนัข|วัว|ไก่)\S{0,8}รถ(?:ชน|ทับ|เหยียบ)|รถ(?:ขยะ|น้ำ|บรรทุก\S{0,6})ชน(?:ถัง|รั้ว|ป้าย|กระถาง)|(?:เหม็น|กลิ่น|ฝุ่น|ควัน|เผา\S{0,6})\S{0,14}หายใจ(?:แทบ|ก็)?ไม่(?:ออก|สะดวก|ได้)|"
    r"ชนกัน(?:บ่อย|ประจำ)|อุบัติเหตุ(?:บ่อย|ประจำ|หลายครั้ง)|เกิดอุบัติเหตุ(?:ได้|ง่าย)|(?:จะ|อาจ|กลัว|เดี๋ยว|เกรง(?:ว่า)?|เสี่ยง|ระวัง)(?:จะ|ว่า|เกิด|รถ|มี|คน|เด็ก|ลูก|หลาน|ยาย|แม่|ได้รับ)*(?:ชน|ล้ม|อุบัติเหตุ|ไฟไหม|ช็อต|ตก|บาดเจ็บ|อันตราย|ไฟดูด|จมน้ำ|ถล่ม|ทับ)|เกือบ(?:ล้ม|ชน|ตก|โดน|เกิด)|รถล้มบ่อย|ล้มหลาย|"
    r"ไม่มีไฟ|หมดอายุ|ไม่ใช่(?:ไฟไหม|เหตุ)"
)


def is_emergency(text: str) -> bool:
    """Whether the text tells of a danger to life or property that is there now."""
    normal = normalise(text)
    for said, means in _DIALECT:
        normal = said.sub(means, normal)
    bare = _FIGURE.sub(" ", _bare(normal))
    mild = _MILD.sub(" ", bare)
    signs = {kind for kind, pattern in _PATTERNS.items() if pattern.search(mild)}
    if _SPELLED.search(normal) and not _MILD.search(bare):
        signs.add("fire")
    if _ENGLISH.search(normal):
        signs.add("english")
    now = bool(_NOW.search(bare))
    cry = bool(_CRY.search(bare))
    if not signs:
        # A bare cry for help says no more than that it is needed.
        return cry and len(bare) <= 14 and not bare.startswith("ขอ")
    if "life" in signs:
        return not (_PAST.search(bare) and _PAPERS.search(bare))
    if (_IF.search(bare) or _IF_ENGLISH.search(normal)) and not cry:
        return False
    if _PAPERS.search(bare) and not (now and cry):
        return False
    if "missing" not in signs and _PAST.search(bare) and not (now or cry):
        return False
    if _NUMBER.search(bare):
        return now or cry or len(signs) > 1 and "แลว" in bare
    return True
