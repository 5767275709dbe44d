"""The buying party, its registers, its ownership and its contacts."""

from .cards import Card, CardState, CardVersion, LevelChange
from .consents import Channel, Consent, Purpose
from .contacts import FollowUp, Manner, Signature
from .defeats import DEFEAT_KIND, OPEN_DEFEATS, DefeatRequest, DefeatState, Ground
from .disputes import ClaimKey, Dispute, DisputeState, Ruling
from .dossier import Dossier, Feedback, Sentiment, Theme
from .grants import CustomerGrant
from .guidance import Guidance
from .handovers import OPEN_HANDOVERS, Handover, HandoverItem, HandoverShare, HandoverState
from .key_customers import KeyMark, SecondEnded, SecondPerson
from .ownership import Basis, Ended, Episode
from .party import Customer, Kind, Level, Person, Relation, Standing
from .register import Decision, LineKind, OfficeRegister, RegisterCorrection, RegisterLine, Source
from .tags import CustomerTag, Tag
from .vault import CustomerKey, SearchToken

__all__ = [
    "DEFEAT_KIND",
    "OPEN_DEFEATS",
    "OPEN_HANDOVERS",
    "Basis",
    "Card",
    "CardState",
    "CardVersion",
    "Channel",
    "ClaimKey",
    "Consent",
    "Customer",
    "CustomerGrant",
    "CustomerKey",
    "CustomerTag",
    "Decision",
    "DefeatRequest",
    "DefeatState",
    "Dispute",
    "DisputeState",
    "Dossier",
    "Ended",
    "Episode",
    "Feedback",
    "FollowUp",
    "Ground",
    "Guidance",
    "Handover",
    "HandoverItem",
    "HandoverShare",
    "HandoverState",
    "KeyMark",
    "Kind",
    "Level",
    "LevelChange",
    "LineKind",
    "Manner",
    "OfficeRegister",
    "Person",
    "Purpose",
    "RegisterCorrection",
    "RegisterLine",
    "Relation",
    "Ruling",
    "SearchToken",
    "SecondEnded",
    "SecondPerson",
    "Sentiment",
    "Signature",
    "Source",
    "Standing",
    "Tag",
    "Theme",
]
