"""Near-copies: tasks of a validation set that ask the same in almost the same words.

Untagged twins make intervals too narrow, and a copy in another split gives a task away. Two tasks
are near-copies where their words are the same but for case, punctuation and white space, or where
they have the same answer and checks and differ in a few words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from skillopt.core.evaluation.similar_texts import Wording, similar, wordings, words_of
from skillopt.core.evaluation.task import SPLITS, Split, Task
from skillopt.core.value import Value, content_hash

ENOUGH = 0.85
"""Share of their words that near-copies with the same expected answer have in common: at most one
word in seven is added, deleted or another one. At this value nearly all pairs of Banking77 with the
same intent are the same question."""

ENOUGH_ALONE = 0.95
"""The same where no answer is given: then any word may be what the task is about."""

_RANK: dict[Split, int] = {"validation": 0, "test": 1, "train": 2}

_Groups = Mapping[tuple[str, ...], Sequence[Task]]
"""Tasks by their words."""


class NearCopy(Value):
    """Two tasks that are nearly the same."""

    first: str
    """A task's id; that of the earlier split where the two differ: train, validation, test."""
    first_split: Split
    second: str
    second_split: Split
    similarity: float
    """Share of the words they have in common, their template left out; in [0, 1]."""

    @property
    def leak(self) -> bool:
        """They are in different splits: one gives the other away."""
        return self.first_split != self.second_split

    @property
    def text(self) -> str:
        """The finding and the way out, in one sentence."""
        alike = f"{100 * self.similarity:.0f} % the same words"
        if self.leak:
            return (
                f"the {self.second_split} task {self.second!r} is nearly the {self.first_split} "
                f"task {self.first!r} ({alike}), so that one gives the other away: "
                "remove one, or move both to the same split"
            )
        return (
            f"the {self.first_split} tasks {self.first!r} and {self.second!r} are near-copies "
            f"({alike}) but count as two: give them the same `cluster`, or remove one"
        )


def near_copies(tasks: Sequence[Task]) -> tuple[NearCopy, ...]:
    """The near-copies among ``tasks``, leaks first, then by falling similarity.

    Of a family of near-copies within a split there are as many pairs as join it together. Pairs of
    train tasks are left out, and so are those that share a cluster within a split.
    """
    ranked = sorted((words_of(task.text), _RANK[task.split], task.id, task) for task in tasks)
    groups: dict[tuple[str, ...], list[Task]] = defaultdict(list)
    for words, _, _, task in ranked:
        groups[words].append(task)
    pairs = [pair for group in groups.values() for pair in _same(group)]
    pairs += _similar_words(groups)
    by_id = {task.id: task for task in tasks}
    counted = [pair for pair in pairs if not _settled(by_id[pair.first], by_id[pair.second])]
    return tuple(_joining(sorted(counted, key=_order)))


def near_copy_warnings(pairs: Sequence[NearCopy], *, most: int, more: str) -> tuple[str, ...]:
    """What to say of near-copies: the first ``most`` of each kind, then how many there are more.

    Args:
        pairs: as :func:`near_copies` has them.
        most: of leaks, and of the others.
        more: the way to all of them.
    """
    leaks = [pair for pair in pairs if pair.leak]
    twins = [pair for pair in pairs if not pair.leak]
    told = [pair.text for pair in (*leaks[:most], *twins[:most])]
    left = len(pairs) - len(told)
    last = [f"and {left} more near-{'copy' if left == 1 else 'copies'}; see {more}"] if left else []
    return (*told, *last)


def cluster_tags(tasks: Sequence[Task], pairs: Sequence[NearCopy]) -> dict[str, str]:
    """The cluster that each untagged near-copy belongs to, by its id.

    A family within a split gets the cluster that one of them has, else the id of its first task.
    Tags that are there are never changed.
    """
    families = _Families()
    for pair in pairs:
        families.join(pair.first, pair.second)
    kin: dict[tuple[str, Split], list[Task]] = defaultdict(list)
    for task in tasks:
        if task.split != "train":
            kin[families.of(task.id), task.split].append(task)
    taken = {task.cluster for task in tasks if task.cluster is not None}
    tags: dict[str, str] = {}
    for family in kin.values():
        if len(family) > 1:
            own = next((task.cluster for task in family if task.cluster is not None), None)
            name = own if own is not None else _fresh_name(family[0].id, taken)
            tags |= {task.id: name for task in family if task.cluster is None}
    return tags


def _same(group: Sequence[Task]) -> Iterator[NearCopy]:
    """Pairs of tasks with the same words; about other files the same words ask something else."""
    first: dict[str, Task] = {}
    for task in group:
        one = first.setdefault(_files(task), task)
        if one is not task:
            yield _pair(one, task, 1.0)


def _files(task: Task) -> str:
    return content_hash([[file.path, file.digest] for file in task.files]) if task.files else ""


def _similar_words(groups: _Groups) -> Iterator[NearCopy]:
    """Pairs of texts that differ in a few words, each by one of its tasks."""
    texts = wordings(list(groups))
    blocks: dict[str, list[tuple[Task, Wording]]] = defaultdict(list)
    for text, group in zip(texts, groups.values(), strict=True):
        for answer, task in _by_answer(group).items():
            if text.payload:
                blocks[answer].append((task, text))
    for block in blocks.values():
        enough = ENOUGH if block[0][0].expected is not None else ENOUGH_ALONE
        for one, other, similarity in similar([text for _, text in block], enough):
            yield _pair(block[one][0], block[other][0], similarity)


def _by_answer(tasks: Sequence[Task]) -> dict[str, Task]:
    """The first of ``tasks`` for each answer that counts as right."""
    found: dict[str, Task] = {}
    for task in tasks:
        checks = [check.model_dump(mode="json") for check in task.checks]
        found.setdefault(content_hash([task.expected, checks, _files(task)]), task)
    return found


def _pair(one: Task, other: Task, similarity: float) -> NearCopy:
    first, second = sorted((one, other), key=lambda task: (SPLITS.index(task.split), task.id))
    return NearCopy(
        first=first.id,
        first_split=first.split,
        second=second.id,
        second_split=second.split,
        similarity=similarity,
    )


def _settled(one: Task, other: Task) -> bool:
    """Nothing is to be said of the pair: the two share a cluster, or both are train tasks."""
    if one.split != other.split:
        return False
    return one.split == "train" or (one.cluster is not None and one.cluster == other.cluster)


def _order(pair: NearCopy) -> tuple[bool, float, str, str]:
    return (not pair.leak, -pair.similarity, pair.first, pair.second)


def _joining(pairs: Sequence[NearCopy]) -> Iterator[NearCopy]:
    """All leaks, and of the others those that join tasks which none before them has joined."""
    families = _Families()
    for pair in pairs:
        if pair.leak or families.join(pair.first, pair.second):
            yield pair


def _fresh_name(task_id: str, taken: set[str]) -> str:
    """A cluster's name that no other cluster has; it is taken from now on."""
    name, number = task_id, 1
    while name in taken:
        number += 1
        name = f"{task_id}-{number}"
    taken.add(name)
    return name


class _Families:
    """Ids joined by pairs: union-find, with paths made shorter (Tarjan 1975)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def of(self, member: str) -> str:
        """The id that stands for the family of ``member``."""
        root = member
        while root in self._above:
            root = self._above[root]
        while member != root:
            self._above[member], member = root, self._above[member]
        return root

    def join(self, one: str, other: str) -> bool:
        """Make two families one; False where they are one already."""
        root, other_root = self.of(one), self.of(other)
        if root == other_root:
            return False
        self._above[other_root] = root
        return True
