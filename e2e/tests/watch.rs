//! Shows that a tab is really watched: each kind of trouble and each act is noticed. Needs no server.

use anyhow::Result;
use bytebiota_e2e::{Chromium, PATIENCE, Trace, until};

async fn trace_of(
    browser: &Chromium,
    page: &str,
    is_there: impl Fn(&Trace) -> bool,
) -> Result<Trace> {
    let tab = browser.open(&format!("data:text/html,{page}")).await?;
    let seen = || async {
        let trace = tab.trace();
        Ok(is_there(&trace).then_some(trace))
    };
    until(page, PATIENCE, seen).await
}

#[tokio::test]
async fn troubles_and_acts_are_noticed() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let calm = browser.open("data:text/html,<h1>calm</h1>").await?;
    assert_eq!(calm.text("h1").await?, "calm");
    calm.ensure_untroubled()?;
    assert!(calm.trace().workers.is_empty() && calm.trace().sockets.is_empty());

    let has_trouble = |trace: &Trace| !trace.troubles.is_empty();
    for page in [
        "<script>console.error('alas')</script>",
        "<script>throw new Error('alas')</script>",
        "<script>Promise.reject(new Error('alas'))</script>",
        "<meta http-equiv='Content-Security-Policy' content=\"img-src 'none'\"><img src='data:,x'>",
    ] {
        trace_of(&browser, page, has_trouble).await?;
    }
    let worker = "<script>new Worker(URL.createObjectURL(new Blob(['0'])))</script>";
    trace_of(&browser, worker, |trace| !trace.workers.is_empty()).await?;
    let socket = "<script>new WebSocket('ws://127.0.0.1:9/x')</script>";
    trace_of(&browser, socket, |trace| !trace.sockets.is_empty()).await?;
    let request = "<script>fetch('data:,x')</script>";
    trace_of(&browser, request, |trace| {
        trace.requests.iter().any(|url| url == "data:,x")
    })
    .await?;
    Ok(())
}
