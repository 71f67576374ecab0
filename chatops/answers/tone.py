# ruff: noqa: E501 - patterns
"""What a message wants: to ask, to have something mended, to tell of a payment, to greet.

And whose case it is: a question about one's own money or papers is for an officer.
"""

from __future__ import annotations

import re

from chatops.answers.words import normalise, terms

# บ่, and not the well (บ่อ).
_NOT = re.compile(r"บ่(?!อ(?!อ))")
# ผ่อ, and not paying by instalments (ผ่อน).
_LOOK = re.compile(r"ผ่อ(?!น)")
_DIALECT = [
    ("เฮือน", "บ้าน"),
    ("จ้วย", "ช่วย"),
    ("หื้อ", "ให้"),
    ("ขี้เหยื้อ", "ขยะ"),
    ("แป๋ง", "ซ่อม"),
    ("แปง", "ซ่อม"),
    ("เปิ้น", "เขา"),
    ("แหม", "อีก"),
    ("ก่าขยะ", "ค่าขยะ"),
    ("โตย", "ด้วย"),
    ("กำเจ้า", "หน่อย"),
    ("กำเน้อ", "หน่อย"),
    ("เต๊อะ", "เถอะ"),
    ("สลิ๊ป", "สลิป"),
    ("สลีป", "สลิป"),
    ("สะลิป", "สลิป"),
    ("ตัง", "เงิน"),
    ("เงินค์", "เงิน"),
    ("ละอ่อน", "เด็ก"),
]

_ASKS = re.compile(
    r"[?？]|(?<!แห่ง)[ไใ]หน|หรือ\S{3,24}(?:คะ|ครับ|คับ)(?: |$)|(?<!มี)(?<!เห็น)ใคร|(?<!มี)ไผ|อะไร|หยัง|ยังไง|อย่างไร|ทำไง|จะใด|เท่า(?:ไ|ใ)|เต้าใด|กี่|เมื่อ(?:ไ|ใ)|(?:วัน|มื้อ|ตี้|ที่|ยาม|เดือน)ใด|ตอนไหน|ยามใด|ภายใน|ไหม|มั้ย|มัย|ไม๊|มั๊ย|ป่าว|เปล่า|หรือไม่|ได้ก่อ|ก่อ(?:ครับ|เจ้า|คะ|ค่ะ|$)|หรือยัง|รึยัง|หรอ|เหรอ|ทำไม"
    r"|ต้องใช้|ใช้เอกสาร|ขั้นตอน|วิธี|\b(?:how|what|where|when|who|which|can|should|do i|is there)\b"
)
# Asking for the deed politely asks nothing.
_POLITE = re.compile(r"(?:ได้|ให้)?(?:หน่อย|ที|ด้วย)?(?:ได้)?(?:ไหม|มั้ย|ไม๊|มั๊ย)(?:คะ|ครับ|ค่ะ|คับ)?")
_COME = re.compile(
    r"(?:มา|ช่วย|ส่งคน|ส่งช่าง|ส่งเจ้าหน้าที่|ขอให้|อยากให้|ฝาก|รบกวน|เข้ามา|เอา)\S{0,14}?(?:ซ่อม|ดู|แก้|เก็บ|ตัด|จับ|พ่น|ตรวจ|จัดการ|ลอก|ล้าง|เปลี่ยน|ตักเตือน|เตือน|เคลียร์|ระงับ|กวาด|ขน|ย้ายออก|เอาออก|ดำเนินการ|ปรับปรุง|ถม|อุด|ไล่|กำจัด|เอาไป|ส่งน้ำ|ส่งที่)"
    r"|แจ้งซ่อม|ขอแจ้ง(?!ชำระ|โอน|จ่าย|เกิด|ตาย|ย้าย)|แจ้งว่า|แจ้งเรื่อง(?=ถนน|ไฟ|ขยะ|น้ำ|หมา|ท่อ)|(?:แก้ไข|จัดการ|ซ่อม|เก็บ|ดูแล|ตรวจสอบ|ตัด|แก้)(?:ให้)?(?:ที|ด้วย|หน่อย|ด่วน)|ฝากเทศบาล|ฝากแจ้ง|ฝากดู|ฝากมา|ด่วน"
    r"|please (?:fix|come|repair|send|check|remove|help|collect)|please do something|need(?:s)? (?:fixing|repair)"
)
_FILES = re.compile(
    r"(?:ขอ|อยาก|จะ|ต้องการ)ร้องเรียน(?!\S{0,12}(?:ที่ไหน|ได้|ยังไง|ทางไหน))|ขอร้องทุกข์|ขอแจ้งเบาะแส|(?:อยาก|ขอ|จะ|ต้องการ)แจ้ง(?:เหตุ|เรื่อง|ปัญหา)|i want to (?:report|complain)"
)
_REPORTS = re.compile(r"^(?:สวัสดี\S{0,5} )?(?:ขอ)?แจ้ง(?:ซ่อม|ไฟ|ถนน|ท่อ|ขยะ|น้ำ|หมา|ต้นไม้)|แจ้งซ่อม")
_WRONG = re.compile(
    r"เต็มถัง|ไม่มีใครมา|ไม่มีไผมา|แห้ง|ดับ|ไม่ติด|มืด|พัง|ชำรุด|หลุม|บ่อ|ทรุด|แตก|รั่ว|ตัน|ท่วม|ขัง|เอ่อ|ล้น|เหม็น|กลิ่น|ควัน|ดัง|หนวกหู|เผา|ฝุ่น|เน่า|ไล่กัด|จรจัด|ดุ|เห่า|กัด|ขวาง|กั้น|รุก|ล้ำ|ล้ม|หัก|เอน|เอียง|โค่น|ห้อย|รก|หย่อน|ไม่ไหล|ขุ่น|ไม่มา|ไม่เก็บ|ไม่เข้า|ยังไม่|ทิ้ง|ยุงเยอะ|ยุง|งู|ต่อ|แตน|ซาก|ตายกลาง|สกปรก|เสีย|เดือดร้อน|รำคาญ|อันตราย|อันตลาย|ไม่สุภาพ|พูดจา|เรียกเงิน|เรียกรับ|โกง|ไม่มีน้ำ|น้ำหมด|ปล่อยน้ำ|นอนไม่|ทนไม่|ขุด|หาย|ไข้เลือดออก|พาดสาย|broken|smell|noise|noisy|loud|pothole|dark|not working|flooded|blocked|leak|burning|smoke|stray|garbage|dirty|overflow"
)
_HERE_NOW = re.compile(
    r"(?:หน้า|ข้าง|หลัง|ตรงข้าม|ใกล้|แถว|ปาก|ท้าย|กลาง)(?:บ้าน|ซอย|วัด|โรงเรียน|ตลาด|หมู่บ้าน|ร้าน|เซเว่น|ปั๊ม|สนาม|คลอง|หอ|โรงงาน|ห้อง|ทาง|ถนน|สะพาน|ศาลา|รั้ว|อนามัย|เทศบาล)|ในซอย|ซอย ?\d|ซอย(?:วัด|ข้าง)|หมู่ ?\d|หมู่ที่|ม ?\d|บ้านเลขที่ ?\d|บ้าน(?:ผม|หนู|เรา|ฉัน|ข้าง)|แถวบ้าน|แถวนี้|ตรงนี้|ที่นี่"
    r"|(?:มา|ได้|ตั้งแต่)?(?:หลาย|สอง|สาม|สี่|ห้า|หก|เจ็ด|สิบ|\d+ ?)(?:วัน|คืน|อาทิตย์|เดือน|สัปดาห์|ชั่วโมง)(?:กว่า)?แล้ว|เป็น(?:เดือน|อาทิตย์|สัปดาห์|ปี)|ทุก(?:คืน|วัน|เย็น|เช้า)|ทั้งคืน|ทั้งวัน|เมื่อคืน|เมื่อเช้า|เมื่อวาน|ตอนนี้|เดี๋ยวนี้|กำลัง|วันนี้|อีกแล้ว|มาก(?:เลย|ค่ะ|ครับ|คะ|ๆ|$| )|เยอะ|เต็ม|จน|ไม่ไหว|สักที|ตลอด|นานแล้ว|ข้างบ้าน|เพื่อนบ้าน|บ้านข้าง|for (?:days|a week|weeks)|in front of|near my|next door|every night"
)
_ACCUSES = re.compile(
    r"ทุจริต|โกง|สินบน|ใต้โต๊ะ|เรียก(?:รับ)?เงิน|ยักยอก|ไม่สุภาพ|พูดจา|ไม่บริการ|ละเลย|ไม่เป็นธรรม|เลือกปฏิบัติ|ทำงานช้า|หยาบ|ตวาด|คอร์?รัปช|corrupt|bribe|rude"
)
_PAID = re.compile(
    r"(?:โอน|จ่าย|ชำระ|เคลียร์|เสีย)(?!ผิด|เกิน|ซ้ำ|ช้า|หาย)[^?]{0,40}?(?:แล้ว|เรียบร้อย|ไปละ|ให้ละ|เมื่อกี้|เมื่อกี๊|เมื่อเช้า|เมื่อวาน)|(?:ส่ง|แนบ|นี่|นี้|ตาม|อัพ|อัป|ดู)\S{0,6}(?:สลิป|หลักฐาน(?:การ)?(?:โอน|ชำระ|จ่าย))|^สลิป|สลิป(?:ค่า|ภาษี)|แจ้ง(?:การ)?(?:โอน|ชำระ|จ่าย|ยอดโอน|เงินโอน)|โอน(?:เงิน)?(?:ให้|มา|ไป|เข้า)\S{0,10}(?:นะ|แล้ว|\d)|เพิ่งโอน|พึ่งโอน|เพิ่งจ่าย"
    r"|(?:ได้)?โอน(?:เงิน)?(?:ค่า|ภาษี)\S{0,30}\d+ ?(?:บาท|บ)|\b(?:i |have |just |already )*(?:paid|transferred|sent the slip|sent slip)\b|here is (?:my|the) (?:slip|receipt|proof)|payment (?:slip|proof|done)"
)
_WANTS_TO_PAY = re.compile(
    r"(?:ขอ|อยาก|จะ|ต้องการ|มา)(?:ทำการ|แจ้ง)?(?:จ่าย|ชำระ|โอน|เสีย)(?=ภาษี|ค่า|เงิน|เลย|ตอนนี้|หน่อย|บิล|ยอด)|(?:ขอ|ส่ง)\S{0,4}(?:qr|คิวอาร์|คิวอา|คิวอาร์โค้ด|พร้อมเพย์)|จ่าย(?:ภาษี|ค่าขยะ)\S{0,10}(?:ค่ะ|ครับ)?$|(?:จะ|ขอ)โอน|(?:จ่าย|โอน|ชำระ)(?:เลย|ตอนนี้|เดี๋ยวนี้|วันนี้)|want to pay|like to pay|pay (?:now|my)"
)
_MAY_I = re.compile(r"ได้(?:เลย)?(?:ไหม|มั้ย|ไม๊|มั๊ย|ก่อ|ป่าว|หรือเปล่า)|can i")
_PAYMENT_SUBJECT = re.compile(
    r"ภาษี|ค่าขยะ|ขยะ|สลิป|หลักฐาน|เทศบาล|ค่าธรรมเนียม|เงิน|ยอด|tax|fee|slip|บาท|qr|คิวอาร์"
)
_MONEY_TROUBLE = re.compile(
    r"ลืม|หาย|ขอ(?:เอกสาร|หนังสือ|ใบรับรอง|สำเนา|คัด|ใบกำกับ)|รับรองว่า|(?:โอน|จ่าย|ชำระ)(?:เงิน)?(?:ผิด|เกิน|ซ้ำ)|เกินมา|สองรอบ|สองครั้ง|ขอคืน|คืนเงิน|ใบเสร็จ\S{0,8}(?:หาย|เมื่อ|วัน|ตอน|กี่)|(?:ยังไม่|ไม่)(?:ได้|เห็น|มี|ส่ง|ออก|ตอบ|เข้า)|หลอก|มิจฉาชีพ|อ้าง|ลิงก์|ลิงค์|ขู่"
)
_GREETING = re.compile(
    r"(?:สวัสดี|หวัดดี|ดีจ้า|ดีค่ะ|ดีครับ|อรุณสวัสดิ์|ราตรีสวัสดิ์|ฝันดี|ขอบคุณ|ขอบคุน|ขอบใจ|ขอบพระคุณ|ยินดี|โอเค|ตกลง|รับทราบ|เข้าใจ|ได้เลย|ไม่เป็นไร|ทดสอบ|บาย|สุขสันต์|สวัสดีปีใหม่|hello|hi|hey|thank|thanks|thx|ok|okay|test|bye|good (?:morning|night|evening|afternoon)|เทส|เทสต์|ลาก่อน|จ้า|ค่ะ|ครับ)"
)
_MOOD = re.compile(
    r"ดีใจ|เสียใจ|ร้อน(?:จะ|มาก|จัง|นัก)|หนาว|เหนื่อย|หิว|ง่วง|คิดถึง|ชอบ|รัก|เก่ง|ดีมาก|สุดยอด|เยี่ยม|น่ารัก|อร่อย|ว้าว|เย้|ม่วน|ขำ|โชคดี|สู้ๆ|สู้ๆ|มีความสุข|สุขภาพแข็งแรง|กำลังใจ|บริการดี|ประทับใจ|อิอิ|ฮ่า|ฮา|คริ|สติกเกอร์|sticker|สบายดี|กินข้าว|บอท|bot|nice|great|love|cool"
)
_CHATS = re.compile(
    r"(?:ขอ(?:ให้)?(?:มี)?ความสุข\S{0,20}|ขอบคุณ(?:ที่|สำหรับ)\S{0,24}|ไม่มี(?:อะไร|ไร)แล้ว\S{0,6}|สบายดี(?:ไหม|มั้ย|ก่อ|บ่)\S{0,5}|กินข้าว(?:หรือ)?ยัง\S{0,5}|ชื่ออะไร\S{0,20}|เป็นบอท\S{0,10}|เป็นคน(?:หรือ)?\S{0,12}|มีใครอยู่(?:ไหม|มั้ย|บ้าง)\S{0,8}"
    r"|ฮัลโหล\S{0,6}|ฮัลโล\S{0,6}|ลองเล่น\S{0,5}|สู้\S{0,6}|sawasdee\S{0,6}|(?:ha){2,}|lol|ลำ(?:แต๊)+\S{0,6}|เดี๋ยว(?:พรุ่งนี้|วันนี้|จะ)?(?:ไป|เข้าไป|แวะไป)\S{0,8}|พอแล้ว\S{0,5}|เรียบร้อย\S{0,5}|ไว้(?:ถาม|คุย)\S{0,8})"
)
_LAUGHS = re.compile(r"5{3,}|๕{3,}|ฮ่า|555|:\)|[\U0001f600-\U0001f64f]")
_WANTS = re.compile(r"ขอ(?!บ)|อยาก|ต้องการ|แจ้ง|สมัคร|ช่วย|จ่าย|โอน|ลงทะเบียน|ใบ|เงิน")
_FILLERS = frozenset(
    "มาก มากๆ หลาย จริง จัง ทุก คน วัน จันทร์ อังคาร พุธ พฤหัส ศุกร์ เสาร์ วันจันทร์ วันอังคาร วันพุธ วันพฤหัส "
    "วันศุกร์ ดี ใจ ค่า นัก ขนาด แม่ เด็ก ดู อ่าน จำ รอ โอ เค".split()
)
_OFFICER = re.compile(
    r"(?:คุย|พูด|ปรึกษา|สนทนา|โทรหา)(?:กับ)?(?:เจ้าหน้าที่|จนท|คน(?:จริง)?|แอดมิน|พนักงาน)|ขอสาย|(?:ขอ|อยาก)(?:ให้)?(?:เจ้าหน้าที่|จนท|แอดมิน)(?:ตอบ|โทร|ติดต่อ|คุย|มาคุย)|ให้เจ้าหน้าที่(?:โทร|ติดต่อ)กลับ|ตอบไม่(?:รู้เรื่อง|ตรง)|ไม่ใช่บอท"
    r"|(?:talk|speak) (?:to|with) (?:a |an )?(?:human|person|officer|staff|someone|real)|real person|human please"
)
# Her own case: what only an officer can look up.
_LOOK_UP = re.compile(
    r"(?:ช่วย|ฝาก|รบกวน|ขอ|วาน|อยากให้)?(?:เช็ค|เช็ก|เชค|เช้ค|ตรวจสอบ|ตรวจ|ดู|ตาม|หา)(?:สถานะ|ชื่อ|ยอด|สิทธิ์?|เรื่อง|ข้อมูล|รายชื่อ|สิทธิ)?\S{0,20}(?:ให้(?:หน่อย|ที|ด้วย|ผม|หนู|แม่|พ่อ)?|หน่อย|ด้วย|ได้ไหม)|(?:เช็ค|เช็ก|เชค|ตรวจสอบ)(?:ชื่อ|ยอด|สิทธิ|สถานะ|เลข)|ตามเรื่อง(?:ให้|หน่อย)|check (?:my|for me|the status)"
)
_MINE = re.compile(
    r"ของ(?:ผม|หนู|ฉัน|เรา|ดิฉัน|แม่|พ่อ|ยาย|ตา|ลูก|ปู่|ย่า|บ้าน|ป้า|ลุง|แฟน|น้อง|หลาน|ข้าพเจ้า|เฮา|ตัวเอง|อุ๊ย)|(?:บ้าน|ที่ดิน|โฉนด|แปลง)(?:ผม|หนู|ฉัน|เรา|เลขที่|เลขที่ ?\d)|เลขที่ ?\d|\bmy\b"
)
_STILL_NOT = re.compile(
    r"(?:ยัง)?ไม่(?:เข้า|ได้เงิน|ได้รับเงิน|ได้(?:สัก|ซัก)|มีชื่อ|โอน|จ่าย|ออก|ถึง|เห็น(?:เงิน|เข้า|โอน))|หายไป|ขาด(?:ไป|หาย)|ยังไม่(?:ได้|มา|ตอบ|เสร็จ|อนุมัติ|ส่ง)|ไม่ครบ|โดนตัด|ถูกตัด|ถูกระงับ|เรียก(?:เงิน)?คืน|เงินขาด|not received|haven't (?:got|received)"
)
_WAITS = re.compile(
    r"(?:ยื่น|ลงทะเบียน|สมัคร|ทำเรื่อง|แจ้ง|ส่ง|โอน|จ่าย|ขอ(?!ง))[^?]{0,40}?(?:ไว้|ไป|แล้ว)[^?]{0,30}?(?:ยังไม่(?:ได้|มา|มี|ผ่าน|ออก|เห็น|เข้า|ตอบ|ส่ง)|ไม่เห็น|ผ่าน(?:ไหม|มั้ย|หรือยัง|ยัง)|ถึงไหน|ขั้นตอนไหน)"
)
_HOW_MUCH_DO_I = re.compile(
    r"ค้าง(?:อยู่|จ่าย|ชำระ|ค่า|ภาษี)?\S{0,14}(?:เท่า|กี่)|(?:ยอด|บิล)\S{0,20}(?:เท่า|กี่)|(?:บ้านเลขที่|เลขที่) ?\d+\S*[^?]{0,40}(?:เท่า|กี่|ไหม)"
)
_ILL = re.compile(
    r"เอดส์|เอชไอวี|hiv|ติดเชื้อ|พิการ|จิตเวช|ติดเตียง|ซึมเศร้า|มะเร็ง|วัณโรค|ไตวาย|ฟอกไต|ยาต้าน|ออทิสติก|หูหนวก|ตาบอด|โรคประจำตัว|aids|disab"
)


def plain(text: str) -> str:
    """Return the normalised text with the commonest คำเมือง told in central Thai."""
    told = _LOOK.sub("ดู", _NOT.sub("ไม่", normalise(text)))
    for said, means in _DIALECT:
        told = told.replace(said, means)
    return told


def asks(told: str) -> bool:
    """Whether the text (from `plain`) asks something, and not only politely for a deed."""
    without = _POLITE.sub(" ", told) if _COME.search(told) else told
    return bool(_ASKS.search(without))


def is_complaint(told: str) -> bool:
    """Whether something is wrong here and now and somebody shall come."""
    if asks(told) or re.search(r"ค่าฝุ่น|คุณภาพอากาศ", told):
        return False
    if _FILES.search(told) or _REPORTS.search(told):
        return True
    return bool(_WRONG.search(told) and (_COME.search(told) or _HERE_NOW.search(told)))


def wants_deed(told: str) -> bool:
    """Whether the text tells somebody to come and do something."""
    return bool(_COME.search(told))


def is_payment(told: str) -> bool:
    """Whether she has paid, sends the proof, or wants to pay now."""
    if _MONEY_TROUBLE.search(told):
        return False
    told = told.replace("ที่แล้ว", " ")
    paid = _PAID.search(told)
    if paid and not _ASKS.search(told):
        return bool(_PAYMENT_SUBJECT.search(told) or len(told) < 30)
    if not _WANTS_TO_PAY.search(told) or not _PAYMENT_SUBJECT.search(told):
        return False
    # 'May I pay now?' is no question about how.
    now = re.search(r"ตอนนี้|เดี๋ยวนี้|จะโอน|เลยได้|โอนเลย|จ่ายเลย|now", told)
    return not _ASKS.search(_MAY_I.sub(" ", told) if now else told)


def is_own_case(told: str) -> bool:
    """Whether the answer stands in somebody's file: where is my money, how much do I owe."""
    if _LOOK_UP.search(told) and (_MINE.search(told) or _STILL_NOT.search(told) or len(told) < 45):
        return not re.search(
            r"(?:เช็ค|เช็ก|ตรวจสอบ|ดู)\S{0,12}(?:ที่ไหน|ตรงไหน|ทางไหน|ยังไง|ฝุ่น|อากาศ)", told
        )
    if _HOW_MUCH_DO_I.search(told) and (_MINE.search(told) or "ค้าง" in told):
        return not re.search(r"ค่าปรับ|ปรับ|เบี้ยปรับ|เปอร์เซ็น|ร้อยละ|เงินเพิ่ม", told)
    if re.search(r"ต้องใช้|หลักฐาน|เอกสาร", told):
        return False
    if _WAITS.search(told) and not re.search(r"เมื่อ(?:ไ|ใ)|กี่วัน|วันไหน|ตอนไหน|ที่ไหน", told):
        return True
    if re.search(r"เรียก(?:เงิน)?(?:เบี้ย)?คืน|เรียกคืน", told):
        return True
    return bool(_MINE.search(told) and _STILL_NOT.search(told)) or bool(
        re.search(r"ทำไม", told) and _STILL_NOT.search(told)
    )


def is_smalltalk(text: str) -> bool:
    """Whether it only greets, thanks, laughs or tells of a mood, in words, an emoji or a sticker.

    >>> is_smalltalk("สวัสดีค่ะ"), is_smalltalk("🙏🙏"), is_smalltalk("สวัสดีค่ะ ค่าขยะเท่าไร")
    (True, True, False)
    """
    told = plain(text)
    if not re.search(r"[a-zก-๎0-9]", told):
        return bool(text.strip())
    left = _GREETING.sub(" ", told)
    if _CHATS.fullmatch(told.replace(" ", "")):
        return True
    words = [word for word in terms(left) if len(word) > 1 and word not in _FILLERS]
    if not words:
        # 'I would like to ask' promises a question; it is an officer who waits for it.
        return not re.search(r"สอบถาม|ตามเรื่อง|ปรึกษา|มีเรื่อง|มีคำถาม|ถามหน่อย|ขอถาม", told)
    plainly = not is_own_case(told) and not (
        any(word[0] in "?!" for word in words)
        or _ASKS.search(left)
        or _WRONG.search(left)
        or _COME.search(left)
        or _WANTS.search(left)
    )
    nice = left != told or _MOOD.search(told) or _LAUGHS.search(text)
    return bool(plainly and nice and len(words) <= 6)


def accuses(told: str) -> bool:
    """Whether a complaint is about how officials behave, and not about a thing."""
    return bool(_ACCUSES.search(told)) or not _WRONG.search(told)


def wants_an_officer(told: str) -> bool:
    """Whether she asks for a person in so many words."""
    return bool(_OFFICER.search(told))


def tells_of_health(told: str) -> bool:
    """Whether the text names an illness or a disability: not for everybody's eyes."""
    return bool(_ILL.search(told))
