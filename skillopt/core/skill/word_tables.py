"""Tables of English words for comparing instructions; :mod:`skillopt.core.skill.wording` says how.

Each table is small on purpose: a word that is missing makes two texts less alike, and so at worst
costs a few rollouts; a word that is wrong could bury a good edit.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PLAIN = r"""
only        = nothing (?:else|more)|nothing but|no more and no less|and no other
atmost      = (?:no|not) (?:more|longer|later|greater|larger|higher) than|at (?:the )?most|up to
atleast     = (?:no|not) (?:less|fewer|shorter|earlier|smaller|lower) than|at (?:the )?least
not         = (?:do|does|did|is|are|was|were|must|should|shall|will|can|could|would|may|need) not
not         = can.t|won.t|shan.t|cannot|leaves? out|left out|refrain from|stay away from
not         = (?:do|does|did|is|are|was|were|must|should|has|have|had|would|could|need)n.t
ratherthan  = instead of|rather than|in place of|over
except      = apart from|except for|other than|with the exception of
before      = prior to|ahead of
if          = in case|as soon as|provided that|as long as|in the event that
if not      = unless
            = ensures?(?: that)?|make sure(?: that)?|be sure(?: to)?|see to it that
            = take care(?: to)?|has to|have to|needs to|need to|ought to|is to|are to
to          = in order to|so as to
like        = such as|for example|for instance|e\.g\.
%           = per ?cent
mentions    = talks? about|speaks? (?:of|about)|refers? to|deals? with|is about|are about
set         = goes? (?:with|to)|belongs? to
lowercase   = lower[- ]?case
uppercase   = upper[- ]?case|capital letters?
one         = a single|exactly one|just one
period      = full stop
"""
PHRASES = tuple(
    (re.compile(rf"\b(?:{several.strip()})\b", re.IGNORECASE), one.strip())
    for one, _, several in (line.partition("= ") for line in _PLAIN.strip("\n").splitlines())
)
"""Patterns of words that stand for one word, or for none."""

NEGATIONS = _words(
    """
    not no never none nobody nothing neither nor without avoid avoids avoiding forbid forbids
    forbidden prohibited omit omits omitted omitting skip skips skipped exclude excludes
    excluded excluding stop
    """
)
"""Words that turn an instruction round."""

CONDITIONS = _words(
    """
    if when whenever where once while
    """
)
"""Words that open a condition; it goes on to the next comma, stop or main verb."""

MAIN_VERBS = _words("answer set")
"""Canonical words that end a condition."""

_COUNTED = "zero one two three four five six seven eight nine ten eleven twelve"
NUMBERS = {
    **{word: str(value) for value, word in enumerate(_COUNTED.split())},
    "single": "1",
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "fifty": "50",
    "hundred": "100",
    "thousand": "1000",
    "once": "1x",
    "twice": "2x",
    "thrice": "3x",
    "half": "1/2",
    "both": "both",
    "double": "double",
}
"""Number words."""

_OPPOSITES = """
before preceding
after afterwards following
first beginning start starts initial
last final end ends ending
atmost maximum max
atleast minimum min
more above exceed exceeds greater longer larger higher later bigger
less fewer below under shorter smaller lower earlier
only solely exclusively just
or either
some sometimes several few usually often mostly most rarely seldom
may might can could optional optionally
except
ratherthan
lowercase
uppercase capitalized capitalised
increase increases raise
decrease decreases reduce
enable enabled enables
disable disabled disables
true
false
yes
positive
negative
internal inside
external outside
singular
plural
past
present
future
imperative
left
right
open opening
close closed closing
short brief briefly
long detailed lengthy
high
low
old older previous
new newer next
same identical
different differs other another
formal formally
informal informally casual
ascending
descending
"""
_UNITS = """
second third fourth fifth monday tuesday wednesday thursday friday saturday sunday january
february march april june july august september october november december hourly daily
weekly monthly yearly quarterly morning noon evening midnight weekday weekdays weekend
weekends minute minutes hour hours day days week weeks month months year years word words
sentence sentences line lines character characters paragraph paragraphs
"""
MARKS = {
    **{word: line.split()[0] for line in _OPPOSITES.splitlines() for word in line.split()},
    **{word: f"name {word.removesuffix('s')}" for word in _UNITS.split()},
}
"""Words that must agree: those with an opposite, and units and dates, where another one is another
idea. Words of one line mean the same; the first stands for all."""

PIVOTS = _words("before after ratherthan from to than of with")
"""Words whose two sides are not to be exchanged."""

SILENT = _words(
    """
    a an the this that these those it its they them their there here i me my we us our you your
    he she his her who whom whose which what is are was were be been being am do does did done
    has have had having will would shall should must to of in on at by for with as into onto
    about and but so then also too very always every each all any please simply rather quite
    exactly whatever however thus hence therefore kind sort such like out off up down own per
    via let clearly strictly directly itself
    """
)
"""Words that carry no idea of their own."""

FRAME = _words("answer set mention make begin")
"""Canonical verbs that only frame an instruction that says enough else."""

_GROUPS = """
answer answers reply replies respond responds response responses return output outputs give gives \
given write writes written produce produces print prints say says said state states emit
set sets assign assigns choose chooses chose chosen pick picks select selects classify classifies \
route routes send sends sent put puts get gets got use uses used using
mention mentions mentioned contain contains contained include includes included including named
ticket tickets message messages request requests mail mails email emails input inputs note notes \
inquiry
customer customers user users client clients person people writer writers sender
add adds append appends attach attaches insert inserts
remove removes delete deletes drop drops strip strips
keep keeps kept retain retains preserve preserves
check checks verify verifies confirm confirms
fix fixes repair repairs correct corrects mend mends
error errors mistake mistakes fault faults failure failures problem problems issue issues
big large huge
fast quick quickly rapid
begin begins commence
quote quotes cite cites quotation quotations
explain explains explanation explanations describe describes description descriptions
summary summaries summarize summarise
extra additional further surplus
prose commentary remark remarks comment comments chatter talk
list lists enumerate enumerates bullets
ask asks inquire
number numbers figure figures digit digits
field fields key keys
urgent pressing critical immediately
buy purchase
cancel cancels cancellation terminate terminates
refund refunds reimbursement reimburse
wrong incorrect mistaken
fence fences backticks
shorthand abbreviation abbreviations
round rounds rounded rounding
translate translates translation
sort sorts sorted arrange arranges
need needs require requires required
missing absent lacking lacks
phrase phrases term terms expression expressions
default fallback otherwise else
whole entire complete full
find finds found
take takes took taken
show shows showed shown
know knows knew known
make makes made
hold holds held
tell tells told
lose loses lost
break breaks broke broken
think thinks thought
mean means meant
"""
SYNONYMS = tuple(tuple(line.split()) for line in _GROUPS.strip().splitlines())
"""Groups of words that mean the same in an instruction; the first one stands for all."""

UNGROUPED = _words("returned placed names figured numbered ordered")
"""Forms that mean something else than the verb of the group they look like."""
