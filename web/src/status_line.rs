//! One honest line on how live a page is. Knows no stream.

use crate::live::LiveStatus;
use leptos::prelude::*;

/// A dot and a sentence.
#[component]
pub fn StatusLine(status: RwSignal<LiveStatus>) -> impl IntoView {
    let dot = move || match status.get() {
        LiveStatus::Live => "live-dot live",
        LiveStatus::Lost { .. } => "live-dot lost",
        LiveStatus::Connecting | LiveStatus::Asleep => "live-dot",
    };
    let words = move || match status.get() {
        LiveStatus::Live => "Live: this page follows the world by itself.".to_owned(),
        LiveStatus::Connecting => "Connecting to the world …".to_owned(),
        LiveStatus::Asleep => "Resting while nobody looks.".to_owned(),
        LiveStatus::Lost { retry_ms } => {
            format!(
                "Connection lost, trying again in {} s. What you see may be old.",
                retry_ms.div_ceil(1_000)
            )
        }
    };
    view! { <p class="live-line" role="status"><span class=dot aria-hidden="true"></span><span>{words}</span></p> }
}
