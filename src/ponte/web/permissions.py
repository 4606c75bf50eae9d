"""What of a browser's powers our pages use, told with every answer: two of them, and for ourselves alone."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

USED = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
UNUSED = (
    "accelerometer", "autoplay", "camera", "clipboard-read", "display-capture", "encrypted-media", "fullscreen",
    "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
POLICY = ", ".join([*(f"{name}=(self)" for name in USED), *(f"{name}=()" for name in UNUSED)])
REPORTS = "/relatos/csp"
REPORTERS = f'csp="{REPORTS}"'


def told(answer: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the middleware that adds `Permissions-Policy`, and where reports go."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = answer(request)
        given.headers["Permissions-Policy"] = POLICY
        given.headers["Reporting-Endpoints"] = REPORTERS
        return given

    return middleware
