"""Keys that say who issued them, in the forms that their issuers document or show.

A pattern asks for the issuer's prefix and for as many characters of a key's alphabet as rule out
a word. Each repetition ends at a character that it cannot hold, so that the time grows with the
text and not with its square.
"""

from __future__ import annotations

import re

START = (
    r"(?:(?<![A-Za-z0-9_])"
    r"|(?<=[bfnrt\dA-F])(?:(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
    r"|(?<=[\d;\[]m))"
)
"""Where a key may begin: not inside a word, but after an escape of JSON, a URL or a terminal."""

END = r"(?![A-Za-z0-9])"
"""Where a key may end."""

_MODELS = {
    "OpenAI, Anthropic, OpenRouter, DeepSeek": r"sk-[A-Za-z0-9_-]{16,}",
    "Groq": r"gsk_[A-Za-z0-9]{20,}",
    "xAI": r"xai-[A-Za-z0-9]{20,}",
    "Perplexity": r"pplx-[A-Za-z0-9]{20,}",
    "NVIDIA": r"nvapi-[A-Za-z0-9_-]{20,}",
    "Replicate": r"r8_[A-Za-z0-9]{20,}",
    "Fireworks": r"fw_[A-Za-z0-9]{20,}",
    "Together": r"tgp_v\d_[A-Za-z0-9_-]{20,}",
    "Cerebras": r"csk-[A-Za-z0-9]{20,}",
    "Hugging Face": r"(?:hf|api_org)_[A-Za-z0-9]{20,}",
    "LangSmith": r"lsv2_(?:pt|sk)_[A-Za-z0-9_]{20,}",
    "Pinecone": r"pcsk_[A-Za-z0-9_]{20,}",
    "Tavily": r"tvly-[A-Za-z0-9-]{20,}",
    "Jina": r"jina_[0-9a-f]{32}[A-Za-z0-9_-]{10,}",
    "Weights & Biases": r"wandb_v\d_[A-Za-z0-9_]{20,}",
    "Google, API keys": r"AIza[A-Za-z0-9_-]{30,}|AQ\.[A-Za-z0-9_-]{40,}",
    "Google, OAuth": r"GOCSPX-[A-Za-z0-9_-]{20,}|ya29\.(?:[a-z]\.)?[A-Za-z0-9_-]{20,}"
    r"|1//0[A-Za-z0-9_-]{30,}",
}
_CODE = {
    "GitHub": r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}",
    "GitLab": r"gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas|ffct)-[A-Za-z0-9_-]{20,}"
    r"(?:\.[0-9a-z]{2}\.[0-9a-z]{7,12})?|GR1348941[A-Za-z0-9_-]{20,}",
    "npm": r"npm_[A-Za-z0-9]{30,}",
    "PyPI": r"pypi-A[A-Za-z0-9_-]{40,}",
    "RubyGems": r"rubygems_[0-9a-f]{48}",
    "Docker": r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}",
    "Atlassian": r"AT(?:ATT|CTT|BB)[A-Za-z0-9_=-]{24,}",
    "Linear": r"lin_(?:api|oauth)_[A-Za-z0-9]{20,}",
    "Notion": r"ntn_[A-Za-z0-9]{20,}|secret_[A-Za-z0-9]{43}",
    "Figma": r"fig[dou]r?_[A-Za-z0-9_-]{30,}",
    "Postman": r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    "Airtable": r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
    "Sentry": r"sntry[su]_[A-Za-z0-9_+/=-]{30,}",
    "Grafana": r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/=]{30,}",
}
_CLOUDS = {
    "AWS": r"(?:AKIA|ASIA)[0-9A-Z]{16}|ABSK[A-Za-z0-9+/]{60,}={0,2}",
    "Azure": r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}",
    "DigitalOcean": r"do[opr]_v1_[A-Za-z0-9]{40,}",
    "Databricks": r"dapi[0-9a-f]{32}(?:-\d)?",
    "Vercel": r"vc[piark]_[A-Za-z0-9]{20,}|vercel_blob_rw_[A-Za-z0-9_]{20,}",
    "Supabase": r"sbp_[A-Za-z0-9_]{40,}|sb_secret_[A-Za-z0-9_-]{31}",
    "HashiCorp": r"hv[sbr]\.[A-Za-z0-9_-]{24,}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}",
    "Pulumi": r"pul-[0-9a-f]{40}",
    "Doppler": r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9]{40,}",
    "PlanetScale": r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_-]{30,}",
    "Neon": r"napi_[A-Za-z0-9]{60,}",
    "Netlify": r"nf[pcobu]_[A-Za-z0-9]{36}",
    "Render": r"rnd_[A-Za-z0-9]{28,}",
    "Tailscale": r"tskey-[a-z]+-[A-Za-z0-9-]{20,}",
    "New Relic": r"NRAK-[A-Z0-9]{27}",
    "age": r"AGE-SECRET-KEY-1[0-9A-Z]{58}",
}
_MESSAGES = {
    "Slack": r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{20,}",
    "Telegram": r"\d{8,10}:AA[A-Za-z0-9_-]{33}",
    # Its first part is a number in base64: three digits make four characters.
    "Discord": r"(?:[MNO][DTjz][AEIMQUYcgk][0-5w-z]){5,6}(?:[MNO](?:[AQgw]|[DTjz][AEIMQUYcgk]))?"
    r"\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}",
    "SendGrid": r"SG\.[A-Za-z0-9_-]{16,}+\.[A-Za-z0-9_-]{16,}",
    # In `cache-key-...` it is a digest.
    "Mailgun": r"(?<!-)key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}",
    "Mailchimp": r"[0-9a-f]{32}-us\d{1,2}",
    "Twilio": r"SK[0-9a-f]{32}",
    "Brevo": r"xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}",
    "Stripe": r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{24,}",
    "Shopify": r"shp(?:at|ca|pa|ss|ua|tka)_[0-9a-fA-F]{32}",
    "PostHog": r"ph[xs]_[A-Za-z0-9]{30,}",
}
_ALL = "|".join([*(_MODELS | _CODE | _CLOUDS | _MESSAGES).values()])

KEY = re.compile(rf"(?:{START}(?:{_ALL})|(?<=/bot){_MESSAGES['Telegram']}){END}")
"""A key of any issuer."""

WEB_TOKEN = re.compile(
    rf"""
    (?<![A-Za-z0-9_-])
    (?= [A-Za-z0-9_-]{{11,}}+ \. [A-Za-z0-9_-]{{8,}}+ \. [A-Za-z0-9_-]{{8}} )
    (?P<kept> [A-Za-z0-9_-]*? ) (?: (?<![A-Za-z0-9]) | {START} )
    eyJ [A-Za-z0-9_-]{{8,}}+ \. [A-Za-z0-9_-]{{8,}}+ \. [A-Za-z0-9_-]{{8,}}+
    (?: \. [A-Za-z0-9_-]{{16,}}+ ){{0,2}}
    """,
    re.VERBOSE,
)
"""A JSON web token: its dots are looked for once for each word, then where in it it begins."""

PRIVATE_KEY = re.compile(
    r"""
    -----BEGIN\ [A-Z0-9\ ]*PRIVATE\ KEY(?:\ BLOCK)?-----
    (?: [^\[\]{}-]*+ (?: -(?!----) [^\[\]{}-]*+ )*+
        -----END\ [A-Z0-9\ ]*PRIVATE\ KEY(?:\ BLOCK)?-----
      | (?: (?: \s | \\[nr] )*+ [A-Za-z0-9+/=]{16,}+ )*+      # its end is cut off
        (?: (?: \s | \\[nr] )+ [A-Za-z0-9+/=]{1,15} (?= \s* (?: \Z | \\*["'] | … | \.\.\. ) ) )?
    )
    """,
    re.VERBOSE,
)
"""A private key in PEM. It holds no bracket: where a JSON text has one, another value begins."""

WEBHOOK = re.compile(
    r"""
    (?<![A-Za-z0-9-])
    ( hooks\.slack\.com\\?/(?:services|workflows|triggers)\\?/
    | discord(?:app)?\.com\\?/api\\?/(?:v\d+\\?/)?webhooks\\?/
    )
    (?: [A-Za-z0-9_-] | \\?/ ){10,}
    """,
    re.VERBOSE,
)
"""The address of a webhook: who knows it may post there."""
