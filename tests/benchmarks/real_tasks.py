"""What guests of a hotel ask for, and the team that each request goes to: written for this project.

The tasks of `tests.benchmarks.real_model`, apart from those of the samples, and the versions of a
skill that a seed draws from their train split.
"""

from __future__ import annotations

import random

import skillopt
from skillopt.core.evaluation.checks import Exact

SIZES = {"train": 8, "validation": 6, "test": 10}
"""Of each team, in the order of the texts."""
REQUESTS = {
    "food": """
        Two fried eggs and toast to my room please
        Can the soup be made without cream?
        We would like to order a late supper
        My son may not eat nuts, what can he have?
        A pot of tea and some biscuits for three
        Please bring the breakfast at seven
        Is there a vegetarian dish tonight?
        The steak was cold when it came
        I ordered pasta an hour ago
        Could we have a bottle of red wine upstairs
        A birthday cake for twelve people on Friday
        What is today's dessert?
        Send up a sandwich and a glass of milk
        May I see the menu for dinner
        No onions in my salad please
        Do you have oat milk for the coffee
        A bowl of fruit for the meeting at ten
        We need a packed lunch for our hike
        Fish for my wife and chicken for me
        The porridge was far too salty
        Can I get ice cream at this hour
        Lunch for six on the terrace
        Please warm this baby food
        One more plate of cheese and bread
    """,
    "cleaning": """
        Fresh towels for room twelve please
        The bed has not been made today
        There is dust on every shelf
        Could someone empty the bins
        I spilled juice on the carpet
        Please change the sheets this morning
        The bathroom floor is dirty
        We have run out of soap and shampoo
        Can my shirts be washed by tomorrow
        There are hairs in the shower
        An extra pillow and a blanket please
        The windows have not been wiped for weeks
        Please vacuum the corridor on our floor
        My suit needs ironing before the wedding
        Our room smells of smoke, please air it
        The mirror is full of stains
        Could you tidy the room while we are out
        There is sand all over the floor
        The dog has left mud on the rug
        We need more toilet paper
        Please collect my laundry at nine
        Someone has left rubbish by the lift
        The curtains are dirty and need a wash
        The cups in our room were not clean
    """,
    "repairs": """
        The tap in the bathroom drips all night
        Our heating does not work
        The lamp beside the bed is broken
        The window will not close
        No picture on the television
        The key card no longer opens my door
        The toilet is blocked
        Sparks come from the socket by the desk
        The shower gives only cold water
        The lift is stuck on the third floor
        A leg of the chair has come off
        The air conditioning makes a loud noise
        Water leaks through the ceiling
        The safe will not open any more
        The light in the hall flickers
        Our balcony door is jammed
        The radiator is leaking
        The hair dryer gave a bang and stopped
        The internet in our room is down
        The drawer has lost its handle
        The fan turns but blows no air
        The blind fell off the window
        The phone in room eight is dead
        The lock on the bathroom door is loose
    """,
    "travel": """
        A taxi to the station at six please
        How do we get to the airport tomorrow
        Is there a bus to the beach
        I would like to hire a bicycle
        Can a car pick us up from the ferry
        When does the last tram leave
        Please book a cab for four people
        We need a ride to the opera tonight
        Where may I park my car
        Does the shuttle stop at the museum
        My train leaves at nine, when should I go
        Could a driver take us to the vineyards
        A minibus for our group on Sunday
        Is there a metro station nearby
        Our flight is late, please tell the driver
        Two tickets for the boat to the island
        I need a car with a child seat
        Which bus goes to the old town
        Can we rent scooters for the day
        The taxi that we ordered is not here
        A lift back from the concert at midnight
        Can the coach wait for us outside
        How long is the drive to the lake
        Please move my reservation for the train
    """,
}
TEAMS = tuple(REQUESTS)
NAME = "hotel-requests"
HEAD = f"""---
name: {NAME}
description: Pass the request of a hotel's guest on to a team. Use it when requests come in.
---

# Hotel requests

Read what the guest asks for. Answer with the team: {", ".join(TEAMS[:-1])} or {TEAMS[-1]}.

## Worked examples
"""


def requests() -> skillopt.ValidationSet:
    """All tasks, checked to the letter."""
    check = (Exact(type="exact", criterion="team"),)
    made = [
        skillopt.Task(
            id=f"{split}-{team}-{number}",
            split=split,  # type: ignore[arg-type]
            input=text,
            expected=team,
            checks=check,
        )
        for team in TEAMS
        for number, (split, text) in enumerate(zip(_splits(), _lines(team), strict=True))
    ]
    return skillopt.ValidationSet(
        name=NAME, criteria={"team": "The team, and nothing else."}, tasks=tuple(made)
    )


def with_examples(each: int, seed: int) -> str:
    """The skill with so many examples of each team, drawn by the seed; one in all for 0."""
    draw = random.Random(f"examples {seed}")
    drawn = {team: draw.sample(_lines(team)[: SIZES["train"]], max(each, 1)) for team in TEAMS}
    pairs = [(text, team) for place in zip(*drawn.values(), strict=True)
             for text, team in zip(place, TEAMS, strict=True)]  # fmt: skip
    if not each:
        pairs = [draw.choice(pairs)]
    return HEAD + "".join(f"\nText: {text}\nAnswer: {team}\n" for text, team in pairs)


def _splits() -> list[str]:
    return [split for split, size in SIZES.items() for _ in range(size)]


def _lines(team: str) -> list[str]:
    return [line.strip() for line in REQUESTS[team].strip().splitlines()]
