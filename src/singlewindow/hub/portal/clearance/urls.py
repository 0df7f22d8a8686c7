"""The paths of clearance: inspections, instructions, the gate."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.portal.clearance import awaiting, gate, inspections, instructions, renewal

urlpatterns = [
    path("inspections", inspections.inspections, name="inspections"),
    path("inspections/<uuid:order>", inspections.inspection, name="inspection"),
    path("inspections/<uuid:order>/appoint", inspections.appoint, name="inspection-appoint"),
    path("inspections/<uuid:order>/call-off", inspections.call_off, name="inspection-call-off"),
    path("inspections/<uuid:order>/ready", inspections.ready, name="inspection-ready"),
    path("inspections/<uuid:order>/not-ready", inspections.not_ready, name="inspection-not-ready"),
    path("inspections/<uuid:order>/not-started", inspections.not_started, name="inspection-not-started"),
    path("inspections/<uuid:order>/start", inspections.start, name="inspection-start"),
    path("inspections/<uuid:order>/record", inspections.record, name="inspection-record"),
    path("inspections/<uuid:order>/reopen", inspections.reopen, name="inspection-reopen"),
    path("inspections/<uuid:order>/recognise", inspections.recognise, name="inspection-recognise"),
    path("inspections/<uuid:order>/again", inspections.again, name="inspection-again"),
    path("instructions", awaiting.instructions, name="instructions"),
    path("instructions/release", awaiting.release, name="instructions-release"),
    path("instructions/new", instructions.new, name="instruction-new"),
    path("instructions/issue", instructions.issue, name="instruction-issue"),
    path("instructions/withdraw", instructions.withdraw, name="instruction-withdraw"),
    path("consignments/<uuid:submission>/renew-release", renewal.renew, name="release-renew"),
    path("gate", gate.gate, name="gate"),
    path("gate/check", gate.check, name="gate-check"),
    path("gate/out", gate.out, name="gate-out"),
]
