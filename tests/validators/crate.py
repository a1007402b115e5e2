"""Validate an RO-Crate without a network: crate.py FOLDER [REQUIRED|RECOMMENDED]

Its context is the copy that the package rocrate carries. Prints what is wrong; 1 if anything is.
Runs in _build/validators, which has the packages (`make validators`).
"""

import io
import sys
import urllib.request
from email.message import Message
from importlib.resources import files
from urllib.response import addinfourl

from rocrate_validator import models, services

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


class Carried(urllib.request.HTTPSHandler):
    """Answers for the context alone."""

    def https_open(self, request):
        if request.full_url.split("#")[0] != CONTEXT:
            raise urllib.request.URLError(f"nothing asks {request.full_url} here")
        head = Message()
        head["Content-Type"] = "application/ld+json"
        text = (files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()
        answer = addinfourl(io.BytesIO(text), head, CONTEXT, 200)
        answer.msg = "OK"
        return answer


urllib.request.install_opener(urllib.request.build_opener(Carried))
severity = getattr(models.Severity, sys.argv[2] if len(sys.argv) > 2 else "REQUIRED")
result = services.validate(
    services.ValidationSettings(
        rocrate_uri=sys.argv[1],
        profile_identifier="ro-crate-1.1",
        requirement_severity=severity,
        # These two ask the network for the context.
        skip_checks=["ro-crate-1.1_3.1", "ro-crate-1.1_3.2"],
    )
)
for issue in result.get_issues():
    print(issue.severity.name, issue.check.identifier, issue.message)
sys.exit(0 if result.passed() else 1)
