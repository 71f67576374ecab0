"""Message objects that LINE takes, one for each type and Flex component."""

from __future__ import annotations

from typing import Any

HTTPS = "https://example.com/a.jpg"
MESSAGE_ACTION = {"type": "message", "label": "ตกลง", "text": "ตกลง"}
URI_ACTION = {"type": "uri", "label": "เปิด", "uri": "https://example.com/track?x=1"}
AREA = {"x": 0, "y": 0, "width": 520, "height": 520}

BUBBLE: dict[str, Any] = {
    "type": "bubble",
    "size": "mega",
    "direction": "ltr",
    "header": {
        "type": "box",
        "layout": "horizontal",
        "backgroundColor": "#06733B",
        "paddingAll": "lg",
        "contents": [
            {"type": "text", "text": "รับเรื่องแล้ว", "color": "#FFFFFF", "weight": "bold"},
            {"type": "image", "url": HTTPS, "size": "40px", "aspectRatio": "1:1"},
        ],
    },
    "hero": {"type": "image", "url": HTTPS, "size": "full", "aspectRatio": "20:13"},
    "body": {
        "type": "box",
        "layout": "vertical",
        "spacing": "md",
        "contents": [
            {"type": "text", "text": "เรื่องเลขที่ 69-0042", "wrap": True, "lineSpacing": "6px"},
            {"type": "separator", "margin": "md", "color": "#CCCCCC"},
            {
                "type": "box",
                "layout": "baseline",
                "contents": [
                    {"type": "icon", "url": HTTPS, "size": "sm"},
                    {"type": "text", "text": "ไฟดับ", "flex": 2, "maxLines": 2},
                    {"type": "filler"},
                ],
            },
            {
                "type": "text",
                "contents": [
                    {"type": "span", "text": "ก"},
                    {"type": "span", "text": "", "size": "xl"},
                ],
            },
            {
                "type": "box",
                "layout": "vertical",
                "contents": [],
                "height": "6px",
                "background": {
                    "type": "linearGradient",
                    "angle": "90deg",
                    "startColor": "#FFFFFF",
                    "endColor": "#000000CC",
                    "centerColor": "#888888",
                    "centerPosition": "30%",
                },
            },
        ],
    },
    "footer": {
        "type": "box",
        "layout": "vertical",
        "contents": [
            {
                "type": "button",
                "style": "primary",
                "height": "sm",
                "action": {"type": "uri", "label": "โทร", "uri": "tel:053123456"},
            },
            {
                "type": "button",
                "action": {
                    "type": "uri",
                    "label": "รายละเอียด",
                    "uri": "https://liff.line.me/1-a/track",
                    "altUri": {"desktop": "https://example.com/"},
                },
            },
        ],
    },
    "styles": {"footer": {"separator": True, "separatorColor": "#DDDDDD"}},
}
VIDEO_BUBBLE: dict[str, Any] = {
    "type": "bubble",
    "hero": {
        "type": "video",
        "url": "https://example.com/a.mp4",
        "previewUrl": HTTPS,
        "altContent": {"type": "image", "url": HTTPS},
        "aspectRatio": "20:13",
        "action": URI_ACTION,
    },
}


def image(**more: Any) -> dict[str, Any]:
    """Return an image component."""
    return {"type": "image", "url": HTTPS, **more}


def button(**action: Any) -> dict[str, Any]:
    """Return a button component; `action` is added to its action."""
    return {"type": "button", "action": {"type": "uri", "label": "a", "uri": "tel:1669", **action}}


def flex(contents: Any, **more: Any) -> dict[str, Any]:
    """Return a Flex message around `contents`."""
    return {"type": "flex", "altText": "เรื่องเลขที่ 69-0042 รับเรื่องแล้ว", "contents": contents, **more}


def template(contents: Any) -> dict[str, Any]:
    """Return a template message around `contents`."""
    return {"type": "template", "altText": "เลือก", "template": contents}


def with_body(*components: Any, layout: str = "vertical") -> dict[str, Any]:
    """Return a Flex message whose body holds `components`."""
    body = {"type": "box", "layout": layout, "contents": list(components)}
    return flex({"type": "bubble", "body": body})


def quick_reply(*actions: Any) -> dict[str, Any]:
    """Return a text message with quick replies."""
    items = [{"type": "action", "action": action} for action in actions]
    return {"type": "text", "text": "เลือก", "quickReply": {"items": items}}


VALID: dict[str, dict[str, Any]] = {
    "text": {"type": "text", "text": "สวัสดี", "sender": {"name": "กองช่าง", "iconUrl": HTTPS}},
    "text with emoji": {
        "type": "text",
        "text": "ก🍎$",
        "emojis": [{"index": 3, "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"}],
    },
    "textV2": {
        "type": "textV2",
        "text": "{{ใช่}} {laugh}",
        "substitution": {"laugh": {"type": "emoji", "productId": "5a8", "emojiId": "002"}},
    },
    "sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    "image": {"type": "image", "originalContentUrl": HTTPS, "previewImageUrl": HTTPS},
    "image on loopback": {
        "type": "image",
        "originalContentUrl": "http://127.0.0.1:8000/a.jpg",
        "previewImageUrl": "http://localhost:8000/a.jpg",
    },
    "video": {
        "type": "video",
        "originalContentUrl": "https://example.com/a.mp4",
        "previewImageUrl": HTTPS,
        "trackingId": "track-id",
    },
    "audio": {"type": "audio", "originalContentUrl": "https://example.com/a.m4a", "duration": 60},
    "location": {
        "type": "location",
        "title": "เทศบาล",
        "address": "ตำบลบ้านแม",
        "latitude": 18.6,
        "longitude": 98.9,
    },
    "imagemap": {
        "type": "imagemap",
        "baseUrl": "https://example.com/map",
        "altText": "แผนที่",
        "baseSize": {"width": 1040, "height": 700},
        "video": {
            "originalContentUrl": "https://example.com/a.mp4",
            "previewImageUrl": HTTPS,
            "area": AREA,
            "externalLink": {"linkUri": "https://example.com", "label": "ดูต่อ"},
        },
        "actions": [
            {"type": "uri", "linkUri": "https://example.com", "area": AREA},
            {"type": "message", "text": "ใช่", "area": AREA, "label": "ใช่"},
            {"type": "clipboard", "clipboardText": "69-0042", "area": AREA},
        ],
    },
    "buttons": template(
        {
            "type": "buttons",
            "thumbnailImageUrl": HTTPS,
            "imageAspectRatio": "square",
            "imageSize": "contain",
            "imageBackgroundColor": "#FFFFFF",
            "title": "เมนู",
            "text": "เลือก",
            "defaultAction": URI_ACTION,
            "actions": [MESSAGE_ACTION, URI_ACTION],
        }
    ),
    "confirm": template(
        {"type": "confirm", "text": "แน่ใจไหม", "actions": [MESSAGE_ACTION, MESSAGE_ACTION]}
    ),
    "carousel template": template(
        {
            "type": "carousel",
            "columns": [
                {"text": "ก", "actions": [URI_ACTION]},
                {"text": "ข", "actions": [URI_ACTION]},
            ],
        }
    ),
    "image carousel": template(
        {"type": "image_carousel", "columns": [{"imageUrl": HTTPS, "action": {**URI_ACTION}}]}
    ),
    "coupon": {"type": "coupon", "couponId": "01JYNW8JMQVFBNWF1APF8Z3FS7", "deliveryTag": "a_1"},
    "flex bubble": flex(BUBBLE),
    "flex carousel": flex({"type": "carousel", "contents": [BUBBLE, BUBBLE]}),
    "flex video": flex(VIDEO_BUBBLE),
    "quick replies": quick_reply(
        MESSAGE_ACTION,
        URI_ACTION,
        {"type": "camera", "label": "ถ่ายรูป"},
        {"type": "cameraRoll", "label": "คลังภาพ"},
        {"type": "location", "label": "ส่งตำแหน่ง"},
        {"type": "clipboard", "label": "คัดลอก", "clipboardText": "69-0042"},
        {
            "type": "postback",
            "label": "ติดตาม",
            "data": "track",
            "displayText": "ติดตามสถานะ",
            "inputOption": "openKeyboard",
            "fillInText": "เลขที่ ",
        },
        {
            "type": "datetimepicker",
            "label": "วันที่",
            "data": "when",
            "mode": "datetime",
            "initial": "2026-11-21t08:00",
            "min": "2026-11-01T00:00",
            "max": "2026-12-01T00:00",
        },
    ),
    "nulls count as absent": {"type": "text", "text": "ก", "sender": None, "quickReply": None},
}
