//! One Web Worker as the page sees it: its messages and what it last said. Knows no other worker.

use crate::{browser, cost, donor::Totals, soup_canvas::Soup};
use bytebiota_protocol::browser::{Cost, PageMessage, WorkStatus, WorkerMessage, decode, encode};
use js_sys::Uint8Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// What one Web Worker last said. Outlives the page that shows it.
#[derive(Clone, Default)]
pub struct Slot {
    /// What it does.
    pub status: ArcRwSignal<WorkStatus>,
    /// The island under way, 0 for none.
    pub island: ArcRwSignal<u32>,
    /// Instructions executed since the start.
    pub instructions: ArcRwSignal<u64>,
    /// Births seen since the start.
    pub births: ArcRwSignal<u64>,
    /// Units acked since the start.
    pub units: ArcRwSignal<u64>,
    /// Instructions a second, lately.
    pub instructions_per_second: ArcRwSignal<f64>,
    /// What it cost since the start.
    pub cost: ArcRwSignal<Cost>,
    /// The own soup.
    pub soup: ArcRwSignal<Soup>,
}

impl Slot {
    /// Adds what this worker did; its speed only while it runs.
    pub fn add_to(&self, sum: Totals, running: bool) -> Totals {
        let speed = if running {
            self.instructions_per_second.get()
        } else {
            0.0
        };
        Totals {
            instructions: sum.instructions + self.instructions.get(),
            births: sum.births + self.births.get(),
            units: sum.units + self.units.get(),
            instructions_per_second: sum.instructions_per_second + speed,
            cost: cost::sum(sum.cost, self.cost.get()),
        }
    }
}

/// A Web Worker; dropping it ends it at once.
pub struct Hand {
    worker: Worker,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Hand {
    /// Starts a worker and hears it. The error is a sentence for the volunteer.
    pub fn new(hear: impl Fn(WorkerMessage) + Clone + 'static) -> Result<Self, String> {
        let script =
            browser::meta("bytebiota-worker").ok_or("This server was built without the worker.")?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&script, &options)
            .map_err(|_| "This browser does not start background workers here.")?;
        let told = hear.clone();
        let message = Closure::new(move |event: MessageEvent| {
            let bytes = event.data().dyn_into::<Uint8Array>();
            match bytes.ok().and_then(|bytes| decode(&bytes.to_vec())) {
                Some(message) => told(message),
                None => leptos::logging::warn!("a message of a worker was not understood"),
            }
        });
        let error = Closure::new(move |event: ErrorEvent| {
            let text = match event.message() {
                text if text.is_empty() => "The worker could not be loaded.".to_owned(),
                text => format!("The worker broke off: {text}"),
            };
            hear(WorkerMessage::Status {
                status: WorkStatus::Failed { text },
            });
        });
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            _message: message,
            _error: error,
        })
    }

    /// Says something to the worker.
    pub fn tell(&self, message: &PageMessage) {
        let bytes = Uint8Array::from(&encode(message)[..]);
        // A worker that is gone has said so.
        let _ = self.worker.post_message(&bytes);
    }

    /// Ends the worker at once; its processor is free.
    pub fn end(&self) {
        self.worker.terminate();
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
