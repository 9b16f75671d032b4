"""Names and addresses of people who do not exist, in postcodes that no post office knows."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_GIVEN = (
    "Aisha Alfie Amelia Arjun Ava Bilal Callum Chloe Daisy Daniel Elif Ella Ethan Evie Fatima "
    "Finley Freya George Grace Hana Harvey Imran Isla Jacob Jasmine Kaya Keira Leo Lily Logan "
    "Lucas Maryam Maya Mia Noah Nina Oliver Omar Oscar Poppy Priya Reuben Rosie Ruby Samuel "
    "Sienna Theo Tomasz Willow Yusuf Zara Zoe"
).split()
_FAMILY = (
    "Abara Ackroyd Ainscough Balcombe Barraclough Bickerstaff Birtwhistle Brathwaite Carmody "
    "Chowdhury Clegghorn Cottingham Dalgleish Davenport Dunkerley Eastwick Ellacott Entwistle "
    "Fairhurst Fernandes Garside Gillibrand Goodenough Hardcastle Hathersage Higginbotham "
    "Inchbald Jagger Jaworski Kershaw Killick Lazenby Longbottom Lumley Makinde Merriweather "
    "Molyneux Nwosu Oldroyd Ormerod Pendlebury Pilkington Quayle Ramsbottom Redfearn Rowbotham "
    "Satterthwaite Sedgwick Shufflebottom Siddiqui Tattersall Thistlewood Threlfall Tunnicliffe "
    "Ullathorne Varghese Wolstenholme Wigglesworth Yarwood Zielinski"
).split()
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, kw_only=True)
class Details:
    """By what people would know a child; the area QX is in no use."""

    given_name: str
    family_name: str
    postcode: str


def details_of(number: int) -> Details:
    """Return the name and postcode of an invented child, the same whatever the seed."""
    random = Random(f"details/{number}")
    inward = f"{random.randrange(10)}{random.choice(_LETTERS)}{random.choice(_LETTERS)}"
    return Details(
        given_name=random.choice(_GIVEN),
        family_name=random.choice(_FAMILY),
        postcode=f"QX{random.randint(1, 9)} {inward}",
    )
