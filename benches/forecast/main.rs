//! `cargo bench --bench forecast`: fits the gains of `pairbench forecast` to workloads with a port, and scores forecasts of
//! workloads that were left out. It measures nothing itself, and ends with the tables of docs/evidence/forecasts.md.
//!
//! | file | what it does |
//! |---|---|
//! | `workloads.csv` of the module `forecast` | the workloads: shares of the Python side's time by class of work, and what the port gained |
//! | `workloads.rs` | reads them, and newer ratios from records |
//! | `model.rs` | the model, and the fit |
//! | `written.rs` | what `pairbench forecast --json` printed: newer shares, and forecasts from before the port |
//! | `extensions.rs`, `extensions.csv` | forecasts of an extension that replaces one function, and its measured gain |
//! | `score.rs` | how far forecasts were off |
//! | `page.rs` | the tables |
//! | `gains.rs` | the constants in the source of `pairbench forecast` |
//! | `corpus/` | the pairs outside the catalogue |
#![allow(missing_docs, reason = "an executable")]

mod extensions;
mod gains;
mod model;
mod page;
mod score;
mod workloads;
mod written;

use clap::Parser;
use model::Gains;
use pairbench::record;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Fits the gains of forecasts and scores them. Without arguments it uses the kept workloads, and changes no file.
#[derive(Debug, Parser)]
#[command(
    name = "cargo bench --bench forecast --",
    bin_name = "cargo bench --bench forecast --",
    max_term_width = 100
)]
struct Options {
    /// Take the ratios of the ports from this record, where it has them: of `cargo bench`, or of `cargo bench -p
    /// pairbench-corpus`
    #[arg(long, value_name = "FILE")]
    record: Vec<PathBuf>,

    /// Take the shares of the classes of work, and ratios that no record has, from this file [default: the kept ones]
    #[arg(long, value_name = "FILE")]
    workloads: Option<PathBuf>,

    /// Take the shares from this folder, where it has them: what `cargo bench -- --forecast FOLDER` wrote, or `cargo bench -p
    /// pairbench-corpus -- --forecast FOLDER`
    #[arg(long, value_name = "FOLDER")]
    forecasts: Option<PathBuf>,

    /// Write these shares and ratios into the kept workloads; pairs with both are added to them
    #[arg(long)]
    write_workloads: bool,

    /// Write the tables into docs/evidence/forecasts.md
    #[arg(long)]
    write_page: bool,

    /// Write the fitted gains and the bands into the source of `pairbench forecast`
    #[arg(long)]
    write_gains: bool,

    /// Cargo passes it
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The pipeline: read, fit and score, print, write what was requested.
fn run(options: &Options) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let kept = root.join("crates/pairbench/src/forecast/workloads.csv");
    let mut workloads = workloads::read(options.workloads.as_ref().unwrap_or(&kept))?;
    let written = written::read(&root.join("benches/forecast/written"))?;
    let newer = match &options.forecasts {
        Some(folder) => written::read(folder)?,
        None => Vec::new(),
    };
    let mut ratios = BTreeMap::new();
    for path in &options.record {
        ratios.extend(workloads::ratios(path)?);
    }
    let catalogue = pairbench_workloads::registry();
    workloads::update(&mut workloads, &newer, &ratios, &catalogue);
    let kept_extensions = root.join("benches/forecast/extensions.csv");
    let mut extensions = workloads::rows(&kept_extensions)?;
    extensions::update(&mut extensions, &newer, &ratios, &catalogue);
    let measured: BTreeMap<&str, f64> = (workloads.iter())
        .map(|workload| (workload.name.as_str(), workload.ratio))
        .collect();
    let source = root.join(gains::FILE);
    let text = std::fs::read_to_string(&source).ok();
    let shipped = text.as_deref().map(gains::read).transpose()?;
    let tables = format!(
        "{}\n{}{}{}",
        about(root),
        page::tables(&workloads, shipped.as_ref()),
        page::extensions(&extensions),
        page::written(&written, &measured)
    );
    // A reader that has seen enough may close the pipe.
    let _ = writeln!(std::io::stdout(), "{tables}");
    if options.write_page {
        let file = root.join(page::FILE);
        write(&file, &page::put(&read(&file)?, &tables)?)?;
    }
    if options.write_workloads {
        write(&kept, &workloads::with_rows(&read(&kept)?, &workloads))?;
        write(
            &kept_extensions,
            &extensions::with_rows(&read(&kept_extensions)?, &extensions),
        )?;
    }
    if options.write_gains {
        let fitted = Gains::fit(&workloads.iter().collect::<Vec<_>>());
        let bands = score::bands(&score::leave_one_out(&workloads));
        write(&source, &gains::rewrite(&read(&source)?, &fitted, &bands)?)?;
        format(root, &source)?;
    }
    Ok(())
}

/// Date, commit and command. No machine: what counts is that of the measurements, not this one.
fn about(root: &Path) -> String {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let commit = record::build(root, pairbench_workloads::registry().opt_level())
        .revision
        .unwrap_or_else(|| "unknown".into());
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let mut command = "cargo bench --bench forecast".to_string();
    if !arguments.is_empty() {
        command += " -- ";
        command += &arguments.join(" ");
    }
    format!("| date | commit | command |\n|---|---|---|\n| {today} | {commit} | `{command}` |\n")
}

fn format(root: &Path, file: &Path) -> Result<(), String> {
    let formatted = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .args([root, file])
        .status();
    match formatted {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("rustfmt of {} failed: {status}", file.display())),
        Err(error) => Err(format!("cannot run rustfmt: {error}")),
    }
}

fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    eprintln!("wrote {}", file.display());
    Ok(())
}
