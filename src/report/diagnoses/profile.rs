//! Where the time goes.

use crate::report::Chosen;
use maud::{Markup, html};

/// The hottest functions of the baseline; nothing where it was not profiled.
pub fn section(one: &Chosen<'_>) -> Markup {
    let Some(profile) = one.pair.diagnoses.profile(&one.pair.baseline) else {
        return html! {};
    };
    html! {
        section aria-labelledby="profile" {
            h2 #profile { "Where the time goes" small { " in " (profile.variant) } }
        }
    }
}
