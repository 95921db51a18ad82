//! Simulate an epidemic among people who meet at random, with random numbers of its own.

use pairbench::registry::prelude::*;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "simulates an epidemic")
        .input(generate)
        .cases("people", &[50, 1_200, 5_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    people: u64,
    days: u32,
    seed: u32,
}

fn generate(people: u64, seed: u64) -> Input {
    Input {
        people,
        days: 25,
        seed: (seed % 1_000_000_007) as u32,
    }
}

/// The generator of Park and Miller.
struct Random {
    state: u64,
}

impl Random {
    fn new(seed: u32) -> Random {
        Random {
            state: u64::from(seed) % 2_147_483_646 + 1,
        }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.state = self.state * 48_271 % 2_147_483_647;
        self.state % n
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Healthy,
    Ill,
    Immune,
}

struct Person {
    state: State,
    days: u32,
    friends: Vec<usize>,
}

fn count(crowd: &[Person], state: State) -> usize {
    crowd.iter().filter(|person| person.state == state).count()
}

fn rust(input: &Input) -> (Vec<usize>, usize) {
    let mut random = Random::new(input.seed);
    let mut anyone = || random.below(input.people) as usize;
    let mut crowd: Vec<Person> = (0..input.people)
        .map(|_| Person {
            state: State::Healthy,
            days: 0,
            friends: (0..6).map(|_| anyone()).collect(),
        })
        .collect();
    for _ in 0..1 + input.people / 100 {
        crowd[anyone()].state = State::Ill;
    }
    let mut curve = Vec::new();
    for _ in 0..input.days {
        let mut newly = Vec::new();
        for at in 0..crowd.len() {
            if crowd[at].state != State::Ill {
                continue;
            }
            for &friend in &crowd[at].friends {
                if crowd[friend].state == State::Healthy && random.below(100) < 12 {
                    newly.push(friend);
                }
            }
            let person = &mut crowd[at];
            person.days += 1;
            if person.days > 5 && random.below(4) == 0 {
                person.state = State::Immune;
            }
        }
        for person in newly {
            crowd[person].state = State::Ill;
        }
        curve.push(count(&crowd, State::Ill));
    }
    (curve, count(&crowd, State::Healthy))
}
