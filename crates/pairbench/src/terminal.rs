//! Progress and messages: a bar and colours on a terminal, plain lines elsewhere.

use crate::text::visible;
use indicatif::{ProgressBar, ProgressStyle};
use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// As the terminal and NO_COLOR say.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where a run reports what it does. Everything except the final table goes to standard error.
#[derive(Debug)]
pub(crate) struct Terminal {
    colors: bool,
    quiet: bool,
    lost: Cell<bool>,
    bar: Option<ProgressBar>,
    live: bool,
    total: u64,
    done: u64,
    noun: &'static str,
    left: Option<Duration>,
    /// The phase ends after this time in any case.
    most: Option<Duration>,
    started: Instant,
    last_line: Instant,
}

/// Time between two plain lines of progress.
const PLAIN_INTERVAL: Duration = Duration::from_secs(15);

impl Terminal {
    /// With `quiet`, only warnings, errors and their details are written.
    pub fn new(color: Color, quiet: bool) -> Self {
        let live = std::io::stderr().is_terminal();
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colors = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => std::io::stdout().is_terminal() && live && !no_color && !dumb,
        };
        let now = Instant::now();
        Terminal {
            colors,
            quiet,
            lost: Cell::new(false),
            bar: None,
            live: live && !dumb && !quiet,
            total: 0,
            done: 0,
            noun: "",
            left: None,
            most: None,
            started: now,
            last_line: now,
        }
    }

    /// Whether to write colours.
    pub fn colors(&self) -> bool {
        self.colors
    }

    /// Writes a line that stays; nothing when quiet.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            self.detail(line);
        }
    }

    /// Writes a line that stays, quiet or not: a part of a warning or an error.
    pub fn detail(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(harmless(line)),
            None => {
                let written = print_error(line);
                self.lost.set(self.lost.get() || !written);
            }
        }
    }

    /// Whether some line could not be written.
    pub fn has_lost_lines(&self) -> bool {
        self.lost.get()
    }

    /// Warns of something that the user should look at, but that stops nothing.
    pub fn warn(&self, text: &str) {
        self.detail(&format!("{} {text}", self.paint("33", "warning:")));
    }

    /// Reports something that is wrong.
    pub fn error(&self, text: &str) {
        self.detail(&format!("{} {text}", self.paint("1;31", "error:")));
    }

    /// Text in an ANSI style, if colours are on.
    pub fn paint(&self, style: &str, text: &str) -> String {
        paint(self.colors, style, text)
    }

    /// Starts a phase of `total` steps; `noun` is their name in the plural.
    pub fn begin(&mut self, total: u64, noun: &'static str) {
        self.end();
        (self.total, self.done, self.noun, self.left) = (total, 0, noun, None);
        self.most = None;
        (self.started, self.last_line) = (Instant::now(), Instant::now());
        if self.live {
            let bar = ProgressBar::new(total);
            let style = ProgressStyle::with_template("  {bar:24} {pos:>3}/{len} {wide_msg}");
            bar.set_style(style.expect("a valid template").progress_chars("━╸─"));
            self.bar = Some(bar);
        }
    }

    /// Shows what is being done now.
    pub fn doing(&mut self, what: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!(
                "{}{}",
                harmless(what),
                self.remaining()
                    .map(|t| format!(" · {t} left"))
                    .unwrap_or_default()
            ));
        }
    }

    /// One step is done; the phase ends after `most` in any case, if that is known.
    pub fn step_within(&mut self, most: Option<Duration>) {
        self.most = most;
        self.step();
    }

    /// One step is done.
    pub fn step(&mut self) {
        self.reach(self.done + 1, None);
    }

    /// `done` steps are done in total; `left` is the longest time that the phase still takes, if known.
    pub fn reach(&mut self, done: u64, left: Option<Duration>) {
        (self.done, self.left) = (done, left);
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
        } else if self.last_line.elapsed() >= PLAIN_INTERVAL && self.done < self.total {
            self.last_line = Instant::now();
            let left = self
                .remaining()
                .map(|time| format!(", {time} left"))
                .unwrap_or_default();
            self.say(&format!("  {} of {} {}{left}", self.done, self.total, self.noun));
        }
    }

    /// Ends the phase and removes the bar.
    pub fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn remaining(&self) -> Option<String> {
        if let Some(left) = self.left {
            return Some(format!("at most {}", rough(left.as_secs_f64())));
        }
        let left = self.total.checked_sub(self.done)?;
        if self.done == 0 {
            return None;
        }
        let seconds = self.started.elapsed().as_secs_f64() / self.done as f64 * left as f64;
        let seconds = self.most.map_or(seconds, |most| seconds.min(most.as_secs_f64()));
        Some(format!("about {}", rough(seconds)))
    }
}

/// A rough waiting time: `8 s`, `2 min 30 s`.
pub(crate) fn rough(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{:.0} s", seconds.max(1.0).round().min(59.0));
    }
    // Rounded to ten seconds: more precision is of no use to somebody who waits.
    let tens = (seconds / 10.0).round() as u64 * 10;
    match (tens / 60, tens % 60) {
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// Prints results; see [`print`]. If that fails, writes the reason to standard error and returns `false`.
#[must_use]
pub(crate) fn show(text: &str) -> bool {
    let written = print(text);
    if let Err(error) = &written {
        print_error(&format!("error: standard output cannot be written: {error}"));
    }
    written.is_ok()
}

/// Writes to standard output. A closed pipe is not an error: its reader has read enough.
pub(crate) fn print(text: &str) -> io::Result<()> {
    write(io::stdout().lock(), text)
}

/// Writes a line to standard error; `false` if that fails, where `eprintln!` would panic.
pub(crate) fn print_error(line: &str) -> bool {
    write(io::stderr().lock(), &format!("{line}\n")).is_ok()
}

fn write(mut out: impl Write, text: &str) -> io::Result<()> {
    match out
        .write_all(harmless(text).as_bytes())
        .and_then(|()| out.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// The styles of [`paint`].
const STYLES: [&str; 7] = ["0", "1", "31", "32", "33", "36", "1;31"];

/// The text with escape codes and other control characters made visible; records, pairs and what they print may contain
/// some. The styles of [`paint`] stay.
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_control() && c != '\n') {
        return visible(text);
    }
    let mut parts = text.split("\x1b[");
    let mut shown = clean(parts.next().unwrap_or_default());
    for part in parts {
        let style = part.split_once('m').filter(|(style, _)| STYLES.contains(style));
        shown += &match style {
            Some((style, rest)) => format!("\x1b[{style}m{}", clean(rest)),
            None => clean(&format!("\x1b[{part}")),
        };
    }
    shown.into()
}

/// Makes control characters visible, except line ends and tabs; a lone carriage return would overwrite its line.
fn clean(text: &str) -> String {
    visible(&text.replace("\r\n", "\n")).replace('\r', "[U+000D]")
}

/// Text in an ANSI style, if `colors` is true.
pub(crate) fn paint(colors: bool, style: &str, text: &str) -> String {
    match colors {
        true => format!("\x1b[{style}m{text}\x1b[0m"),
        false => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{harmless, paint, rough};

    #[test]
    fn no_escape_code_but_our_own_reaches_the_terminal() {
        let painted = paint(true, "1;31", "a\n\tb");
        assert_eq!(harmless(&painted), painted);
        let hostile = "\x1b]0;title\x07 \x1b[2J \x1b[8mhidden\x1b[0m a\rb \u{9b}1A\r\n";
        assert_eq!(
            harmless(hostile),
            "[U+001B]]0;title[U+0007] [U+001B][2J [U+001B][8mhidden\x1b[0m a[U+000D]b [U+009B]1A\n"
        );
    }

    #[test]
    fn waiting_times_are_rounded() {
        assert_eq!(rough(0.2), "1 s");
        assert_eq!(rough(59.7), "59 s");
        assert_eq!(rough(61.0), "1 min");
        assert_eq!(rough(148.0), "2 min 30 s");
    }
}
