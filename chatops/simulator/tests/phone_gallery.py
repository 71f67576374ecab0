"""Messages of every kind, as the product or LINE's own pages would make them, to look at."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def words(text: str, **more: Any) -> Json:
    """Return a Flex text."""
    return {"type": "text", "text": text, **more}


def box(layout: str, *contents: Json, **more: Any) -> Json:
    """Return a Flex box."""
    return {"type": "box", "layout": layout, "contents": list(contents), **more}


def flex(alt_text: str, contents: Json) -> Json:
    """Return a Flex Message."""
    return {"type": "flex", "altText": alt_text, "contents": contents}


def button(label: str, uri: str, **more: Any) -> Json:
    """Return a Flex button that opens an address."""
    return {"type": "button", "action": {"type": "uri", "label": label, "uri": uri}, **more}


def status_card(number: str, label: str, colour: str, subject: str, liff_id: str) -> Json:
    """Return a card of the product's family: band, number, subject, next step, one button."""
    return {
        "type": "bubble",
        "size": "kilo",
        "header": box(
            "vertical",
            words(label, color="#ffffff", weight="bold", size="lg", wrap=True),
            words(f"เรื่องเลขที่ {number}", color="#ffffff", size="sm"),
            backgroundColor=colour,
            paddingAll="16px",
        ),
        "body": box(
            "vertical",
            words(subject, weight="bold", wrap=True, maxLines=2),
            box(
                "baseline",
                words("ผู้ดูแล", color="#6b7280", size="sm", flex=2),
                words("กองช่าง งานวิศวกรรม", size="sm", flex=5, wrap=True),
                spacing="sm",
                margin="md",
            ),
            box(
                "baseline",
                words("ขั้นต่อไป", color="#6b7280", size="sm", flex=2),
                words("เสนอผู้บริหารพิจารณาภายใน 3 วันทำการ", size="sm", flex=5, wrap=True),
                spacing="sm",
            ),
            spacing="sm",
        ),
        "footer": box(
            "vertical",
            button(
                "ดูรายละเอียด",
                f"https://liff.line.me/{liff_id}/track/{number}",
                style="primary",
                color=colour,
                height="sm",
            ),
        ),
    }


def emergency_card() -> Json:
    """Return three call buttons in rows of unequal parts."""
    rows = [
        box(
            "horizontal",
            box(
                "vertical",
                words(name, weight="bold"),
                words(number, size="xxl", weight="bold", color="#b3261e"),
            ),
            button(
                f"โทร {number}", f"tel:{number}", style="primary", color="#b3261e", flex=0,
                gravity="center",
            ),
            margin="lg",
            spacing="md",
        )
        for name, number in (("เจ็บป่วยฉุกเฉิน", "1669"), ("เหตุด่วนเหตุร้าย", "191"), ("เหตุไฟไหม้", "199"))
    ]  # fmt: skip
    return {
        "type": "bubble",
        "body": box("vertical", words("แจ้งเหตุฉุกเฉิน", weight="bold", size="xl"), *rows),
    }


def layout_card(picture: str) -> Json:
    """Return a bubble that uses every layout rule of LINE's Flex Message layout page."""
    block = {"type": "box", "layout": "vertical", "contents": [], "backgroundColor": "#00aaff"}
    return {
        "type": "bubble",
        "size": "giga",
        "hero": {
            "type": "image",
            "url": picture,
            "size": "full",
            "aspectRatio": "20:13",
            "aspectMode": "cover",
        },
        "body": box(
            "vertical",
            words("ตลาดนัดบ้านแม ปั๊มน้ำ ฝั่งโน้น ผู้ใหญ่ กตัญญู เปี๊ยก", weight="bold", size="xl", wrap=True),
            box(
                "baseline",
                {"type": "icon", "url": picture, "size": "sm"},
                {"type": "icon", "url": picture, "size": "sm"},
                words("4.0", size="sm", color="#999999", margin="md", flex=0),
                margin="md",
            ),
            {"type": "separator", "margin": "lg"},
            {
                "type": "text",
                "wrap": True,
                "margin": "lg",
                "contents": [
                    {"type": "span", "text": "ค้างชำระ "},
                    {"type": "span", "text": "1,250.00", "weight": "bold", "size": "xl"},
                    {"type": "span", "text": " บาท", "decoration": "underline"},
                ],
            },
            box(
                "horizontal",
                box("vertical", words("หนึ่ง", align="center"), backgroundColor="#80ffff"),
                box("vertical", words("สอง", align="center"), flex=2, backgroundColor="#ffd2d2"),
                {"type": "separator"},
                words("ล่างขวา", align="end", gravity="bottom", decoration="line-through"),
                margin="lg",
            ),
            box(
                "horizontal",
                *[
                    {**block, "width": width, "height": "30px"}
                    for width in ("40px", "20px", "50px")
                ],
                justifyContent="space-between",
                margin="md",
            ),
            box(
                "vertical",
                height="24px",
                margin="md",
                borderWidth="medium",
                borderColor="#b3261e",
                cornerRadius="xl",
                background={
                    "type": "linearGradient",
                    "angle": "90deg",
                    "startColor": "#ff0000",
                    "endColor": "#0000ff",
                },
            ),
            box(
                "vertical",
                words("ใหม่", color="#ffffff", size="xs"),
                position="absolute",
                backgroundColor="#d92d20",
                cornerRadius="20px",
                offsetTop="18px",
                offsetEnd="18px",
                paddingAll="6px",
            ),
            words("ข้อความยาวมากที่ไม่ตัดบรรทัดจึงต้องถูกตัดด้วยจุดสามจุดท้ายบรรทัดแน่นอน"),
            words("ข้อความยาวที่ตัดบรรทัดได้แต่ไม่เกินสองบรรทัด " * 4, wrap=True, maxLines=2, size="sm"),
        ),
        "footer": box(
            "vertical",
            button("โทร 053 123 456", "tel:053123456", style="primary"),
            button("เว็บไซต์เทศบาล", "https://www.example.com/", style="secondary"),
            button("ลิงก์", "https://www.example.com/", height="sm"),
            spacing="sm",
        ),
        "styles": {"footer": {"separator": True}},
    }


def sizes_card() -> Json:
    """Return a text of each size."""
    sizes = ("xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl")
    return {
        "type": "bubble",
        "body": box("vertical", *[words(f"{size} น้ำปั๊ม กิ๊ฟ", size=size) for size in sizes]),
    }


def size_carousel(size: str, picture: str) -> Json:
    """Return two bubbles of one size with a picture and a link."""
    bubble = {
        "type": "bubble",
        "size": size,
        "hero": {"type": "image", "url": picture, "size": "full", "aspectRatio": "4:3"},
        "body": box("vertical", words(size, weight="bold"), words("บริการ", size="xs", wrap=True)),
        "footer": box("vertical", button("เลือก", "https://www.example.com/", height="sm")),
    }
    return {"type": "carousel", "contents": [bubble, bubble]}


def templates(picture: str) -> list[Json]:
    """Return a message of each kind of template."""

    def choice(label: str) -> Json:
        return {"type": "message", "label": label, "text": label}

    return [
        {
            "type": "template",
            "altText": "ชำระภาษี",
            "template": {
                "type": "buttons",
                "thumbnailImageUrl": picture,
                "title": "ชำระภาษี",
                "text": "เลือกช่องทางชำระ",
                "actions": [choice("โอนเงิน"), choice("ที่สำนักงาน")],
            },
        },
        {
            "type": "template",
            "altText": "ยืนยัน",
            "template": {
                "type": "confirm",
                "text": "เรื่องนี้แก้ไขเรียบร้อยแล้วใช่ไหม",
                "actions": [choice("ใช่"), choice("ยังไม่")],
            },
        },
        {
            "type": "template",
            "altText": "ข่าวประชาสัมพันธ์",
            "template": {
                "type": "carousel",
                "columns": [
                    {
                        "thumbnailImageUrl": picture,
                        "title": f"ข่าวที่ {n}",
                        "text": "รายละเอียดข่าวประชาสัมพันธ์",
                        "actions": [choice("อ่านต่อ")],
                    }
                    for n in (1, 2, 3)
                ],
            },
        },
        {
            "type": "template",
            "altText": "ภาพกิจกรรม",
            "template": {
                "type": "image_carousel",
                "columns": [{"imageUrl": picture, "action": choice(f"ภาพ {n}")} for n in (1, 2)],
            },
        },
    ]


def gallery(picture: str, liff_id: str) -> list[Json]:
    """Return messages of every kind; `picture` is the address of a PNG."""
    division = {"name": "กองช่าง", "iconUrl": picture}
    cards = [
        status_card("69-0042", "กำลังดำเนินการ", "#b45309", "ไฟถนนดับหน้าวัดบ้านแม ซอย 3", liff_id),
        status_card("69-0041", "ดำเนินการแล้วเสร็จ", "#0b6b3a", "ถนนเป็นหลุม", liff_id),
    ]
    return [
        {
            "type": "text",
            "text": "โทร 053-123456 หรือ 1669 เรื่องเลขที่ 69-0199\n"
            "https://www.example.com/news?id=5, ดูได้เลย",
        },
        {"type": "text", "text": "กองช่างจะลงพื้นที่พรุ่งนี้", "sender": division},
        {"type": "image", "originalContentUrl": picture, "previewImageUrl": picture},
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
        {
            "type": "location",
            "title": "สำนักงานเทศบาลตำบลบ้านแม",
            "address": "อำเภอสันป่าตอง จังหวัดเชียงใหม่",
            "latitude": 18.6137,
            "longitude": 98.8936,
        },
        {**flex("เรื่องเลขที่ 69-0042 กำลังดำเนินการ", cards[0]), "sender": division},
        flex("เรื่องของท่าน", {"type": "carousel", "contents": cards}),
        flex("แจ้งเหตุฉุกเฉิน", emergency_card()),
        flex("การจัดวาง", layout_card(picture)),
        flex("ขนาดตัวอักษร", sizes_card()),
        flex("ขนาดเล็กสุด", size_carousel("nano", picture)),
        flex("ขนาดกลาง", size_carousel("deca", picture)),
        *templates(picture),
        {
            "type": "imagemap",
            "baseUrl": picture,
            "altText": "แผนผังสำนักงาน",
            "baseSize": {"width": 1040, "height": 1040},
            "actions": [
                {
                    "type": "message",
                    "text": "ชั้นสอง",
                    "area": {"x": 0, "y": 0, "width": 520, "height": 1040},
                }
            ],
        },
    ]
