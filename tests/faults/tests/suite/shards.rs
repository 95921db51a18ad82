//! The examples in docs/ for job engines: their very commands, with stand-ins for Cargo and for the engine.

use super::bench::{Bench, SHORT};
use pairbench::record::{Record, Shard, Status, is_record, read};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use yaml_rust2::{Yaml, YamlLoader};

/// Four pairs, one of which lacks a variant.
const PAIRS: [&str; 4] = ["honest", "needs_missing", "prints", "reads_stdin"];

/// Stands in for Cargo in a checkout where everything is built: measures these pairs for a moment.
const CARGO: &str = r#"#!/bin/sh
case "$*" in
"bench --no-run") ;;
"bench -- --against "*)
    # Nothing is built: both are what was built before.
    "$BENCH" --bench "$FILTER" --quick $SHORT --reports reports/against
    exec "$BENCH" --bench "$FILTER" --quick $SHORT ;;
"bench -- "*) shift 2; exec "$BENCH" --bench "$FILTER" --quick $SHORT "$@" ;;
"run --quiet -- "*) shift 3; exec "$TOOL" "$@" ;;
*) echo "cargo was not expected to be called with: $*" >&2; exit 99 ;;
esac
"#;

/// Stands in for Slurm: runs each job at once, an array's one after the other, each on a node of its own.
const SBATCH: &str = r#"#!/usr/bin/env bash
set -eu
array= dependency=
while [[ $1 == --* ]]; do
    case $1 in --array=*) array=${1#*=} ;; --dependency=*) dependency=${1#*=} ;; esac
    shift
done
if [[ -n $array ]]; then
    for ((task = ${array%-*}; task <= ${array#*-}; task++)); do
        SLURM_ARRAY_TASK_ID=$task PAIRBENCH_MACHINE=node$task bash "$@" >&2
    done
    echo 17
else
    [[ $dependency == afterany:17 ]]
    bash "$@" >&2
    echo 18
fi
"#;

/// Stands in for GitHub, where pull request 7 has come from branch `faster` of `someone`.
const GH: &str = r#"#!/usr/bin/env bash
set -eu
echo "$*" >>../calls
case "$*" in
*/pulls*head=someone:faster*) echo 7 ;;
*/issues/7/comments*--paginate*) [[ ! -e ../comment ]] || echo 99 ;;
*POST*/issues/7/comments*body=@body.md | *PATCH*/issues/comments/99*body=@body.md) cp body.md ../comment ;;
*) echo "gh was not expected to be called with: $*" >&2; exit 99 ;;
esac
"#;

fn docs(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(file)
}

fn yaml(file: &str) -> Vec<Yaml> {
    let text = fs::read_to_string(docs(file)).unwrap();
    YamlLoader::load_from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn text(yaml: &Yaml) -> String {
    yaml.as_str()
        .unwrap_or_else(|| panic!("no text: {yaml:?}"))
        .into()
}

/// A folder in which commands find the stand-ins.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Place::with(&[("cargo", CARGO), ("sbatch", SBATCH)])
    }

    fn with(programs: &[(&str, &str)]) -> Self {
        let place = Place(tempfile::tempdir().unwrap());
        for (name, program) in programs {
            let path = place.at("bin").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, program).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        place
    }

    fn at(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// Runs a command in a folder below, and returns its standard error.
    #[track_caller]
    fn run(&self, folder: &str, command: &[&str], environment: &[(&str, &str)]) -> String {
        fs::create_dir_all(self.at(folder)).unwrap();
        let path = std::env::var("PATH").unwrap();
        let output = Command::new(command[0])
            .args(&command[1..])
            .current_dir(self.at(folder))
            .env("PATH", format!("{}:{path}", self.at("bin").display()))
            .env("BENCH", env!("CARGO_BIN_EXE_pairbench-faults"))
            .env("TOOL", env!("CARGO_BIN_EXE_pairbench-faults-tool"))
            .env("FILTER", format!("^({})$", PAIRS.join("|")))
            .env("SHORT", SHORT)
            .env("PAIRBENCH_ALLOW_DEBUG", "1")
            .env_remove("PAIRBENCH_INTERPRETER")
            .env_remove("VIRTUAL_ENV")
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.success(),
            "{command:?}: {:?}\n{said}",
            output.status
        );
        said
    }
}

/// All records below a folder.
fn records(folder: &Path) -> Vec<Record> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(records(&path));
        } else if is_record(&path) {
            all.push(read(&path).unwrap());
        }
    }
    all
}

/// Each pair was measured in just one part, and the report shows in which.
#[track_caller]
fn is_whole(records: &[Record], parts: u32, report: &Path) {
    let there: BTreeSet<(u32, u32)> = records
        .iter()
        .filter_map(|record| record.settings.shard)
        .map(|shard| (shard.part, shard.of))
        .collect();
    assert_eq!(there, (1..=parts).map(|part| (part, parts)).collect());
    assert_eq!(records.len(), parts as usize);
    let mut machines = BTreeMap::new();
    for record in records {
        assert_eq!(record.status, Status::Complete);
        assert_eq!(
            record.nulls.is_empty(),
            record.pairs.is_empty(),
            "each part calibrates itself"
        );
        for pair in &record.pairs {
            let before = machines.insert(pair.name.clone(), record.machine.name.clone());
            assert_eq!(before, None, "{} was measured twice", pair.name);
        }
    }
    assert_eq!(
        machines.keys().collect::<Vec<_>>(),
        PAIRS.iter().collect::<Vec<_>>()
    );
    let index = fs::read_to_string(report.join("index.html")).unwrap();
    for record in records {
        assert!(
            index.contains(&record.machine.name),
            "{} is not on the index",
            record.machine.name
        );
    }
    for (pair, machine) in machines {
        let page = fs::read_to_string(report.join(format!("pairs/{pair}.html"))).unwrap();
        assert!(
            page.contains(&machine),
            "the page of {pair} does not name {machine}"
        );
    }
}

#[test]
fn the_example_for_github_measures_all_parts_and_reports_them() {
    let file = &yaml("shards-in-ci.yml")[0];
    let (measure, report) = (&file["jobs"]["measure"], &file["jobs"]["report"]);
    assert_eq!(text(&report["needs"]), "measure");
    let parts = measure["strategy"]["matrix"]["part"].as_vec().unwrap();
    let place = Place::new();
    let has = |step: &&Yaml, key: &str| !step[key].is_badvalue();
    for part in parts {
        let part = part.as_i64().unwrap().to_string();
        let filled = |yaml: &Yaml| {
            let filled = text(yaml)
                .replace("${{ matrix.part }}", &part)
                .replace("${{ strategy.job-total }}", &parts.len().to_string())
                .replace("${{ runner.name }}", &format!("runner-{part}"));
            assert!(!filled.contains("${{"), "{filled}");
            filled
        };
        let steps = measure["steps"].as_vec().unwrap();
        let step = steps.iter().find(|step| has(step, "run")).unwrap();
        let machine = filled(&step["env"]["PAIRBENCH_MACHINE"]);
        let command = filled(&step["run"]);
        let checkout = format!("checkout-{part}");
        place.run(
            &checkout,
            &["bash", "-e", "-c", &command],
            &[("PAIRBENCH_MACHINE", &machine)],
        );
        let upload = steps
            .iter()
            .find(|step| text_of(step, "uses").contains("upload"))
            .unwrap();
        let artifact = place
            .at("merged")
            .join("parts")
            .join(filled(&upload["with"]["name"]));
        fs::create_dir_all(artifact.parent().unwrap()).unwrap();
        fs::rename(place.at(&checkout).join(text(&upload["with"]["path"])), artifact).unwrap();
    }
    let steps = report["steps"].as_vec().unwrap();
    let download = steps
        .iter()
        .find(|step| text_of(step, "uses").contains("download"))
        .unwrap();
    assert_eq!(text(&download["with"]["path"]), "parts");
    let step = steps.iter().find(|step| has(step, "run")).unwrap();
    place.run("merged", &["bash", "-e", "-c", &text(&step["run"])], &[]);
    let all = records(&place.at("merged/parts"));
    is_whole(&all, parts.len() as u32, &place.at("merged/reports"));
}

/// The steps of a workflow's only job.
fn steps(file: &Yaml, job: &str) -> Vec<Yaml> {
    file["jobs"][job]["steps"].as_vec().unwrap().clone()
}

#[test]
fn a_pull_request_from_a_fork_gets_one_comment_with_the_table() {
    let (compare, comment) = (&yaml("compare-in-ci.yml")[0], &yaml("comment-in-ci.yml")[0]);
    // The first has no write permission, which a fork is not given; the second runs nothing from the fork.
    assert_eq!(text(&compare["permissions"]["contents"]), "read");
    assert_eq!(comment["on"]["workflow_run"]["workflows"][0], compare["name"]);
    assert_eq!(text(&comment["permissions"]["pull-requests"]), "write");
    let (first, second) = (steps(compare, "compare"), steps(comment, "comment"));
    assert!(
        !second
            .iter()
            .any(|step| text_of(step, "uses").contains("checkout"))
    );

    let place = Place::with(&[("cargo", CARGO), ("git", "#!/bin/sh\n"), ("gh", GH)]);
    let run = |folder: &str, steps: &[Yaml], environment: &[(&str, &str)]| {
        for step in steps.iter().filter(|step| !step["run"].is_badvalue()) {
            let command = text(&step["run"]).replace("${{", "").replace("}}", "");
            place.run(folder, &["bash", "-e", "-c", &command], environment);
        }
    };
    let summary = place.at("summary").display().to_string();
    run("checkout", &first, &[("GITHUB_STEP_SUMMARY", &summary)]);
    let uploads = first
        .iter()
        .filter(|step| text_of(step, "uses").contains("upload"));
    let artifact = uploads
        .map(|step| &step["with"])
        .find(|with| with["name"] == second[0]["with"]["name"])
        .unwrap();
    let file = text(&artifact["path"]);
    fs::create_dir_all(place.at("runner")).unwrap();
    fs::copy(place.at("checkout").join(&file), place.at("runner").join(&file)).unwrap();

    let environment = [("GH_REPO", "me/mine"), ("HEAD", "someone:faster")];
    run("runner", &second, &environment);
    run("runner", &second, &environment);
    let comment = fs::read_to_string(place.at("comment")).unwrap();
    let table = fs::read_to_string(&summary).unwrap();
    assert!(table.contains("honest") && comment.ends_with(&table), "{comment}");
    let calls = fs::read_to_string(place.at("calls")).unwrap();
    let of = |method: &str| calls.lines().filter(|call| call.contains(method)).count();
    assert_eq!((of("POST"), of("PATCH")), (1, 1), "{calls}");

    // Without a table, as after a build that failed, nothing is posted.
    run("nothing", &second, &environment);
    assert_eq!(fs::read_to_string(place.at("calls")).unwrap(), calls);
}

/// The value of a key; empty if missing.
fn text_of(step: &Yaml, key: &str) -> String {
    step[key].as_str().unwrap_or_default().into()
}

#[test]
fn the_example_for_slurm_measures_all_parts_and_reports_them() {
    let place = Place::new();
    let script = docs("shards-slurm.sh");
    let script = script.to_str().unwrap();
    // More parts than pairs: some have none, and still end well.
    let said = place.run("shared", &["bash", script], &[("PARTS", "6")]);
    assert!(said.contains("has no pairs"), "{said}");
    is_whole(
        &records(&place.at("shared/parts")),
        6,
        &place.at("shared/reports"),
    );
}

/// The same with Slurm instead of the stand-in.
#[test]
#[ignore = "needs Slurm, which .ci/slurm starts"]
fn slurm_itself_measures_all_parts_and_reports_them() {
    let place = Place::with(&[("cargo", CARGO)]);
    let script = docs("shards-slurm.sh");
    place.run("shared", &["bash", script.to_str().unwrap()], &[("PARTS", "3")]);
    let waits = "while [ -n \"$(squeue --me --noheader)\" ]; do sleep 1; done; cat slurm-*.out >&2";
    let said = place.run("shared", &["timeout", "300", "bash", "-c", waits], &[]);
    eprintln!("{said}");
    is_whole(
        &records(&place.at("shared/parts")),
        3,
        &place.at("shared/reports"),
    );
}

#[test]
fn the_script_for_slurm_is_sound() {
    let script = docs("shards-slurm.sh");
    let checked = |command: &mut Command| command.arg(&script).output();
    let output = checked(Command::new("bash").arg("-n")).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    match checked(&mut Command::new("shellcheck")) {
        Ok(output) => assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        ),
        Err(error) => eprintln!("SKIPPED: shellcheck is not here ({error})"),
    }
}

#[test]
fn the_example_for_kubernetes_measures_all_parts_and_reports_them() {
    let [measure, report] = yaml("shards-kubernetes.yaml").try_into().expect("two Jobs");
    let container = |job: &Yaml| job["spec"]["template"]["spec"]["containers"][0].clone();
    let value = |job: &Yaml, name: &str| {
        let container = container(job);
        let all = container["env"].as_vec().unwrap().clone();
        let own = all.into_iter().find(|own| own["name"].as_str() == Some(name));
        own.unwrap_or_else(|| panic!("no {name}"))
    };
    let command = |job: &Yaml| {
        let container = container(job);
        let words = [&container["command"], &container["args"]];
        words
            .map(|words| words.as_vec().unwrap().iter().map(text).collect::<Vec<_>>())
            .concat()
    };
    let spec = &measure["spec"];
    assert_eq!(text(&spec["completionMode"]), "Indexed");
    let parts = spec["completions"].as_i64().unwrap();
    assert_eq!(spec["parallelism"].as_i64(), Some(parts));
    let node = value(&measure, "PAIRBENCH_MACHINE");
    assert_eq!(text(&node["valueFrom"]["fieldRef"]["fieldPath"]), "spec.nodeName");
    let place = Place::new();
    let volume = place.at("volume").display().to_string();
    for job in [&measure, &report] {
        assert_eq!(text(&value(job, "PARTS")["value"]), parts.to_string());
        let mounted = text(&container(job)["volumeMounts"][0]["mountPath"]);
        assert_eq!(text(&value(job, "RECORDS")["value"]), mounted);
    }
    let run = |job: &Yaml, own: &[(&str, &str)]| {
        let words = command(job);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let parts = parts.to_string();
        let shared = [("PARTS", parts.as_str()), ("RECORDS", volume.as_str())];
        place.run("checkout", &words, &[&shared, own].concat());
    };
    for index in 0..parts {
        let (index, node) = (index.to_string(), format!("worker-{index}"));
        run(
            &measure,
            &[("JOB_COMPLETION_INDEX", &index), ("PAIRBENCH_MACHINE", &node)],
        );
    }
    run(&report, &[]);
    is_whole(
        &records(Path::new(&volume)),
        parts as u32,
        &place.at("volume/report"),
    );
}

#[test]
fn a_part_goes_on_as_the_same_part() {
    let ran = Bench::new(&format!("{SHORT} --shard 2/2 honest|prints --quick --noplot")).run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let mut record = ran.record();
    assert_eq!(record.pairs.len(), 1);
    assert_eq!(record.settings.shard, Some(Shard { part: 2, of: 2 }));
    record.status = Status::Interrupted;
    record.settings.launches = 2;
    pairbench::record::write(&record, &ran.folder.path().join("records")).unwrap();
    let ran = Bench::in_folder(ran.folder, "--resume --noplot").run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let resumed = ran.record();
    assert_eq!((resumed.pairs.len(), resumed.pairs[0].launches.len()), (1, 2));
    assert_eq!(resumed.settings.shard, record.settings.shard);
}

#[test]
fn a_part_without_pairs_ends_well_and_leaves_a_record() {
    let ran = Bench::new("--shard 3/3 honest|prints --quick").run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("part 3/3 has no pairs"), "{}", ran.stderr);
    let record = ran.record();
    assert!(record.pairs.is_empty() && record.status == Status::Complete);
    let listed = Bench::new("--shard 3/3 honest|prints --list").run();
    assert_eq!((listed.code, listed.stdout.as_str()), (Some(0), ""));
    let tested = Bench::new("--shard 3/3 honest|prints --test").run();
    assert_eq!((tested.code, tested.records().len()), (Some(0), 0));
}
