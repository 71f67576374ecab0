"""What is kept of LINE: the platform's side, conversations as cases, and what is answered."""

from chatops.models.alerts import LinkAttempt
from chatops.models.chat import (
    CannedReply,
    CasePresence,
    ChatCase,
    ChatEntry,
    ChatSettings,
    Label,
    MessageContent,
    ResidentNote,
    SharedPicture,
    StaffLink,
    Topic,
)
from chatops.models.knowledge import (
    AutomaticAnswer,
    KnowledgePhrase,
    KnowledgeRow,
    Question,
    QuestionGroup,
)
from chatops.models.line import (
    AutoText,
    Channel,
    Message,
    OutboundMessage,
    QuotaDay,
    Resident,
    WebhookEvent,
)

__all__ = [
    "AutoText",
    "AutomaticAnswer",
    "CannedReply",
    "CasePresence",
    "Channel",
    "ChatCase",
    "ChatEntry",
    "ChatSettings",
    "KnowledgePhrase",
    "KnowledgeRow",
    "Label",
    "LinkAttempt",
    "Message",
    "MessageContent",
    "OutboundMessage",
    "Question",
    "QuestionGroup",
    "QuotaDay",
    "Resident",
    "ResidentNote",
    "SharedPicture",
    "StaffLink",
    "Topic",
    "WebhookEvent",
]
