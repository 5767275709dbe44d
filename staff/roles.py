"""Who may do what: the roles of the regulation and their duties, as one table (OFF-02, OFF-03)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The roles that a person can hold in an office, a branch or the company."""

    REP = "rep", _("Sales rep")
    PROBATIONARY = "probationary", _("Sales rep on probation")
    TRAINEE = "trainee", _("Sales rep in training")
    SUPERVISOR = "supervisor", _("Sales supervisor")
    MARKETING_MANAGER = "marketing_manager", _("Marketing manager")
    PLANNER = "planner", _("Marketing planner")
    CLERK = "clerk", _("Clerk")
    WEB_OFFICER = "web_officer", _("Web-lead officer")
    KEEPER = "keeper", _("Public-record keeper")
    FINANCE = "finance", _("Finance")
    BRANCH_MANAGER = "branch_manager", _("Branch manager")
    HQ = "hq", _("HQ executive")
    CHAIRMAN = "chairman", _("Chairman")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    ADMIN = "admin", _("System administrator")


class Duty(models.TextChoices):
    """What a role lets a person see or do. Each view names the duty that it needs."""

    RECEIVE = "receive", _("receive visitors")
    SEE_OWN = "see_own", _("see own customers")
    SEE_OFFICE = "see_office", _("see the office's customers and registers")
    SEE_BOARD = "see_board", _("see the reception board")
    CHECK_IN = "check_in", _("check visitors and calls in")
    CORRECT = "correct", _("correct any line of the register")
    SUPERVISE = "supervise", _("adjust the rotation, give out and transfer customers")
    TAKE_LEADS = "take_leads", _("take in web leads")
    DECIDE = "decide", _("decide on cards, follow-ups and defeats")
    RULE_STAFF = "rule_staff", _("hire, post and number staff")
    RULE_FITNESS = "rule_fitness", _("say who is fit to receive")
    SET_POLICY = "set_policy", _("set the office's policy")
    IMPORT_DATA = "import_data", _("bring older registers and lists in")
    FIND_BULK = "find_bulk", _("collect bulk buyers")
    SEE_BULK = "see_bulk", _("see bulk buyers")
    ADMINISTER = "administer", _("configure the system")
    JUDGE = "judge", _("judge the conduct of others")
    APPROVE = "approve", _("approve what others ask for")
    ANSWER = "answer", _("answer for own conduct")
    DRAW_UP_PAY = "draw_up_pay", _("draw up the payroll sheet")
    SEE_REPORTS = "see_reports", _("see the reports of the month")


_SELLS = frozenset({Role.REP, Role.PROBATIONARY, Role.TRAINEE})
_DESK = frozenset({Role.SUPERVISOR, Role.MARKETING_MANAGER, Role.CLERK, Role.KEEPER})
_LEADS = frozenset({Role.SUPERVISOR, Role.MARKETING_MANAGER})
_APPROVES = _LEADS | {Role.CLERK, Role.FINANCE, Role.BRANCH_MANAGER, Role.HQ, Role.CHAIRMAN}

DUTIES: dict[Duty, frozenset[Role]] = {
    Duty.RECEIVE: _SELLS,
    Duty.SEE_OWN: _SELLS,
    Duty.SEE_OFFICE: _DESK,
    Duty.SEE_BOARD: _SELLS | _DESK,
    Duty.CHECK_IN: _SELLS | _DESK,
    Duty.CORRECT: _DESK,
    Duty.SUPERVISE: _LEADS,
    Duty.TAKE_LEADS: _LEADS | {Role.WEB_OFFICER},
    Duty.DECIDE: _LEADS | {Role.CLERK},
    Duty.RULE_STAFF: frozenset({Role.MARKETING_MANAGER}),
    Duty.RULE_FITNESS: _LEADS,
    Duty.SET_POLICY: frozenset({Role.MARKETING_MANAGER}),
    Duty.IMPORT_DATA: frozenset({Role.MARKETING_MANAGER, Role.CLERK}),
    Duty.FIND_BULK: _SELLS | _LEADS,
    Duty.SEE_BULK: _SELLS | _LEADS | {Role.CLERK, Role.FINANCE, Role.BRANCH_MANAGER, Role.HQ, Role.CHAIRMAN},
    Duty.ADMINISTER: frozenset({Role.ADMIN}),
    Duty.JUDGE: _LEADS | {Role.BRANCH_MANAGER},
    Duty.APPROVE: _APPROVES,
    Duty.ANSWER: _SELLS | _DESK | {Role.PLANNER, Role.WEB_OFFICER},
    Duty.DRAW_UP_PAY: frozenset({Role.MARKETING_MANAGER}),
    Duty.SEE_REPORTS: _LEADS | {Role.PLANNER, Role.BRANCH_MANAGER, Role.HQ, Role.CHAIRMAN},
}

OFFICE_ROLES = frozenset(
    {
        Role.REP,
        Role.PROBATIONARY,
        Role.TRAINEE,
        Role.SUPERVISOR,
        Role.MARKETING_MANAGER,
        Role.PLANNER,
        Role.CLERK,
        Role.WEB_OFFICER,
        Role.KEEPER,
    }
)
BRANCH_ROLES = frozenset({Role.FINANCE, Role.BRANCH_MANAGER})
SELLING_ROLES = _SELLS


def has_duty(role: str, duty: Duty) -> bool:
    """Whether ``role`` carries ``duty`` (OFF-03)."""
    return role in DUTIES[duty]
