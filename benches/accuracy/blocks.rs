//! What is measured when.

use super::block::{self, Parties};
use super::launches::Launcher;
use super::neighbour;
use super::options::{self, Condition, Options};
use super::peers::{Peer, criterion, pyperf};
use super::progress::Progress;
use super::report::results::{About, Key, Results};
use super::workloads::{Work, registry};
use pairbench::hosts::launcher::Stop;
use pairbench::hosts::{extension, interpreter};
use pairbench::record;
use pairbench::registry::Side;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use std::path::Path;
use std::time::Duration;

/// Assumed duration of a block until one has been measured.
const BLOCK: Duration = Duration::from_secs(75);
/// Time for a neighbour to start or stop.
const SETTLE: Duration = Duration::from_secs(1);

/// Measures blocks until the time is up or the user stops it. Only whole blocks are in the results.
///
/// # Errors
///
/// If nothing can be measured: no interpreter, no folder, no neighbour.
pub fn measure(options: &Options, stop: &'static Stop) -> Result<Results, String> {
    let python = interpreter::choose(options.interpreter.as_deref()).map_err(|error| error.to_string())?;
    let target = extension::target_folder(&registry()).join("accuracy");
    std::fs::create_dir_all(&target).map_err(|error| format!("{}: {error}", target.display()))?;
    let folder = tempfile::tempdir_in(&target)
        .map_err(|error| format!("no folder in {}: {error}", target.display()))?;
    let seed = options.seed.unwrap_or_else(|| rand::rng().random());
    let mut random = StdRng::seed_from_u64(seed);
    let mut results = Results {
        about: about(&python, options, seed),
        ..Results::default()
    };
    let mut peers = peers(options, &python, &target, folder.path(), stop, &mut results);

    let budget = Duration::from_secs_f64(options.minutes * 60.0);
    let progress = Progress::start(budget);
    for (number, (work, side, busy)) in order(options.only, &mut random).enumerate() {
        let expected = match number {
            0 => BLOCK,
            _ => progress.elapsed() / number as u32,
        };
        // At least one block; another starts only if half of it is expected to fit into the time.
        if stop.requested() || number > 0 && progress.elapsed() + expected / 2 > budget {
            break;
        }
        let condition = if busy { "busy" } else { "quiet" };
        progress.block(&format!(
            "block {}: {} in {side}, {condition}",
            number + 1,
            work.name()
        ));
        let like = Key {
            work,
            side,
            busy,
            slowed: 0,
            block: number as u32,
        };
        let parties = Parties {
            launcher: Launcher {
                python: &python,
                folder: folder.path(),
                stop,
            },
            peer: peers.of(side),
            progress: &progress,
        };
        if let Some(with_block) = whole_block(like, parties, &mut random, &results)? {
            results = with_block;
            results.about.blocks += 1;
            results.about.seconds = progress.elapsed().as_secs_f64();
            keep(&results, options.json.as_deref())?;
        }
    }
    Ok(results)
}

/// The results with one more block; `None` if it was stopped early.
fn whole_block(
    like: Key,
    mut parties: Parties<'_>,
    random: &mut StdRng,
    results: &Results,
) -> Result<Option<Results>, String> {
    let mut results = results.clone();
    if !like.busy {
        let load = record::load().map(|load| load[0]);
        results.about.loads.extend(load);
    }
    let seed = random.random();
    let neighbour = like
        .busy
        .then(|| neighbour::start(seed, parties.launcher.folder))
        .transpose()?;
    std::thread::sleep(SETTLE);
    let whole = block::measure(like, &mut parties, random, &mut results);
    drop(neighbour);
    Ok(whole.then_some(results))
}

/// All kinds of work in both languages, repeated in random order, each quiet and busy in direct succession. The
/// languages alternate, so that a short run has both peers.
fn order(only: Option<Condition>, random: &mut StdRng) -> impl Iterator<Item = (Work, Side, bool)> + use<> {
    let mut random = StdRng::seed_from_u64(random.random());
    std::iter::repeat_with(move || {
        let mut sides = [Side::Python, Side::Rust];
        sides.shuffle(&mut random);
        let mut works = [Work::ALL; 2];
        works.iter_mut().for_each(|works| works.shuffle(&mut random));
        let kinds = (0..Work::ALL.len()).flat_map(|at| [(works[0][at], sides[0]), (works[1][at], sides[1])]);
        let mut round = Vec::new();
        for (work, side) in kinds {
            let mut conditions = [false, true];
            conditions.shuffle(&mut random);
            round.extend(conditions.map(|busy| (work, side, busy)));
        }
        round
    })
    .flatten()
    .filter(move |(_, _, busy)| only.is_none_or(|only| (only == Condition::Busy) == *busy))
}

/// The peers that take part.
struct Peers {
    criterion: Option<criterion::Processes>,
    pyperf: Option<pyperf::Runs>,
}

impl Peers {
    /// Each peer measures one language.
    fn of(&mut self, side: Side) -> Option<&mut dyn Peer> {
        match side {
            Side::Rust => self.criterion.as_mut().map(|peer| peer as _),
            Side::Python => self.pyperf.as_mut().map(|peer| peer as _),
        }
    }
}

fn peers(
    options: &Options,
    python: &interpreter::Python,
    target: &Path,
    folder: &Path,
    stop: &'static Stop,
    results: &mut Results,
) -> Peers {
    let mut skip = |reason: String| {
        eprintln!("\nSKIPPED: {reason}\n");
        results.skipped.push(reason);
    };
    let mut with = |peer| {
        let with = !options.without.contains(&peer);
        if !with {
            skip(format!("{peer:?}, as asked for").to_lowercase());
        }
        with
    };
    let criterion = with(options::Peer::Criterion).then(|| criterion::Processes {
        folder: folder.into(),
        stop,
    });
    let pyperf = with(options::Peer::Pyperf).then(|| pyperf::Runs::install(python, target, folder, stop));
    let pyperf = pyperf.and_then(|installed| {
        installed
            .map_err(|error| skip(format!("pyperf, which could not be installed: {error}")))
            .ok()
    });
    Peers { criterion, pyperf }
}

fn about(python: &interpreter::Python, options: &Options, seed: u64) -> About {
    let machine = record::machine();
    let build = record::build(
        Path::new(env!("CARGO_MANIFEST_DIR")),
        pairbench_workloads::registry().opt_level(),
    );
    About {
        started: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        cpu: machine.cpu,
        cores: machine.cores,
        python: format!("{} {}", python.about.implementation, python.about.version),
        rustc: build.rustc.clone(),
        versions: format!(
            "pairbench {} ({}), criterion {}, {}",
            build.pairbench,
            build.revision.unwrap_or_default(),
            criterion_version(),
            pyperf::REQUIREMENT.replace("==", " ")
        ),
        command: command(options),
        seconds: 0.0,
        blocks: 0,
        seed,
        loads: Vec::new(),
    }
}

/// The command that docs/evidence/accuracy.md shows; without the seed, which reproduces orders but not times.
fn command(options: &Options) -> String {
    let mut command = format!("cargo bench --bench accuracy -- --minutes {}", options.minutes);
    for peer in &options.without {
        command += &format!(" --without {peer:?}").to_lowercase();
    }
    if let Some(only) = options.only {
        command += &format!(" --only {only:?}").to_lowercase();
    }
    command
}

/// From Cargo.lock: criterion does not report its version.
fn criterion_version() -> &'static str {
    let lock = include_str!("../../Cargo.lock");
    let after = lock
        .split_once("name = \"criterion\"\nversion = \"")
        .map(|(_, after)| after);
    after
        .and_then(|after| after.split('"').next())
        .unwrap_or("of unknown version")
}

fn keep(results: &Results, file: Option<&Path>) -> Result<(), String> {
    let Some(file) = file else {
        return Ok(());
    };
    // Written beside its place, then renamed: an existing file is always complete.
    let beside = file.with_extension("part");
    std::fs::write(&beside, serde_json::to_vec(results).expect("plain data"))
        .and_then(|()| std::fs::rename(&beside, file))
        .map_err(|error| format!("{}: {error}", file.display()))
}
