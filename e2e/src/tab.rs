//! One tab: what it asks the network for, what it starts, and every trouble it has. Knows no page in particular.

use crate::patience::{PATIENCE, until, within};
use anyhow::{Context, Result, ensure};
use chromiumoxide::{
    Page,
    cdp::{
        IntoEventKind,
        browser_protocol::{
            log::{EventEntryAdded, LogEntryLevel},
            network::{EventRequestWillBeSent, EventWebSocketCreated},
            page::AddScriptToEvaluateOnNewDocumentParams,
            target::EventAttachedToTarget,
        },
        js_protocol::runtime::{ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown},
    },
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A broken content security policy is told to the console, where it is noticed like any other error.
const REPORT_VIOLATIONS: &str = "addEventListener('securitypolicyviolation', (event) => \
    console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));";

/// What a tab did since it was opened.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Addresses asked for by the page itself.
    pub requests: Vec<String>,
    /// Addresses of sockets opened by the page itself.
    pub sockets: Vec<String>,
    /// Addresses of the scripts of workers started.
    pub workers: Vec<String>,
    /// Errors in the console, exceptions, violations of the content security policy.
    pub troubles: Vec<String>,
}

/// A watched tab.
pub struct Tab {
    page: Page,
    trace: Arc<Mutex<Trace>>,
}

/// Whether the document went while it was asked, because another one comes.
fn is_between_documents(error: &anyhow::Error) -> bool {
    let gone = ["Cannot find context", "context was destroyed", "navigated"];
    let text = format!("{error:#}");
    gone.iter().any(|words| text.contains(words))
}

impl Tab {
    /// Watches a tab that has not gone anywhere yet; `script` runs before any of a page's own.
    pub(crate) async fn watch(page: Page, script: &str) -> Result<Self> {
        let tab = Self {
            page,
            trace: Arc::default(),
        };
        tab.note(|trace, event: &EventRequestWillBeSent| {
            trace.requests.push(event.request.url.clone());
        })
        .await?;
        tab.note(|trace, event: &EventWebSocketCreated| trace.sockets.push(event.url.clone()))
            .await?;
        tab.note(|trace, event: &EventAttachedToTarget| {
            if event.target_info.r#type == "worker" {
                trace.workers.push(event.target_info.url.clone());
            }
        })
        .await?;
        tab.note(|trace, event: &EventEntryAdded| {
            let entry = &event.entry;
            // A page that is frozen or left loses its sockets; that is the browser's doing.
            let is_left = entry.text.contains("Page entered Back-Forward Cache");
            if entry.level == LogEntryLevel::Error && !is_left {
                let place = entry.url.clone().unwrap_or_default();
                trace.troubles.push(format!("{} {place}", entry.text));
            }
        })
        .await?;
        tab.note(|trace, event: &EventConsoleApiCalled| {
            if event.r#type == ConsoleApiCalledType::Error {
                trace.troubles.push(format!("console: {:?}", event.args));
            }
        })
        .await?;
        tab.note(|trace, event: &EventExceptionThrown| {
            trace
                .troubles
                .push(format!("exception: {:?}", event.exception_details));
        })
        .await?;
        let script =
            AddScriptToEvaluateOnNewDocumentParams::new(format!("{REPORT_VIOLATIONS}{script}"));
        within(
            "to watch the policy",
            tab.page.evaluate_on_new_document(script),
        )
        .await?;
        Ok(tab)
    }

    async fn note<E: IntoEventKind + Send + Sync + Unpin + 'static>(
        &self,
        write: impl Fn(&mut Trace, &E) + Send + 'static,
    ) -> Result<()> {
        let mut events = within("to listen", self.page.event_listener::<E>()).await?;
        let trace = Arc::clone(&self.trace);
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                write(
                    &mut trace.lock().unwrap_or_else(PoisonError::into_inner),
                    &event,
                );
            }
        });
        Ok(())
    }

    /// Goes to an address and waits until it has loaded.
    pub async fn go(&self, address: &str) -> Result<()> {
        within(&format!("to load {address}"), self.page.goto(address)).await?;
        Ok(())
    }

    /// What the tab did so far.
    pub fn trace(&self) -> Trace {
        self.trace
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Fails if anything went wrong in the page so far.
    pub fn ensure_untroubled(&self) -> Result<()> {
        let troubles = self.trace().troubles;
        ensure!(
            troubles.is_empty(),
            "the page had troubles:\n{}",
            troubles.join("\n")
        );
        Ok(())
    }

    /// The value of an expression; promises are awaited.
    pub async fn value<T: DeserializeOwned>(&self, expression: &str) -> Result<T> {
        let answer = within(expression, self.page.evaluate(expression)).await?;
        answer
            .into_value()
            .with_context(|| format!("the value of {expression}"))
    }

    /// Waits until an expression is true; the error says what the page shows instead.
    pub async fn until(&self, what: &str, limit: Duration, expression: &str) -> Result<()> {
        let ask = || async {
            match self.value::<bool>(expression).await {
                Err(error) if is_between_documents(&error) => Ok(None),
                value => Ok(value?.then_some(())),
            }
        };
        let Err(error) = until(what, limit, ask).await else {
            return Ok(());
        };
        let shown =
            "`${location.href}\n${document.querySelector('main')?.innerText.slice(0, 1000)}`";
        let shown: String = self.value(shown).await.unwrap_or_default();
        let troubles = self.trace().troubles;
        Err(error.context(format!("{expression}\n{shown}\n{troubles:?}")))
    }

    /// Clicks the element as a hand would, once it is there and enabled.
    pub async fn click(&self, selector: &str) -> Result<()> {
        // At rest: what moves while the page still grows would be missed by the mouse.
        let ready = format!(
            "(() => {{ const found = document.querySelector({selector:?}); \
             if (!found || found.disabled) return false; \
             found.scrollIntoView({{ block: 'nearest', behavior: 'instant' }}); \
             const {{ x, y, width, height }} = found.getBoundingClientRect(); \
             const [place, before] = [[x, y, width, height].join(), self.placeBefore]; \
             self.placeBefore = place; \
             return width > 0 && height > 0 && place === before; }})()"
        );
        self.until(
            &format!("{selector} to be there and at rest"),
            PATIENCE,
            &ready,
        )
        .await?;
        let element = within(selector, self.page.find_element(selector)).await?;
        within(&format!("to click {selector}"), element.click()).await?;
        Ok(())
    }

    /// The text of the first element that fits; empty if there is none.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let expression = format!("document.querySelector({selector:?})?.textContent ?? ''");
        self.value(&expression).await
    }

    /// Makes this the tab that is looked at; the timers of hidden ones are slowed by the browser.
    pub async fn to_front(&self) -> Result<()> {
        within("to come to the front", self.page.bring_to_front()).await?;
        Ok(())
    }

    /// Closes the tab as a visitor would; whatever it computed is gone.
    pub async fn close(self) -> Result<()> {
        within("to close the tab", self.page.close()).await
    }

    /// The page behind it, for what is asked only once.
    pub fn page(&self) -> &Page {
        &self.page
    }
}
