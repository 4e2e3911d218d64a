//! Tells whether something on the page can be seen, or soon will be. Knows not what it is.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// Somebody who looks; stops when it is dropped.
pub struct Sight {
    observer: IntersectionObserver,
    _hear: Closure<dyn FnMut(js_sys::Array)>,
}

impl Sight {
    /// Tells each time it changes whether `share` of an element is within the window and `margin_px` around it; where the
    /// browser cannot, it is said to be, and nobody looks.
    pub fn of(
        element: &Element,
        margin_px: u32,
        share: f64,
        tell: impl Fn(bool) + Clone + 'static,
    ) -> Option<Self> {
        let told = tell.clone();
        let hear = Closure::new(move |entries: js_sys::Array| {
            let newest = entries.pop().dyn_into::<IntersectionObserverEntry>();
            if let Ok(newest) = newest {
                told(newest.is_intersecting());
            }
        });
        let wish = IntersectionObserverInit::new();
        wish.set_root_margin(&format!("{margin_px}px"));
        wish.set_threshold(&share.into());
        let observer = IntersectionObserver::new_with_options(hear.as_ref().unchecked_ref(), &wish);
        let Ok(observer) = observer else {
            tell(true);
            return None;
        };
        observer.observe(element);
        Some(Self {
            observer,
            _hear: hear,
        })
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
