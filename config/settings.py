"""
Settings of one installation. Secrets come from the data folder, never from here.

docs/runbook/installation.md lists every variable of the environment that is read.
"""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import keys, logs, postgres, var

BASE_DIR = Path(__file__).resolve().parent.parent
PACKAGE_DIR = BASE_DIR / "qinghe"

DEBUG = os.environ.get("QINGHE_DEBUG") == "1"
SECRET_KEY = keys.django_secret()
VAULT_RING = keys.vault_ring
WEBHOOK_SECRET = keys.webhook_secret
# A demonstration shows sign-ins on the sign-in page and allows test identities.
DEMO = os.environ.get("QINGHE_DEMO", "1") == "1"
ALLOWED_HOSTS = os.environ.get("QINGHE_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("QINGHE_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "qinghe.journal",
    "qinghe.ledger",
    "qinghe.parties",
    "qinghe.claims",
    "qinghe.graph",
    "qinghe.risk",
    "qinghe.market",
    "qinghe.contact",
    "qinghe.casework",
    "qinghe.settlement",
    "qinghe.quality",
    "qinghe.web",
    "qinghe.portal",
]

MIDDLEWARE = [
    "config.origin.behind_proxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.permissions.nothing_of_the_device",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "qinghe.web.errors.Unkeepable",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["qinghe.web.templatetags.qinghe"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "qinghe.web.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_DATABASE = postgres.database_settings()
DATABASES = {
    "default": {
        **_DATABASE,
        # `kernel.prepared` names its statements itself; see there why psycopg must name none.
        "OPTIONS": {**_DATABASE["OPTIONS"], "prepare_threshold": None},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": os.environ.get("QINGHE_TEST_DB")},
    }
}

# A pooler that gives a connection away after each transaction may not know the names.
PREPARE_STATEMENTS = os.environ.get("QINGHE_PREPARE_STATEMENTS", "1") == "1"

# -- sign-in ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# The address says who somebody is: it is the operator who gives it.
ACCOUNT_MAX_EMAIL_ADDRESSES = 1
ACCOUNT_ADAPTER = "qinghe.web.accounts.ClosedSignup"
ACCOUNT_SESSION_REMEMBER = False
# No letter to an address that has no account here: it would offer a sign-up that is closed.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Accounts are made by the operator, so nobody signs up with the address of somebody else.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "add_webauthn": "qinghe.web.passkeys.AddPasskey",
    "edit_webauthn": "qinghe.web.passkeys.RenamePasskey",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
CSRF_FAILURE_VIEW = "qinghe.web.errors.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:start"
LOGOUT_REDIRECT_URL = "web:home"

# -- language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# The zone in which staff pages show moments; a debtor's own zone rules the gate.
DISPLAY_ZONE = "Asia/Shanghai"

# -- files -----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = var.root() / "static"
VAULT_FILES = var.root() / "files"
# Certificates of the authorities whose signatures under evidence are known here; empty: none is.
TRUST_FOLDER = os.environ.get("QINGHE_TRUST") or str(var.root() / "trust")
# A scanner for malware, `unix:/path` or `tcp:host:port`; empty: files are not scanned.
CLAMD = os.environ.get("QINGHE_CLAMD", "")
# One folder per creditor, made by the operator: `<slug>/incoming`; see docs/howto/drop-folder.md.
DROP_FOLDER = Path(os.environ.get("QINGHE_DROP", var.root() / "drop"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "config.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# -- logs ------------------------------------------------------------------------------------
LOGGING = logs.settings(os.environ.get("QINGHE_LOG_LEVEL", "INFO"))

# -- outside world ---------------------------------------------------------------------------
EMAIL_HOST = os.environ.get("QINGHE_EMAIL_HOST", "localhost")
# A demonstration has nobody to write to. A real market sends, or fails in the open.
EMAIL_BACKEND = os.environ.get(
    "QINGHE_EMAIL_BACKEND",
    "django.core.mail.backends.locmem.EmailBackend"
    if DEMO and "QINGHE_EMAIL_HOST" not in os.environ
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_PORT = int(os.environ.get("QINGHE_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("QINGHE_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("QINGHE_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("QINGHE_EMAIL_TLS") == "1"
# Well below the ten minutes after which an attempt counts as lost.
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = os.environ.get("QINGHE_EMAIL_FROM", "qinghe@example.com")
# Where people reach this installation: printed on letters, with /d/ for the debtors' door.
QINGHE_BASE_URL = os.environ.get(
    "QINGHE_BASE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
)

# Who runs this installation and how a debtor answers without the internet; each may be empty.
# Printed on first notices and shown at the debtors' door.
OPERATOR_NAME = os.environ.get("QINGHE_OPERATOR_NAME", "清和运营方（示例）" if DEMO else "")
OPERATOR_PHONE = os.environ.get("QINGHE_OPERATOR_PHONE", "000-0000 0000（示例）" if DEMO else "")
OPERATOR_POST = os.environ.get("QINGHE_OPERATOR_POST", "示例市示例路 1 号（示例）" if DEMO else "")
OPERATOR_OFFICE = os.environ.get(
    "QINGHE_OPERATOR_OFFICE", "示例市示例路 1 号，工作日 9 点到 17 点（示例）" if DEMO else ""
)

# -- parties ---------------------------------------------------------------------------------
# Who answers whether a name and a number belong together: `manual` (a person) or `sandbox`.
REALNAME_GATEWAY = os.environ.get("QINGHE_REALNAME", "sandbox" if DEMO else "manual")
# Who sends the small transfer that proves an account.
TRANSFER_GATEWAY = os.environ.get("QINGHE_TRANSFERS", "sandbox" if DEMO else "manual")
# -- ways to pay -----------------------------------------------------------------------------
# Providers offered to debtors, in this order; see docs/howto/ways-to-pay.md. A real market has none
# until it names one.
PAY_WAYS = [
    way.strip()
    for way in os.environ.get("QINGHE_PAY_WAYS", "sandbox" if DEMO else "").split(",")
    if way.strip() and (DEMO or way.strip() != "sandbox")
]
# Names that providers gave this platform's own accounts. No secret is here.
PAY_NAMES = {
    "alipay_app_id": os.environ.get("QINGHE_ALIPAY_APP_ID", ""),
    "alipay_seller_id": os.environ.get("QINGHE_ALIPAY_SELLER_ID", ""),
    "alipay_gateway": os.environ.get("QINGHE_ALIPAY_GATEWAY", ""),
    "wechat_app_id": os.environ.get("QINGHE_WECHAT_APP_ID", ""),
    "wechat_merchant": os.environ.get("QINGHE_WECHAT_MERCHANT", ""),
    "wechat_serial": os.environ.get("QINGHE_WECHAT_SERIAL", ""),
    "wechat_public_key_id": os.environ.get("QINGHE_WECHAT_PUBLIC_KEY_ID", ""),
    "wechat_gateway": os.environ.get("QINGHE_WECHAT_GATEWAY", ""),
    "stripe_account": os.environ.get("QINGHE_STRIPE_ACCOUNT", ""),
    "stripe_gateway": os.environ.get("QINGHE_STRIPE_GATEWAY", ""),
}
# The platform's own account: the only one that debtors are asked to transfer to, and whose
# statements are imported. Empty: no bank transfer is offered.
BANK_ACCOUNT = os.environ.get("QINGHE_BANK_ACCOUNT", "DEMO00000001" if DEMO else "")
BANK_CURRENCY = os.environ.get("QINGHE_BANK_CURRENCY", "CNY")
BANK_NAME = os.environ.get("QINGHE_BANK_NAME", _("Practice bank") if DEMO else "")
BANK_HOLDER = os.environ.get("QINGHE_BANK_HOLDER", OPERATOR_NAME or ("Qinghe" if DEMO else ""))
# Their keys, one file each, mode 0600.
PAY_KEYS = var.root() / "pay"
# A refund over this, in minor units, waits for a second person.
REFUND_ALONE = int(os.environ.get("QINGHE_REFUND_ALONE", "100000"))
# The platform's own account that payouts leave, as pain.001 names it. Not a secret.
PAYOUT_NAME = os.environ.get("QINGHE_PAYOUT_NAME", "清和平台（示例）" if DEMO else "")
PAYOUT_ACCOUNT = os.environ.get("QINGHE_PAYOUT_ACCOUNT", "0000000000000000" if DEMO else "")
PAYOUT_BIC = os.environ.get("QINGHE_PAYOUT_BIC", "")
# The number under which the bank lets the platform debit accounts; without it no debits.
DEBIT_CREDITOR_ID = os.environ.get("QINGHE_DEBIT_CREDITOR_ID", "DEMO-DD-0001" if DEMO else "")

# How many times its deposit an agency may hold in open orders.
COVER_MULTIPLE = int(os.environ.get("QINGHE_COVER_MULTIPLE", "20"))
# A dispatch window every so many minutes, and how many seconds one may search for the optimum.
DISPATCH_MINUTES = int(os.environ.get("QINGHE_DISPATCH_MINUTES", "5"))
DISPATCH_SECONDS = int(os.environ.get("QINGHE_DISPATCH_SECONDS", "300"))

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "config.schedule.register"

# -- browser safety --------------------------------------------------------------------------
SECURE = os.environ.get("QINGHE_HTTPS") == "1"
# How many proxies of our own stand in front; see config/origin.py.
PROXIES = int(os.environ.get("QINGHE_PROXIES", "0"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
