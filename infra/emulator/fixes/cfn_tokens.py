"""A request repeated with its token is the same request.

AWS (CreateStack, UpdateStack, ExecuteChangeSet, DeleteStack: ClientRequestToken, API reference):
a token tells CloudFormation that a retried request is not a new one; it answers as it did the
first time and does nothing more. The same token with another request is refused
(TokenAlreadyExistsException, "A client request token already exists"). A token belongs to a stack:
after its deletion the same request makes a new one.

MiniStack 1.5.33 refuses the retry of an update that has begun, and starts other things twice.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation
from settings import Settings
from stack_requests import Answer, Parameters, given, named_stack, refuse

ACTIONS = ("CreateStack", "UpdateStack", "ExecuteChangeSet", "DeleteStack")
REMEMBERED = 1000


@dataclass(frozen=True)
class Answered:
    """What was asked with a token, what was answered, and whose stack it was."""

    request: Parameters
    answer: Answer
    stack_id: str


def apply(settings: Settings) -> None:
    """Remember what was answered to a token."""
    known: OrderedDict[tuple[str, ...], Answered] = OrderedDict()
    for action in ACTIONS:
        _wrap(action, known)


def _wrap(action: str, known: OrderedDict[tuple[str, ...], Answered]) -> None:
    original = cloudformation._ACTION_HANDLERS[action]

    def once(params: Parameters) -> Answer:
        token = given(params, "ClientRequestToken")
        about = given(params, "StackName") + given(params, "ChangeSetName")
        key = (get_account_id(), get_region(), action, about, token)
        earlier = known.get(key) if token else None
        stack = named_stack(params)
        if earlier and (action == "DeleteStack" or (stack and stack["StackId"] == earlier.stack_id)):
            if earlier.request != params:
                return refuse("A client request token already exists", "TokenAlreadyExistsException")
            return earlier.answer
        answer: Answer = original(params)
        if token and answer[0] < 400:
            made = named_stack(params) or stack
            known[key] = Answered(dict(params), answer, made["StackId"] if made else "")
            if len(known) > REMEMBERED:
                known.popitem(last=False)
        return answer

    cloudformation._ACTION_HANDLERS[action] = once
