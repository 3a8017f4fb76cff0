"""A request repeated with its token is the same request.

AWS (CreateStack, UpdateStack, ExecuteChangeSet, DeleteStack: ClientRequestToken, API reference):
a token tells CloudFormation that a retried request is not a new one; it answers as it did the
first time and does nothing more.

MiniStack 1.5.33 refuses the retry of an update that has begun, and starts other things twice.
"""

from __future__ import annotations

from collections import OrderedDict

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation
from settings import Settings
from stack_requests import Answer, Parameters, given

ACTIONS = ("CreateStack", "UpdateStack", "ExecuteChangeSet", "DeleteStack")
REMEMBERED = 1000


def apply(settings: Settings) -> None:
    """Remember what was answered to a token."""
    answered: OrderedDict[tuple[str, ...], Answer] = OrderedDict()
    for action in ACTIONS:
        _wrap(action, answered)


def _wrap(action: str, answered: OrderedDict[tuple[str, ...], Answer]) -> None:
    original = cloudformation._ACTION_HANDLERS[action]

    def once(params: Parameters) -> Answer:
        token = given(params, "ClientRequestToken")
        about = given(params, "StackName") + given(params, "ChangeSetName")
        key = (get_account_id(), get_region(), action, about, token)
        if token and key in answered:
            return answered[key]
        answer: Answer = original(params)
        if token and answer[0] < 400:
            answered[key] = answer
            if len(answered) > REMEMBERED:
                answered.popitem(last=False)
        return answer

    cloudformation._ACTION_HANDLERS[action] = once
