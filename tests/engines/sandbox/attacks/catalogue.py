"""All attacks, class by class."""

from tests.engines.sandbox.attacks import (
    class01_replacing,
    class02_lying_values,
    class03_reading,
    class04_forging,
    class05_not_stopping,
    class06_too_much,
    class07_reaching_out,
    class08_notebook,
    class09_people,
    class10_knowing,
)
from tests.engines.sandbox.attacks.attack import Attack

CLASSES = {
    1: ("Replacing functions", class01_replacing),
    2: ("Values that lie", class02_lying_values),
    3: ("Reading what it may not", class03_reading),
    4: ("Forging the result", class04_forging),
    5: ("Not stopping", class05_not_stopping),
    6: ("Taking too much", class06_too_much),
    7: ("Reaching out", class07_reaching_out),
    8: ("The notebook itself", class08_notebook),
    9: ("The people who look", class09_people),
    10: ("Knowing the exam", class10_knowing),
}

ATTACKS: list[Attack] = [attack for _, module in CLASSES.values() for attack in module.ATTACKS]
