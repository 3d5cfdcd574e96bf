"""What the API answers with, as types: the OpenAPI document is made of them, and a test holds the answers to them."""

from feeds.web.api.shapes.base import Problem
from feeds.web.api.shapes.columns import (
    ColumnKeys,
    ColumnList,
    ColumnShape,
    CoverageShape,
    Health,
    IncidentList,
    LookList,
    PreviewShape,
    SavedSource,
)
from feeds.web.api.shapes.hooks import (
    Accepted,
    DeliveryList,
    DeliveryShape,
    HookList,
    HookShape,
    Replayed,
    RuleList,
    TriedShape,
)
from feeds.web.api.shapes.notices import Explained, NoticeList, NoticeShape, SubmittedNotice

__all__ = [
    "Accepted",
    "ColumnKeys",
    "ColumnList",
    "ColumnShape",
    "CoverageShape",
    "DeliveryList",
    "DeliveryShape",
    "Explained",
    "Health",
    "HookList",
    "HookShape",
    "IncidentList",
    "LookList",
    "NoticeList",
    "NoticeShape",
    "PreviewShape",
    "Problem",
    "Replayed",
    "RuleList",
    "SavedSource",
    "SubmittedNotice",
    "TriedShape",
]
