"""What each group may do. A user of several groups may do what any of them may.

=============  =========  ==========  ===========  ===========  ==================
group          read SOPs  own drafts  submit       read own     read everybody's
                                                   submissions  drafts, submissions
=============  =========  ==========  ===========  ===========  ==================
ADMINS         yes        yes         yes          yes          yes
LAB_MANAGERS   yes        yes         yes          yes          yes
RESEARCHERS    yes        yes         yes          yes          no
CLINICIANS     yes        no          yes          yes          no
none           no         no          no           no           no
=============  =========  ==========  ===========  ===========  ==================

Nobody changes or deletes a draft of somebody else, and nobody changes a submission. With auth off
everybody is anonymous and may do everything: all of them are one owner, ``anonymous``.
"""

from collections.abc import Callable
from enum import Enum

from rawscribe.errors import ApiError
from rawscribe.identity import Caller, Identity


class Action(Enum):
    """What a request wants to do, in the words of the message that refuses it."""

    READ_SOPS = "read SOPs"
    KEEP_DRAFTS = "keep drafts"
    SUBMIT = "submit"
    READ_SUBMISSIONS = "read submissions"
    SEE_ALL = "see what belongs to others"


_EVERYTHING = frozenset(Action)
_ROLES: dict[str, frozenset[Action]] = {
    "ADMINS": _EVERYTHING,
    "LAB_MANAGERS": _EVERYTHING,
    "RESEARCHERS": _EVERYTHING - {Action.SEE_ALL},
    "CLINICIANS": frozenset({Action.READ_SOPS, Action.SUBMIT, Action.READ_SUBMISSIONS}),
}


def may(caller: Identity, action: Action) -> bool:
    """Whether the caller may do it."""
    if caller.anonymous:
        return True
    return any(action in _ROLES.get(group, frozenset()) for group in caller.groups)


def verify_may(caller: Identity, action: Action) -> None:
    """A 403 that says what was refused, unless the caller may do it."""
    if not may(caller, action):
        raise ApiError(403, "forbidden", f"your groups do not allow you to {action.value}")


def permitted(action: Action) -> Callable[[Identity], Identity]:
    """A dependency that gives the caller, who may do ``action``."""

    def check(caller: Caller) -> Identity:
        verify_may(caller, action)
        return caller

    return check
