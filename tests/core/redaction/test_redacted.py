"""The laws of redaction, for every kind of key that is known."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skillopt.core.redaction import REDACTED, redacted, redacted_content
from tests.core.redaction.keys import (
    ALNUM,
    BESIDE,
    BREAKS,
    HEX,
    ISSUED,
    PRIVATE_KEYS,
    URL_SAFE,
    WORDS,
    a,
)

SOME = settings(max_examples=40, deadline=None, derandomize=True)
MANY = settings(max_examples=200, deadline=None, derandomize=True)
ANY_KEY = st.one_of(*ISSUED.values(), PRIVATE_KEYS)


def plain(text: str) -> bool:
    return redacted(text) == text and "[redacted]" not in text


@pytest.mark.parametrize("issuer", ISSUED)
@SOME
@given(data=st.data())
def test_an_issued_key_goes_entirely_and_nothing_else_does(
    issuer: str, data: st.DataObject
) -> None:
    key = data.draw(ISSUED[issuer])
    before, after = data.draw(WORDS) + data.draw(BREAKS), data.draw(BREAKS) + data.draw(WORDS)
    assume(plain(before + "x" + after))
    assert redacted(key) == REDACTED
    assert redacted(before + key + after) == before + REDACTED + after


@pytest.mark.parametrize("kind", BESIDE)
@SOME
@given(data=st.data())
def test_a_key_goes_that_something_beside_it_gives_away(kind: str, data: st.DataObject) -> None:
    lead, keys, tail = BESIDE[kind]
    key = data.draw(keys)
    before, after = data.draw(WORDS) + data.draw(BREAKS), data.draw(BREAKS) + data.draw(WORDS)
    assume(plain(before + "x" + after) and after[0] not in ",;'" and lead[0] != "(")
    assert redacted(before + lead + key + tail + after) == before + lead + REDACTED + tail + after


@MANY
@given(key=PRIVATE_KEYS, before=WORDS, after=WORDS)
def test_a_private_key_goes_with_its_frame(key: str, before: str, after: str) -> None:
    assume(plain(before + " \n " + after))
    assert redacted(f"{before} {key}\n{after}") == f"{before} {REDACTED}\n{after}"


@MANY
@given(key=PRIVATE_KEYS, before=WORDS, data=st.data())
def test_a_private_key_goes_whose_end_is_cut_off(
    key: str, before: str, data: st.DataObject
) -> None:
    assume(plain(before))
    begun = key.index("\n") + 1
    cut = key[: data.draw(st.integers(begun, key.index("-----END")))]
    assert redacted(f"{before} {cut}").rstrip() == f"{before} {REDACTED}".rstrip()


def test_what_follows_a_heading_of_a_private_key_stays() -> None:
    text = "It starts with -----BEGIN RSA PRIVATE KEY-----. Then read the rest of the file."
    assert redacted(text) == text.replace("-----BEGIN RSA PRIVATE KEY-----", REDACTED)


ESCAPED = st.sampled_from(["\n", "\t", "\r", "\\", '"', "é", "\u2028", " "])


@MANY
@given(
    key=ANY_KEY,
    first=ESCAPED,
    last=ESCAPED,
    ascii_only=st.sampled_from([True, False]),
    depth=st.integers(1, 3),
)
def test_json_stays_valid_and_the_key_goes(
    key: str, first: str, last: str, ascii_only: Any, depth: int
) -> None:
    """At every depth to which a JSON text is quoted in a JSON text."""
    value: object = {"a": f"{first}{key}{last}", "b": [1, "x"]}
    text = ""
    for _ in range(depth):
        text = json.dumps(value, ensure_ascii=ascii_only)
        value = text
    found: object = redacted(text)
    for _ in range(depth):
        assert isinstance(found, str)
        found = json.loads(found)
    assert found == {"a": f"{first}{REDACTED}{last}", "b": [1, "x"]}


@MANY
@given(
    st.recursive(
        st.integers() | ANY_KEY | st.text(max_size=10) | st.sampled_from(["x://u:p", "c@d", "?key=a"]),
        lambda inner: st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["password", "token", "a", "url"]), inner, max_size=4),
        max_leaves=8,
    )
)  # fmt: skip
def test_any_json_stays_json_of_the_same_shape(content: object) -> None:
    for separators in ((",", ":"), (", ", ": ")):
        assert shape(json.loads(redacted(json.dumps(content, separators=separators)))) == shape(
            content
        )


def shape(content: object) -> object:
    match content:
        case dict():
            return {name: shape(value) for name, value in content.items()}
        case list():
            return [shape(value) for value in content]
        case _:
            return None


FRAGMENTS = st.one_of(
    ANY_KEY,
    *(st.tuples(st.just(lead), keys, st.just(tail)).map("".join) for lead, keys, tail in BESIDE.values()),
    st.text(max_size=6),
    st.sampled_from(
        [" ", "-", "_", "/", ":", "@", "=", "?key=", "&token=", "://", "://u:", "\\", '"', "'", "basic ",
         "bearer ", "password: ", "secret=", "a", "1", "abcdefgh1", "sk-", "eyJ", ".", "-----", "[", "]",
         "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "[redacted]", "cohere key: ", "\n"]
    ),
)  # fmt: skip


@MANY
@given(st.lists(FRAGMENTS, max_size=8).map("".join))
def test_redacting_twice_is_redacting_once(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)


HARMLESS = st.one_of(
    st.sampled_from(
        [
            "Reset your password: we never ask for it by mail.",
            "task-based skills, risk-free, disk-encryption-keys-rotation",
            "xai-explainable-artificial-intelligence",
            "class MistralChatResponseIterator(OpenAIChatCompletionStreamingHandler):",
            "npm_config_registry, r8_max, fw_update_interval_seconds_between_polls",
            "`hf_hub_download`, `sbp_enabled`, `pk_column_of_the_table`",
            "def test_sk_learn_pipeline_with_a_long_name_and_more_of_it() -> None:",
            "MyVeryLongClassNameForTests.values.test_something_that_is_long_",
            "socks5h://<username>:<password>@proxy-host",
            "may pass `?api_key=` to view any key. See `?key=`, `&token=...` or `?sig=`!",
            "headers = {'authorization': given, 'x-api-key': key}",
            "for key, value in pairs: print(f'{key}={value}')",
            "SharedAccessKeyName=RootManageSharedAccessKey",
            "SKILL.md, APACHELICENSE ASIAPACIFICREGIONALHEADQUARTERS",
            "https://discord.com/developers/docs https://api.slack.com/messaging/webhooks",
            "at 10:30:00, ratio 16:9, postgres://localhost:5432/x, 12345678:line of a log",
            "mistral-large-latest, cohere/command-r-plus, together_ai/meta-llama-3-70b-instruct",
            "cohere model at commit",
            "\\task-based, C:\\new\\risk-management-of-all-things",
        ]
    ),
    st.uuids().map(str),
    st.binary(max_size=8).map(lambda seed: hashlib.md5(seed).hexdigest()),
    st.binary(max_size=8).map(lambda seed: hashlib.sha1(seed).hexdigest()),
    st.binary(max_size=8).map(lambda seed: hashlib.sha256(seed).hexdigest()),
    st.binary(max_size=8).map(lambda seed: hashlib.sha256(seed).hexdigest().upper()),
    st.binary(max_size=8).map(lambda seed: f"cache-key-{hashlib.md5(seed).hexdigest()}"),
    st.binary(max_size=8).map(lambda seed: f"1700000000:{hashlib.sha256(seed).hexdigest()}"),
    st.binary(max_size=8).map(lambda seed: f"key {hashlib.sha256(seed).hexdigest()}"),
    st.uuids().map(lambda made: f"urn:uuid:{made}"),
    a("", URL_SAFE, 43, 86),
    a("v1.2.3+", HEX, 7, 12),
    st.text("abcdefghijklmnopqrstuvwxyz \n", max_size=60),
    st.floats().map(str),
)  # fmt: skip


@MANY
@given(st.lists(HARMLESS, max_size=6), st.sampled_from([" ", "\n", ", ", " | "]))
def test_words_code_digests_and_ids_stay(texts: list[str], between: str) -> None:
    text = between.join(texts)
    assert redacted(text) == text


def test_a_uuid_and_a_digest_stay_in_content() -> None:
    content = {
        "id": str(uuid.UUID(int=7)),
        "digest": hashlib.sha512(b"x").hexdigest(),
        "n": 12345678,
    }
    assert redacted_content(content) == content


def test_a_number_in_a_secret_field_of_a_json_text_becomes_a_text() -> None:
    assert redacted('{"password": 12345678}') == '{"password": "[redacted]"}'


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"a":"x://u:p","b":"c@d"}', '{"a":"x://u:p","b":"c@d"}'),
        ("{'a':'x://u:p','b':'c@d'}", "{'a':'x://u:p','b':'c@d'}"),
        ("postgresql://me:it's@db/x", "postgresql://me:[redacted]@db/x"),
        ("see `https://h/p?key=hunter2`, then", "see `https://h/p?key=[redacted]`, then"),
        ("(https://h/p?key=hunter2). Then", "(https://h/p?key=[redacted]). Then"),
        (r'"https://h/p?a=1\u0026key=hunter2\n"', r'"https://h/p?a=1\u0026key=[redacted]\n"'),
        (r"https:\/\/me:hunter2@h\/x", r"https:\/\/me:[redacted]@h\/x"),
        (r'{\"api_key\": \"hunter2hunter2\"}', r'{\"api_key\": \"[redacted]\"}'),
        ("https://nothooks.slack.com/services/T0000/B0000/x", "https://nothooks.slack.com/services/T0000/B0000/x"),
        ("access_token%3Dghp_" + "a1B2" * 9, "access_token%3D[redacted]"),
        ("密钥sk-" + "a1B2" * 9 + "。", "密钥[redacted]。"),
    ],
)  # fmt: skip
def test_neighbours_stay(text: str, kept: str) -> None:
    assert redacted(text) == kept


@MANY
@given(a("", ALNUM, 20, 60))
def test_a_key_inside_a_word_is_none(word: str) -> None:
    assume(not any(sign in word for sign in ("AKIA", "ASIA", "dapi")))
    assert redacted(f"x{word}") == f"x{word}"
