//! What can be resumed, and what cannot.

use super::*;
use crate::record::fixture;

fn earlier(status: Status) -> Earlier {
    let mut record = fixture::steady();
    record.status = status;
    Earlier {
        path: "reports/records/x.json".into(),
        record,
        more: None,
    }
}

#[test]
fn changes_are_named_and_refused() {
    let mut now = earlier(Status::Running).record;
    assert!(earlier(Status::Running).go_on(now.clone()).is_ok());
    now.build.rustc = "rustc 9.9.9".into();
    now.machine.cores += 1;
    let place = differences_of_place(&earlier(Status::Running).record, (&now.machine, &now.build)).join("\n");
    for word in ["compiler", "rustc 9.9.9", "cores"] {
        assert!(place.contains(word), "{word} is not in:\n{place}");
    }
    now.interpreter.version = "4.0.0".into();
    now.interpreter.altered.push("tracemalloc is on".into());
    let error = earlier(Status::Running).go_on(now).unwrap_err();
    for word in ["4.0.0", "tracemalloc is on", "Begin a new run"] {
        assert!(error.contains(word), "{word} is not in:\n{error}");
    }
}

#[test]
fn packages_and_load_may_differ() {
    let mut now = earlier(Status::Running).record;
    now.interpreter.packages.push(("numpy".into(), "9".into()));
    now.machine.load_start = Some([9.0; 3]);
    let then = earlier(Status::Running).record.machine.load_start;
    let record = earlier(Status::Running).go_on(now).unwrap();
    assert_eq!(record.machine.load_start, then);
}

#[test]
fn the_clock_continues_where_it_stopped() {
    let mut before = earlier(Status::Interrupted);
    before.record.phases = vec![record::Phase {
        name: "measure".into(),
        seconds: 41.5,
    }];
    let mut now = before.record.clone();
    now.sessions = vec![Session {
        started: "now".into(),
        arguments: vec!["--resume".into()],
        at_s: 0.0,
    }];
    before.more = Some(Duration::from_secs(60));
    let record = before.go_on(now).unwrap();
    assert_eq!(record.settings.budget_s, Some(102));
    assert_eq!(record.sessions.last().unwrap().at_s, 41.5);
}

#[test]
fn a_run_that_is_over_is_not_resumed() {
    let error = earlier(Status::Complete).can_go_on().unwrap_err();
    assert!(error.contains("complete"), "{error}");
    let mut spent = earlier(Status::OutOfTime);
    let error = spent.can_go_on().unwrap_err();
    assert!(error.contains("--budget 5m"), "{error}");
    spent.more = Some(Duration::from_secs(60));
    assert!(spent.can_go_on().is_ok());
    assert!(earlier(Status::Running).can_go_on().is_ok());
    let mut old = earlier(Status::Running);
    old.record.schema = 1;
    assert!(old.can_go_on().unwrap_err().contains("schema 1"));
}
