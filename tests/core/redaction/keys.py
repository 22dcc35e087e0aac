"""Random keys in the forms their issuers document, and texts to put them into."""

from __future__ import annotations

import base64
import json
import string

from hypothesis import strategies as st

DIGITS = string.digits
LOWER = string.ascii_lowercase
UPPER = string.ascii_uppercase
ALNUM = string.ascii_letters + DIGITS
HEX = DIGITS + "abcdef"
URL_SAFE = ALNUM + "_-"
BASE64 = ALNUM + "+/"

Keys = st.SearchStrategy[str]


def a(prefix: str, alphabet: str, size: int, most: int | None = None, end: str = "") -> Keys:
    """Keys of a prefix and random characters; the last is one that no sentence ends with."""
    body = st.text(alphabet, min_size=size - 1, max_size=(most or size) - 1)
    last = st.sampled_from([letter for letter in alphabet if letter.isalnum()])
    return st.builds(lambda text, letter: f"{prefix}{text}{letter}{end}", body, last)


def parts(*keys: Keys) -> Keys:
    return st.tuples(*keys).map("".join)


def discord(number: int, middle: str, last: str) -> str:
    first = base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")
    return f"{first}.{middle}.{last}"


def pem(kind: str, body: bytes) -> str:
    text = base64.b64encode(body).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])


WEB_TOKEN = st.builds(
    lambda claims, signature: ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=")
        for part in (b'{"alg":"HS256"}', json.dumps(claims).encode(), signature)
    ),
    st.fixed_dictionaries({"sub": st.text(ALNUM, min_size=4, max_size=20)}),
    st.binary(min_size=32, max_size=64),
)
ISSUED: dict[str, Keys] = {
    "OpenAI": a("sk-", ALNUM, 48),
    "OpenAI project": a("sk-proj-", URL_SAFE, 64, 156),
    "Anthropic": a("sk-ant-api03-", URL_SAFE, 93, end="AA"),
    "OpenRouter": a("sk-or-v1-", HEX, 64),
    "Groq": a("gsk_", ALNUM, 52),
    "xAI": a("xai-", ALNUM, 80),
    "Perplexity": a("pplx-", ALNUM, 48),
    "NVIDIA": a("nvapi-", URL_SAFE, 64),
    "Replicate": a("r8_", ALNUM, 37),
    "Fireworks": a("fw_", ALNUM, 22, 24),
    "Together": a("tgp_v1_", URL_SAFE, 43),
    "Cerebras": a("csk-", LOWER + DIGITS, 48),
    "Hugging Face": a("hf_", ALNUM, 34),
    "Hugging Face organization": a("api_org_", ALNUM, 34),
    "LangSmith": parts(a("lsv2_pt_", HEX, 32), a("_", HEX, 10)),
    "Google": a("AIza", URL_SAFE, 35),
    "Google OAuth secret": a("GOCSPX-", URL_SAFE, 28),
    "Google OAuth token": a("ya29.a0", URL_SAFE, 40, 200),
    "GitHub": parts(st.sampled_from(["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]), a("", ALNUM, 36)),
    "GitHub fine-grained": parts(a("github_pat_", ALNUM, 22), a("_", ALNUM, 59)),
    "GitLab": parts(st.sampled_from(["glpat-", "gldt-", "glrt-"]), a("", URL_SAFE, 20)),
    "GitLab routable": parts(a("glpat-", URL_SAFE, 27), st.just(".01."), a("", HEX, 9)),
    "npm": a("npm_", ALNUM, 36),
    "PyPI": a("pypi-AgEIcHlwaS5vcmc", URL_SAFE, 100, 200),
    "Docker": a("dckr_pat_", URL_SAFE, 27),
    "Atlassian": a("ATATT3xFfGF0", URL_SAFE, 160, 180),
    "Linear": a("lin_api_", ALNUM, 40),
    "Notion": a("ntn_", ALNUM, 46),
    "Notion of old": a("secret_", ALNUM, 43),
    "AWS": parts(st.sampled_from(["AKIA", "ASIA"]), a("", UPPER + "234567", 16)),
    "Azure client secret": parts(a("", ALNUM, 3), a("8Q~", URL_SAFE, 34)),
    "DigitalOcean": parts(st.sampled_from(["dop", "doo", "dor"]), a("_v1_", HEX, 64)),
    "Databricks": parts(a("dapi", HEX, 32), st.sampled_from(["", "-2", "-3"])),
    "Vercel": parts(st.sampled_from(["vcp_", "vci_", "vca_", "vcr_", "vck_"]), a("", ALNUM, 56)),
    "Supabase": a("sbp_", HEX, 40),
    "Supabase secret key": parts(a("sb_secret_", URL_SAFE, 22), a("_", ALNUM, 8)),
    "Slack": parts(st.sampled_from(["xoxb-", "xoxp-", "xoxa-"]), a("", DIGITS + "-", 24),
                   a("-", ALNUM, 24)),
    "Slack app": parts(a("xapp-1-A", ALNUM, 10), a("-", DIGITS, 13), a("-", HEX, 64)),
    "Telegram": parts(a("", DIGITS, 8, 10), a(":AA", URL_SAFE, 33)),
    "Discord": st.builds(discord, st.integers(10**16, 10**19 - 1), a("", URL_SAFE, 6),
                         a("", URL_SAFE, 27, 38)),
    "SendGrid": parts(a("SG.", URL_SAFE, 22), a(".", URL_SAFE, 43)),
    "Mailgun": parts(a("", HEX, 32), a("-", HEX, 8), a("-", HEX, 8)),
    "Mailgun of old": a("key-", HEX, 32),
    "Mailchimp": parts(a("", HEX, 32), st.sampled_from(["-us1", "-us21"])),
    "Twilio": a("SK", HEX, 32),
    "Stripe": parts(st.sampled_from(["sk_live_", "rk_live_", "sk_test_"]), a("", ALNUM, 24, 99)),
    "Stripe webhook": a("whsec_", ALNUM, 32),
    "Shopify": parts(st.sampled_from(["shpat_", "shpss_", "shpca_", "shppa_"]), a("", HEX, 32)),
    "JSON web token": WEB_TOKEN,
    # These are known to detect-secrets.
    "GitLab runner registration": a("GR1348941", URL_SAFE, 20),
    "Square": a("sq0csp-", ALNUM, 43),
    "AWS of other kinds": parts(st.sampled_from(["ABIA", "ACCA", "A3TX"]), a("", UPPER, 16)),
}  # fmt: skip
"""Keys that stand by themselves."""

LONG = a("", BASE64, 86, end="==")
BESIDE: dict[str, tuple[str, Keys, str]] = {
    "Azure storage": ("DefaultEndpointsProtocol=https;AccountName=x;AccountKey=", LONG, ";E=a"),
    "Azure service bus": ("SharedAccessKeyName=Root;SharedAccessKey=", a("", BASE64, 43, end="="), ""),
    "Azure signature": ("SharedAccessSignature=", a("sv=2024&sig=", ALNUM + "%", 40), ";E=a"),
    "Slack webhook": ("https://hooks.slack.com/services/", parts(a("T", UPPER, 9), a("/B", UPPER, 9), a("/", ALNUM, 24)), ""),
    "Discord webhook": ("https://discord.com/api/webhooks/", parts(a("", DIGITS, 18), a("/", URL_SAFE, 68)), ""),
    "Telegram call": ("https://api.telegram.org/bot", ISSUED["Telegram"], "/getMe"),
    "URL": ("https://me:", a("", URL_SAFE + ".~!$&*+=", 6, 40), "@example.org/x"),
    "URL without a user": ("redis://:", a("", ALNUM, 6, 40), "@host:6379/0"),
    "bearer": ("Authorization: Bearer ", a("", URL_SAFE + ".", 20, 200), ""),
    "Cohere": ("CO_API_KEY=", a("", ALNUM, 40), ""),
    "Cohere client": ("cohere.ClientV2('", a("", ALNUM, 40), "')"),
    "Mistral": ("export MISTRAL_API_KEY=", a("", ALNUM, 32), ""),
    "Together of old": ("together api key is ", a("", HEX, 64), ""),
    "AWS secret": ("aws_secret_access_key = ", a("7", BASE64, 39), ""),
    "query": ("https://example.org/x?api_key=", a("", ALNUM, 6, 40), "&b=2"),
}  # fmt: skip
"""Keys that what stands before them gives away: that, the key, and what comes after it."""

PRIVATE_KEYS = st.builds(
    pem,
    st.sampled_from(
        ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY",
         "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK"]
    ),
    st.binary(min_size=40, max_size=300),
)  # fmt: skip

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
BREAKS = st.sampled_from(
    [" ", "\n", "\t", '"', "'", "(", ")", "`", ",", ";", "<", ">", "|", "é", "密"]
)
"""What stands between a text and a key in it: nothing that a key may hold."""
