//! The Web Worker of a lab as the page sees it: requests out, answers in. Knows nothing of what they mean.

use crate::browser;
use bytebiota_protocol::lab::{LabAnswer, LabRequest};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// A lab's Web Worker; dropping it ends it at once.
pub struct LabHand {
    worker: Worker,
    early: Rc<RefCell<Option<Vec<LabRequest>>>>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(ErrorEvent)>,
}

impl LabHand {
    /// Starts a worker and hears it. The error is a sentence for the visitor.
    pub fn new(hear: impl Fn(LabAnswer) + Clone + 'static) -> Result<Self, String> {
        let script =
            browser::meta("bytebiota-lab").ok_or("This server was built without the lab.")?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&script, &options)
            .map_err(|_| "This browser does not start background workers here.")?;
        // What is asked before the module listens waits for it.
        let early = Rc::new(RefCell::new(Some(Vec::new())));
        let (waiting, speaker, told) = (early.clone(), worker.clone(), hear.clone());
        let message =
            Closure::new(move |event: MessageEvent| {
                match serde_wasm_bindgen::from_value::<LabAnswer>(event.data()) {
                    Ok(LabAnswer::Ready) => {
                        let waiting = waiting.borrow_mut().take();
                        waiting
                            .iter()
                            .flatten()
                            .for_each(|request| post(&speaker, request));
                    }
                    Ok(answer) => told(answer),
                    Err(error) => {
                        leptos::logging::warn!("message of a lab not understood: {error}")
                    }
                }
            });
        let error = Closure::new(move |event: ErrorEvent| {
            let text = match event.message() {
                text if text.is_empty() => "The lab could not be loaded.".to_owned(),
                text => format!("The lab broke off: {text}"),
            };
            hear(LabAnswer::Refused { text });
        });
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            early,
            _message: message,
            _error: error,
        })
    }

    /// Asks the lab for something.
    pub fn ask(&self, request: LabRequest) {
        match self.early.borrow_mut().as_mut() {
            Some(waiting) => waiting.push(request),
            None => post(&self.worker, &request),
        }
    }
}

fn post(worker: &Worker, request: &LabRequest) {
    match serde_wasm_bindgen::to_value(request) {
        Ok(value) => {
            let _ = worker.post_message(&value);
        }
        Err(error) => leptos::logging::warn!("message to a lab not written: {error}"),
    }
}

impl Drop for LabHand {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
