"""Instructions to ignore instructions, and texts that pose as somebody else's."""

from __future__ import annotations

from collections.abc import Iterator

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.reading import plain_letters, prose
from skillopt.core.content.rules import found_by, rule

_IGNORE = "an instruction to ignore instructions"
_PART = "words that change the agent's part"
_SECRECY = "words that ask for secrecy or give it away"

_VERBS = ("ignor", "disregard", "forget", "overrid", "bypass", "neglect", "discard", "dismiss",
          "set aside", "follow", "obey", "apply", "attention")  # fmt: skip
_VERB = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|es|ing)|bypass(?:ing)?|"
    r"neglect|discard|dismiss|set aside|(?:do not|don't|no longer) (?:follow|obey|apply(?! to))|"
    r"stop (?:following|obeying|applying)|pay no attention to)"
)
_EARLIER = (
    r"(?:previous|previously|prior|above|earlier|preceding|foregoing|initial|original|existing|"
    r"system|developer|safety|locked|other|all|every|everything|any of the|these|those|your|"
    r"before|so far)"
)
_RULES = (
    r"(?:instructions?|rules?|guidelines?|guidance|directions?|directives?|prompts?|"
    r"polic(?:y|ies)|constraints?|restrictions?|guardrails?|commands?|orders?|messages?|context|"
    r"training|programming|sections?|skills?)"
)
_FILLER = r"(?:(?!in |inside |within |from )[\w'-]{1,20},? ){0,4}"
_IN_DATA = (
    r"(?! (?:\w{1,20} ){0,3}(?:in|inside|within|from|found|contained|embedded|written|that "
    r"(?:appear|are|come|the (?:ticket|text|input|email|message|document|user))))"
)
"""Not of text that is worked on: "ignore all instructions in the ticket" defends the skill."""

UNDO = (
    r"(?:ignor\w{1,4}|disregard\w{0,3}|forget|drop|cancel\w{0,4}|revoked?|retired?|void|obsolete|"
    r"withdrawn|deleted|superseded|suspended|lifted|repealed|annulled|invalid|(?:does|do|did) not "
    r"(?:exist|appl[yi]\w{0,2}|count|matter)|no longer|pretend|set aside|reverse of|opposite|"
    r"contrary|a joke|for humans only|never mind|untrue|out of date|outdated)"
)
"""Words that take back what they are said of."""

_UNDO_SIGNS = (
    *("ignor", "disregard", "forget", "drop", "cancel", "revoke", "retire", "void", "obsolete"),
    *("withdrawn", "deleted", "superseded", "suspended", "lifted", "repealed", "annulled"),
    *("invalid", " not exist", " not appl", " not count", " not matter", "no longer", "pretend"),
    *("set aside", "reverse of", "opposite", "contrary", "a joke", "humans only", "never mind"),
    *("untrue", "out of date", "outdated"),
)
_OF_RULES = (
    r"(?:(?:previous|prior|earlier|preceding|foregoing|above|system|locked|initial|original)"
    r" (?:\w{1,20} ){0,2}(?:instructions?|rules?|guidelines?|polic(?:y|ies)|text|prompts?|"
    r"sections?|parts?|directives?)"
    r"|(?:instructions?|rules?|guidelines?|text|sections?|parts?|anything|everything|all) "
    r"(?:\w{1,20} ){0,2}(?:above|marked|preceding|earlier|between the)|what was said)"
)
_SENTENCES = (
    rule(_IGNORE, _UNDO_SIGNS, rf"\b{UNDO}\b(?: [^ .!?;:]{{1,20}}){{0,5}} {_OF_RULES}\b{_IN_DATA}"),
    rule(_IGNORE, _UNDO_SIGNS, rf"\b{_OF_RULES}\b(?: [^ .!?;:]{{1,20}}){{0,5}} {UNDO}\b"),
    rule(
        _IGNORE,
        ("only the following", "only these"),
        r"\b(?:from now on|instead),? (?:[\w'-]{1,20} ){0,3}only (?:the following|these)",
        r" (?:rules?|instructions?|guidelines?)\b",
    ),
    rule(_IGNORE, _VERBS, rf"\b{_VERB} {_FILLER}{_EARLIER} {_FILLER}{_RULES}\b{_IN_DATA}"),
    rule(
        _IGNORE,
        _VERBS,
        rf"\b{_VERB} {_FILLER}{_RULES},? (?:\w{{1,12}} ){{0,3}}(?:above|before|earlier|",
        r"so far|given|you (?:have|were|got|had)|of (?:the|this|your) (?:skill|system|developer|",
        r"prompt))\b",
    ),
    rule(
        _IGNORE,
        ("ignore ", "disregard ", "forget "),
        r"\b(?:ignore|disregard|forget) (?:everything|anything|all(?: of)?(?: (?:this|that))?)",
        r" (?:\w{1,12} ){0,3}(?:above|before|earlier|prior|previous\w{0,2}|said|told|so far|",
        r"else)\b",
    ),
    rule(
        _IGNORE,
        ("precedence", "priority", "supersede", "replace", "override", "outrank"),
        r"\b(?:these|this|the following|my|new) (?:instructions?|rules?|guidelines?|directives?|",
        r"prompts?|polic(?:y|ies)) (?:\w{1,12} ){0,2}(?:takes? (?:precedence|priority)|",
        r"(?:supersedes?|replaces?|overrides?|outranks?) (?:all|any|every\w{0,5}|the|your|other|",
        r"previous))",
    ),
    # German, French, Spanish, Portuguese, Italian.
    rule(
        _IGNORE,
        ("anweisung", "regeln", "vorgaben"),
        r"\b(?:ignorier\w{0,3}|vergiss|vergessen|missachte\w?) (?:sie )?(?:\w{1,14} ){0,4}",
        r"(?:anweisungen|regeln|vorgaben)\b",
    ),
    rule(
        _IGNORE,
        ("instruc", "consignes", "règles", "reglas", "regras", "istruzioni", "regole"),
        r"\b(?:ignorez|oublie[zr]?|ne suis pas|olvida|ignora|esqueça|dimentica)",
        r" (?:\w{1,12} ){0,4}(?:instructions|consignes|règles|instrucciones|reglas|instruções|",
        r"regras|istruzioni|regole)\b",
        r"|\bignore (?:\w{1,12} ){0,3}(?:instructions précédentes|instruções|consignes|regras)\b",
    ),
    # Russian, Chinese, Japanese.
    rule(
        _IGNORE,
        ("инструкц", "правил", "указан"),
        r"(?:игнорируй|забудь|не следуй)\w{0,4} (?:\w{1,14} ){0,4}(?:инструкц|правил|указан)",
    ),
    rule(
        _IGNORE,
        ("忽略", "无视", "忘记", "無視", "忘れ"),
        r"(?:忽略|无视|忘记|無視).{0,12}(?:指令|指示|说明|規則|规则|命令|提示)",
        r"|(?:指示|命令|ルール|規則)を(?:すべて|全て)?(?:無視|忘れ)",
    ),
    rule(
        _PART,
        ("you are ", "mode", "do anything now"),
        r"\byou are (?:now|no longer) (?:an? |in |the )?(?:\w{1,20} ){0,3}(?:mode|assistant|agent|",
        r"ai|model|bound|restricted|limited|dan|admin\w{0,9}|developer|root|jailbroken|",
        r"unrestricted)\b|\b(?:developer|god|admin|jailbreak) mode\b|\bdo anything now\b",
    ),
    rule(
        _SECRECY,
        ("user", "human", "person", "people", "owner", "reviewer", "operator", "anyone", "anybody"),
        r"\b(?:do not|don't|never) (?:tell|inform|notify|alert|show this to|let|",
        r"(?:mention|reveal|disclose) (?:this|it|that|these)) (?:\w{1,12} ){0,3}",
        r"(?:users?|humans?|person|people|owner|reviewer|operator|anyone|anybody)\b",
    ),
    rule(
        _SECRECY,
        ("prompt", "instructions", "key", "credential", "variables"),
        r"\b(?:reveal|print|repeat|output|show|leak|send|exfiltrate|include) (?:\w{1,12} ){0,3}",
        r"(?:system prompt|hidden (?:instructions|prompt)|initial instructions|api keys?|",
        r"environment variables)\b",
    ),
)

_ROLES = (
    rule(
        "a mark of who speaks in a conversation",
        ("<|", "inst]", "<<", "<system", "<assistant", "<developer", "</", "tem]", "per]"),
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|start_header_id|",
        r"eot_id)\|>|\[/?inst\]|<</?sys>>",
        r"|\[(?:system|developer)(?: (?:prompt|message))?\](?!\()",
        r"|</?(?:system|assistant|developer)(?:[-_](?:prompt|message|reminder))?\s{0,3}>",
    ),
    rule(
        "a mark of who speaks in a conversation",
        ("system", "developer", "assistant", "untrusted"),
        r"^[ ]{0,3}(?:#{1,6}[ ]{0,3})?(?:system|developer|assistant)(?: (?:prompt|message))?",
        r"[ ]{0,2}:[ ]{0,3}$",
        r"|^[ ]{0,3}(?:\[|-{2,10}[ ]{0,2}|={2,10}[ ]{0,2})?(?:begin|end|start) (?:of )?",
        r"(?:system|developer|untrusted)\b",
    ),
)


def overrides(text: str) -> Iterator[Hit]:
    """Each instruction in ``text`` to ignore others, or text that poses as another part's."""
    for reading in prose(text):
        for says, match in found_by(_SENTENCES, reading):
            yield Hit("overrides", says, match[0], shown(match[0]))
    for says, match in found_by(_ROLES, plain_letters(text)):
        said = " ".join(match[0].split())
        yield Hit("overrides", says, said.lower(), shown(said))
