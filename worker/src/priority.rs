//! Makes the calling thread polite: it gets what nobody else wants. Knows nothing of the work.

/// Lowest priority for the calling thread; where the system refuses, the work goes on as it is.
#[cfg(unix)]
pub fn lower() {
    // On Linux this is the thread's own nice value, so the thread that keeps the connection stays quick.
    let _ = rustix::process::nice(19);
}

/// Other systems: the work goes on as it is.
#[cfg(not(unix))]
pub fn lower() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn the_thread_is_nice_and_its_maker_is_not() {
        let before = rustix::process::nice(0).expect("readable");
        let inside = std::thread::spawn(|| {
            super::lower();
            rustix::process::nice(0).expect("readable")
        });
        assert_eq!(inside.join().expect("joined"), 19);
        assert_eq!(rustix::process::nice(0).expect("readable"), before);
    }
}
