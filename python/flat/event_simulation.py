"""A day at a clinic, event by event: patients, queues, and rooms with several people at work.

Factories, networks, call centres, traffic: discrete-event simulation asks what happens when much is
uncertain and everything waits for something else. A queue of what comes next drives it; each event
changes a few small objects and puts new events into the queue.

It does not show what drawing random numbers costs. Arrivals, ways through the clinic and lengths
of treatment are drawn beforehand and are the input; so both sides simulate the very same day.
Nor does it use a framework: SimPy has generators that wait in place of the methods here.

``native`` has the agenda in Rust: the queue is the only part that one would take out of such a
program. No function is hot: the loop that takes events out of the queue is a quarter of the time,
and most of that is ``heapq``, which is C already.
"""

from collections import deque
from heapq import heappop, heappush

try:
    from pairbench_native import event_simulation as ext
except ImportError:
    ext = None


class Agenda:
    """The clock, and the queue of what comes next."""

    __slots__ = ("events", "now", "scheduled")

    def __init__(self):
        self.now = 0
        self.events = []
        # Of events at the same time, what was scheduled first comes first.
        self.scheduled = 0

    def schedule(self, delay, action, patient):
        """Put an event into the queue."""
        self.scheduled += 1
        event = self.now + delay, self.scheduled, action, patient, patient.step
        heappush(self.events, event)

    def run(self):
        """Go from event to event until nothing more can happen."""
        events = self.events
        while events:
            self.now, _, action, patient, step = heappop(events)
            action(patient, step)


class Patient:
    """Somebody on the way through the clinic."""

    __slots__ = ("arrived", "patience", "route", "step", "urgent", "waiting_since")

    def __init__(self, arrival, patience, urgent, route):
        self.arrived = arrival
        self.patience = patience
        self.urgent = urgent
        self.route = route
        # How far on the route.
        self.step = 0
        self.waiting_since = None


class Station:
    """People who do the same work, and two queues for it: who is urgent goes first."""

    __slots__ = (
        "agenda",
        "area",
        "busy",
        "changed",
        "clinic",
        "free",
        "gave_up",
        "longest_queue",
        "longest_wait",
        "queue",
        "refused",
        "seats",
        "served",
        "urgent_queue",
        "waited",
        "waiting",
    )

    def __init__(self, clinic, staff, seats):
        self.clinic = clinic
        self.agenda = clinic.agenda
        self.free = staff
        self.seats = seats
        self.queue = deque()
        self.urgent_queue = deque()
        # How many wait; the queues also hold those who have given up.
        self.waiting = 0
        self.changed = 0
        self.area = self.busy = self.waited = 0
        self.served = self.refused = self.gave_up = 0
        self.longest_queue = self.longest_wait = 0

    def admit(self, patient):
        """Treat at once, let wait, or turn away."""
        if self.free:
            self.free -= 1
            self.treat(patient)
        elif self.waiting < self.seats:
            self.let_wait(patient)
        else:
            self.refused += 1
            self.clinic.leave(patient, "refused")

    def treat(self, patient):
        """Begin, and know when it will end."""
        _, duration = patient.route[patient.step]
        self.busy += duration
        self.served += 1
        self.agenda.schedule(duration, self.finish, patient)

    def let_wait(self, patient):
        """Put into a queue, for as long as patience lasts."""
        patient.waiting_since = self.agenda.now
        self.count(1)
        if self.waiting > self.longest_queue:
            self.longest_queue = self.waiting
        (self.urgent_queue if patient.urgent else self.queue).append(patient)
        self.agenda.schedule(patient.patience, self.give_up, patient)

    def count(self, change):
        """Note that more or fewer wait from now on."""
        now = self.agenda.now
        self.area += self.waiting * (now - self.changed)
        self.changed = now
        self.waiting += change

    def finish(self, patient, step):
        """Send on, and call the next one in."""
        following = self.next_waiting()
        if following is None:
            self.free += 1
        else:
            self.count(-1)
            wait = self.agenda.now - following.waiting_since
            following.waiting_since = None
            self.waited += wait
            if wait > self.longest_wait:
                self.longest_wait = wait
            self.treat(following)
        patient.step += 1
        self.clinic.send_on(patient)

    def next_waiting(self):
        """Take the next one who has not given up out of the queues."""
        for queue in self.urgent_queue, self.queue:
            while queue:
                patient = queue.popleft()
                if patient.waiting_since is not None:
                    return patient
        return None

    def give_up(self, patient, step):
        """Let go who has waited too long; most have been called in by then."""
        if patient.step == step and patient.waiting_since is not None:
            self.count(-1)
            patient.waiting_since = None
            self.gave_up += 1
            self.clinic.leave(patient, "gave_up")

    def report(self):
        """Return the figures."""
        return {
            "busy": self.busy,
            "gave_up": self.gave_up,
            "longest_queue": self.longest_queue,
            "longest_wait": self.longest_wait,
            "queue_area": self.area,
            "refused": self.refused,
            "served": self.served,
            "waited": self.waited,
        }


class Clinic:
    """The stations, who comes, and who has left."""

    def __init__(self, agenda, stations, patients):
        self.agenda = agenda
        self.stations = [Station(self, staff, seats) for staff, seats in stations]
        self.arrivals = iter(patients)
        self.left = {"finished": 0, "gave_up": 0, "refused": 0}
        self.stays = {}

    def await_arrival(self):
        """Schedule the next arrival, if there is one."""
        for row in self.arrivals:
            patient = Patient(**row)
            self.agenda.schedule(patient.arrived - self.agenda.now, self.arrive, patient)
            break

    def arrive(self, patient, step):
        """Let a patient in."""
        self.await_arrival()
        self.send_on(patient)

    def send_on(self, patient):
        """Go to the next station of the route, or home."""
        if patient.step < len(patient.route):
            station, _ = patient.route[patient.step]
            self.stations[station].admit(patient)
        else:
            self.leave(patient, "finished")

    def leave(self, patient, how):
        """Count who goes, and the minutes of the stay."""
        self.left[how] += 1
        minutes = (self.agenda.now - patient.arrived) // 60
        self.stays[minutes] = self.stays.get(minutes, 0) + 1

    def report(self):
        """Return the figures of the day."""
        return {
            "closed": self.agenda.now,
            "events": self.agenda.scheduled,
            "left": self.left,
            "stations": [station.report() for station in self.stations],
            "stays": sorted(self.stays.items()),
        }


def simulate(agenda, stations, patients):
    """Simulate the day, and return its figures."""
    clinic = Clinic(agenda, stations, patients)
    clinic.await_arrival()
    agenda.run()
    return clinic.report()


def python(stations, patients):
    """Compute everything in plain Python, which has ``heapq`` in C."""
    return simulate(Agenda(), stations, patients)


def native(stations, patients):
    """Keep the agenda in Rust, and call back into Python for each event."""
    return simulate(ext.Agenda(), stations, patients)
