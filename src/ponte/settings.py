"""Django's settings, made from `ponte.config`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from ponte.config import DatabaseUrl, config

CONFIG = config()
PACKAGE = Path(__file__).parent


def database(url: DatabaseUrl) -> dict[str, Any]:
    """Return Django's description of the database."""
    if url.engine == "sqlite":
        return {
            "ENGINE": "ponte.db.sqlite",
            "NAME": url.name,
            "OPTIONS": {
                # FULL: an acknowledged row outlives a power cut (docs/adr/0002).
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
                "PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=67108864;",
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
            },
            # By process: two runs of the tests at once must not share a file.
            "TEST": {"NAME": str(Path(url.name).with_suffix(f".test-{os.getpid()}.sqlite3"))},
        }
    return {
        "ENGINE": "ponte.db.postgresql",
        "NAME": url.name,
        "HOST": url.host,
        "PORT": url.port,
        "USER": url.user,
        "PASSWORD": url.password,
        "OPTIONS": {
            "pool": {"min_size": 0, "max_size": 12, "timeout": 5},
            # A worker that is frozen or cut off in the midst of a transaction must not hold its locks: others are to
            # take its lanes over. The server's own keepalives find out who was cut off.
            "options": "-c idle_in_transaction_session_timeout=10000 -c lock_timeout=20000"
            " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2",
            "application_name": "ponte",
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": 20_000,
            **dict(url.options),
        },
    }


SECRET_KEY = CONFIG.secret_key
METRICS_TOKEN = CONFIG.metrics_token
METRICS_LOOPBACK = CONFIG.metrics_loopback
DEBUG = False
ALLOWED_HOSTS = [*CONFIG.allowed_hosts] or ["127.0.0.1", "localhost", "[::1]", CONFIG.host]
DATABASES = {"default": database(CONFIG.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "db.User"
REQUEST_STATEMENT_MS = 5_000
ON_POSTGRESQL = CONFIG.database.engine == "postgresql"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "csp",
    "axes",
    "ponte.db",
    "ponte.web",  # before allauth: its templates are ours
    "ponte.web.company",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
]
if ON_POSTGRESQL:
    INSTALLED_APPS.append("procrastinate.contrib.django")

MIDDLEWARE = [
    "ponte.web.heavy.limited",
    "ponte.web.permissions.told",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "ponte.web.zones.local",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ponte.web.account.sessions.limited",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ponte.web.views.errors.methods_told",
]

ROOT_URLCONF = "ponte.urls"
ASGI_APPLICATION = "ponte.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("ponte.web.folding.Loader", ["django.template.loaders.app_directories.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "ponte.web.pages.frame",
            ],
        },
    }
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "ponte.db.passwords.Fitting"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
LOGIN_URL = "/entrar"
LOGIN_REDIRECT_URL = "/produtos"
LOGOUT_REDIRECT_URL = "/entrar"

# Sign-in, second factors and sessions are django-allauth's, on our paths and with our pages (docs/adr/0017).
ACCOUNT_ADAPTER = "ponte.web.account.adapters.Accounts"
ACCOUNT_FORMS = {"login": "ponte.web.account.forms.SignIn"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# By address or user, in the shared cache below. Passwords are counted by axes (name and address) and, over all
# addresses, by `password_tries`; `login_failed` is left for second factors.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "5/300s/key",
    "password_tries": "100/900s/key",
    "invitation": "20/m/ip",
}
MFA_ADAPTER = "ponte.web.account.adapters.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Ponte"
MFA_TOTP_TOLERANCE = 0
MFA_ALLOW_UNVERIFIED_EMAIL = True
SOCIALACCOUNT_ADAPTER = "ponte.web.account.adapters.CompanyAccounts"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if CONFIG.oidc:
    SOCIALACCOUNT_PROVIDERS = {
        "company": {
            "APPS": [
                {
                    # Accounts are kept by issuer and subject: another issuer is another provider.
                    "provider_id": "company-" + hashlib.sha256(CONFIG.oidc.issuer.encode()).hexdigest()[:24],
                    "name": CONFIG.oidc.name,
                    "client_id": CONFIG.oidc.client_id,
                    "secret": CONFIG.oidc.client_secret,
                    "settings": {
                        "server_url": CONFIG.oidc.issuer,
                        "oauth_pkce_enabled": True,
                        "fetch_userinfo": False,
                    },
                }
            ]
        }
    }
REQUIRE_MFA = CONFIG.require_mfa

# What several processes count together: tries, codes that were used.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "db_cached",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
HAS_EMAIL = CONFIG.email is not None
if CONFIG.email:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = CONFIG.email.host, CONFIG.email.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = CONFIG.email.user, CONFIG.email.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = CONFIG.email.security == "starttls", CONFIG.email.security == "tls"
    EMAIL_TIMEOUT = 10
    DEFAULT_FROM_EMAIL = CONFIG.email.sender

AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ALLOWED_CORS_ORIGINS = ""
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "ponte.web.client_address.client_address"
TRUSTED_PROXIES = CONFIG.trusted_proxies
AXES_LOCKOUT_CALLABLE = "ponte.web.views.login.locked_out"

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if CONFIG.https:
    SESSION_COOKIE_NAME = "__Host-ponte"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = CONFIG.hsts_subdomains
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [CONFIG.base_url]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "ponte.web.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # Both: some browsers know the first only, and who knows the second passes the first over but sends by
        # https alone. Where it leads: `ponte.web.permissions`.
        "report-uri": ["/relatos/csp"],
        **({"report-to": ["csp"]} if CONFIG.https else {}),
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
# Larger bodies come by the disk: hundreds that come slowly (`ponte.web.bodies`) must not fill the memory.
FILE_UPLOAD_MAX_MEMORY_SIZE = 262_144
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000

LANGUAGE_CODE = "pt-br"
LANGUAGES = [("pt-br", "Português (Brasil)"), ("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "ponte_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "America/Sao_Paulo"
USE_I18N = True
USE_TZ = True

# Nothing is served there (assets: ponte.web.assets); Django's live test server wants it set all the same.
STATIC_URL = "/static/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "ponte.ops.logging.LineFormatter"}},
    "handlers": {"stderr": {"class": "ponte.ops.logging.CalmHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "asyncio": {"level": "WARNING"},
    },
}
