"""Instructions to ignore instructions, and texts that pose as somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.reading import plain_letters, prose

_VERB = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|es|ing)|bypass(?:ing)?|neglect|"
    r"discard|dismiss|set aside|do not (?:follow|obey|apply)|don't (?:follow|obey|apply)|"
    r"stop (?:following|obeying|applying)|pay no attention to|no longer (?:follow|obey))"
)
_EARLIER = (
    r"(?:previous|previously|prior|above|earlier|preceding|foregoing|initial|original|existing|"
    r"system|developer|safety|locked|other|all|every|everything|any of the|these|those|your|"
    r"before|so far)"
)
_RULES = (
    r"(?:instructions?|rules?|guidelines?|guidance|directions?|directives?|prompts?|polic(?:y|ies)|"
    r"constraints?|restrictions?|guardrails?|commands?|orders?|messages?|context|training|"
    r"programming|sections?|skills?)"
)
_FILLER = r"(?:[\w'-]{1,20},? ){0,4}"
_IN_DATA = (
    r"(?! (?:\w{1,20} ){0,3}(?:in|inside|within|from|found|contained|embedded|written|that (?:appear|are|"
    r"come|the (?:ticket|text|input|email|message|document|user))))"
)
"""Not of text that is worked on: "ignore all instructions in the ticket" defends the skill."""

_PATTERNS = (
    ("an instruction to ignore instructions",
     rf"\b{_VERB} {_FILLER}{_EARLIER} {_FILLER}{_RULES}\b{_IN_DATA}"),
    ("an instruction to ignore instructions",
     rf"\b{_VERB} {_FILLER}{_RULES},? (?:\w{{1,12}} ){{0,3}}(?:above|before|earlier|so far|given|"
     rf"you (?:have|were|got|had)|of (?:the|this|your) (?:skill|system|developer|prompt))\b"),
    ("an instruction to ignore instructions",
     r"\b(?:ignore|disregard|forget) (?:everything|all(?: of)?(?: (?:this|that))?|anything)"
     r" (?:\w{1,12} ){0,3}(?:above|before|earlier|prior|previous\w{0,2}|said|told|so far|else)\b"),
    ("an instruction to ignore instructions",
     rf"\b(?:these|this|the following|my|new) {_RULES} (?:\w{{1,12}} ){{0,2}}(?:take[s]? (?:precedence|"
     r"priority)|supersedes?|replaces?|overrides?|outranks?)\b"),
    ("an instruction to ignore instructions",
     r"\b(?:ignoriere?|vergiss|missachte|ignorez?|oublie[zr]?|ignora|olvida|ignore|esqueça|dimentica)"
     r" (?:\w{1,12} ){0,4}(?:anweisungen|regeln|vorgaben|instructions|consignes|règles|instrucciones|"
     r"reglas|instruções|regras|istruzioni|regole)"
     r"(?: (?:\w{1,12} ){0,2}(?:oben|davor|précédentes?|ci-dessus|antérieures|anteriores|previas|"
     r"acima|precedenti|sopra))?\b(?<!ignore instructions)(?<! all instructions)(?<! any instructions)"
     r"(?<! the instructions)"),
    ("an instruction to ignore instructions",
     r"(?:игнорируй|забудь|не следуй)\w{0,4} (?:\w{1,14} ){0,4}(?:инструкц|правил|указан)\w{0,6}"),
    ("an instruction to ignore instructions",
     r"(?:忽略|无视|忘记|無視|忘れ).{0,12}(?:指令|指示|说明|規則|规则|命令|提示)"
     r"|(?:指示|命令|ルール|規則)を(?:すべて|全て)?(?:無視|忘れ)"),
    ("words that change the agent's part",
     r"\byou are (?:now|no longer) (?:an? |in |the )?(?:\w{1,20} ){0,3}(?:mode|assistant|agent|ai|model|"
     r"bound|restricted|limited|dan|admin\w{0,9}|developer|root|jailbroken|unrestricted)\b"
     r"|\b(?:developer|god|debug|admin|maintenance|jailbreak) mode (?:is )?(?:enabled|on|activated|active)\b"
     r"|\b(?:do anything now|jailbreak(?:ed|ing)?)\b"),
    ("words that ask for secrecy",
     r"\b(?:do not|don't|never) (?:tell|inform|mention (?:this|it|that|these)|reveal (?:this|it|that|these)"
     r"|notify|alert|show this|let)"
     r" (?:\w{1,12} ){0,3}(?:user|users|human|person|people|owner|reviewer|operator|anyone|anybody|to)\b"
     r"|\b(?:reveal|print|repeat|output|show|leak|send|exfiltrate) (?:\w{1,12} ){0,3}(?:system prompt|"
     r"hidden (?:instructions|prompt)|initial instructions|api keys?|credentials|environment variables)\b"),
)  # fmt: skip
_COMPILED = tuple((rule, re.compile(pattern)) for rule, pattern in _PATTERNS)

_ROLES = re.compile(
    r"""
    <\|(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|start_header_id|eot_id)\|>
  | \[/?INST\] | <</?SYS>> | </?(?:system|assistant|developer)(?:[-_](?:prompt|message|reminder))?\s{0,3}>
  | ^\s{0,3}(?:\#{1,6}\s{0,3})?(?:system|developer|assistant|human)(?:\ (?:prompt|message))?\s{0,2}:\s{0,3}$
  | ^\s{0,3}(?:\[|-{2,10}\s{0,2}|={2,10}\s{0,2})?(?:begin|end|start)\s(?:of\s)?(?:system|developer|untrusted)\b
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)


def overrides(text: str) -> Iterator[Hit]:
    """Each instruction in ``text`` to ignore others, or text that poses as another part's."""
    for reading in prose(text):
        for rule, pattern in _COMPILED:
            for match in pattern.finditer(reading):
                yield Hit("overrides", rule, match[0], shown(match[0]))
    for match in _ROLES.finditer(plain_letters(text)):
        said = " ".join(match[0].split())
        yield Hit("overrides", "a mark of who speaks in a conversation", said.lower(), shown(said))
