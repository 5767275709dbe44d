"""The buying party, its registers, its ownership and its contacts."""

from .contacts import FollowUp, Manner, Signature
from .grants import CustomerGrant
from .ownership import Basis, Ended, Episode
from .party import Customer, Kind, Person, Relation, Standing
from .register import Decision, LineKind, OfficeRegister, RegisterCorrection, RegisterLine, Source
from .vault import CustomerKey, SearchToken

__all__ = [
    "Basis",
    "Customer",
    "CustomerGrant",
    "CustomerKey",
    "Decision",
    "Ended",
    "Episode",
    "FollowUp",
    "Kind",
    "LineKind",
    "Manner",
    "OfficeRegister",
    "Person",
    "RegisterCorrection",
    "RegisterLine",
    "Relation",
    "SearchToken",
    "Signature",
    "Source",
    "Standing",
]
