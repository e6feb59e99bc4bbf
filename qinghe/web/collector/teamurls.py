"""Addresses of a team's own queues, joined into the staff side's URL table."""

from __future__ import annotations

from django.urls import path

from qinghe.web.collector import team

MEMBER = "team/members/<uuid:member_id>/"

team_urls = [
    path("team/", team.team_page, name="team"),
    path("team/next/", team.team_next, name="team-next"),
    path("team/distribute/", team.team_distribute, name="team-distribute"),
    path("team/cases/<uuid:claim_id>/move/", team.team_move, name="team-move"),
    path("team/members/", team.member_new, name="team-member-new"),
    path(MEMBER, team.member_set, name="team-member"),
    path(MEMBER + "leave/", team.member_leave, name="team-member-leave"),
    path("team/queues/", team.queue_new, name="team-queue-new"),
    path("team/queues/<uuid:queue_id>/end/", team.queue_end, name="team-queue-end"),
    path("team/leads/<slug:slug>/", team.lead_name, name="team-leads"),
]
