"""What a swarm has to cope with, and how soon the last leecher could have the file at best."""

import dataclasses

LEECHERS = 8
MEGABITS = 100


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    # As a multiple of the lower bound: what BitTrickle may need.
    limit: float
    seeder: int = MEGABITS
    late: int = 0
    leaving: int = 0
    liars: int = 0

    def middle(self, size):
        """When late leechers join and others leave, in seconds: half of what one link needs for the file."""
        return size * 8 / (MEGABITS * 1e6) / 2

    def bound(self, size):
        """The lower bound in seconds for the last leecher that stays, of bytes without any header.

        Each byte leaves the seeder once; a link takes the file no faster than it carries it; and what all receive
        together was sent by those who are there, of whom liars do not count.
        """
        bits, link, middle = size * 8, MEGABITS * 1e6, self.middle(size)
        start = middle if self.late else 0
        staying = LEECHERS - self.leaving
        before = self.seeder * 1e6 + (LEECHERS - self.late) * link
        after = self.seeder * 1e6 + staying * link
        wanted = staying * bits
        together = wanted / before if wanted <= before * middle else middle + (wanted - before * middle) / after
        return max(bits / (self.seeder * 1e6), start + bits / link, together)


SCENARIOS = [
    Scenario("even", "All start together", 1.20),
    Scenario("slow", "The seeder has 20 Mbit/s", 1.15, seeder=20),
    Scenario("late", "Two of the eight join in the middle", 1.25, late=2),
    Scenario("leave", "Two of the eight leave in the middle", 1.25, leaving=2),
    Scenario("lie", "A ninth node offers the whole file, and every block of it is wrong", 1.25, liars=1),
]
