use super::*;
use rand::SeedableRng;

fn text(text: &str) -> Plain {
    Plain::Str(text.into())
}

/// The inputs that result from many mutations of mutations.
fn dug(seeds: &[Plain], fixed: usize, number: usize) -> Vec<Plain> {
    let mut mutator = Mutator {
        fixed,
        ..Mutator::default()
    };
    let mut all = seeds.to_vec();
    all.iter().for_each(|seed| mutator.learn(seed));
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..number {
        let input = all[rng.random_range(0..all.len().min(200))].clone();
        all.push(mutator.mutate(&input, &mut rng).0);
    }
    all
}

#[test]
fn what_programs_get_wrong_is_reached() {
    let words = dug(&[Plain::List(vec![text("word"), text("other")])], 0, 4000);
    let any = |is: &dyn Fn(&[Plain]) -> bool| {
        words
            .iter()
            .any(|value| matches!(value, Plain::List(items) if is(items)))
    };
    assert!(any(&|items| items.is_empty()));
    assert!(any(&|items| items.len() == 1));
    assert!(any(&|items| items.len() > 30));
    assert!(any(&|items| items.len() > 1 && items[0] == items[1]));
    assert!(any(&|items| items.contains(&text(""))));
    for special in ["ß", "\r\n", "٣", "\u{301}"] {
        let has = |item: &Plain| matches!(item, Plain::Str(text) if text.contains(special));
        assert!(any(&|items| items.iter().any(has)), "{special:?}");
    }
    let numbers = dug(&[Plain::List(vec![Plain::int(5), Plain::Float(1.25)])], 0, 4000);
    let shown: Vec<String> = numbers.iter().map(Plain::python).collect();
    for wanted in [
        "9223372036854775808",
        "-9223372036854775808",
        "float(\"nan\")",
        "-0.0",
        ".5",
        "5e-324",
    ] {
        assert!(shown.iter().any(|one| one.contains(wanted)), "{wanted}");
    }
}

#[test]
fn the_arguments_of_a_call_keep_their_number_and_their_names() {
    let call = Plain::Tuple(vec![
        Plain::Tuple(vec![text("a"), Plain::int(1)]),
        Plain::Dict(vec![(text("key"), Plain::Float(1.0))]),
    ]);
    for input in dug(std::slice::from_ref(&call), 2, 2000) {
        let Plain::Tuple(parts) = &input else {
            panic!("{input:?}")
        };
        assert_eq!(parts[0].children().len(), 2, "{input:?}");
        assert_eq!(parts[1].children().len(), 2, "{input:?}");
        assert_eq!(parts[1].children()[0], &text("key"), "{input:?}");
    }
}

#[test]
fn what_a_type_refuses_is_tried_less() {
    let seed = Plain::List(vec![Plain::int(1), Plain::int(2)]);
    let mut mutator = Mutator::new(true);
    mutator.learn(&seed);
    let mut rng = StdRng::seed_from_u64(1);
    let fits = |value: &Plain| value.read::<Vec<u8>>().is_ok();
    let refused = |mutator: &mut Mutator, rng: &mut StdRng| {
        let tried = (0..5000).map(|_| {
            let (value, changes) = mutator.mutate(&seed, rng);
            mutator.judge(changes, fits(&value));
            usize::from(!fits(&value))
        });
        tried.sum::<usize>()
    };
    let first = refused(&mut mutator, &mut rng);
    let later = refused(&mut mutator, &mut rng);
    assert!(later * 2 < first, "{first} refused at first, {later} later");
}
