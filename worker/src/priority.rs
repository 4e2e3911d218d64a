//! Makes the calling thread polite: it gets what nobody else wants. Knows nothing of the work.

use thread_priority::ThreadPriority;

/// Lowest priority for the calling thread; where the system refuses, the work goes on as it is.
///
/// On Linux this is more than nice 19: an idle thread gives way at once to whatever wakes up, however many of its kind
/// there are. It is the thread's own priority; the one that keeps the connection stays quick.
pub fn lower() {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use thread_priority::unix::{self, NormalThreadSchedulePolicy, ThreadSchedulePolicy};
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        let thread = unix::thread_native_id();
        if unix::set_thread_priority_and_policy(thread, ThreadPriority::Min, idle).is_ok() {
            return;
        }
    }
    let _ = thread_priority::set_current_thread_priority(ThreadPriority::Min);
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use thread_priority::unix::{NormalThreadSchedulePolicy::*, ThreadSchedulePolicy::Normal};
    use thread_priority::unix::{thread_native_id, thread_schedule_policy_param};

    fn policy() -> thread_priority::ThreadSchedulePolicy {
        let found = thread_schedule_policy_param(thread_native_id());
        found.expect("readable").0
    }

    #[test]
    fn the_thread_is_idle_and_its_maker_is_not() {
        let inside = std::thread::spawn(|| {
            super::lower();
            policy()
        });
        assert_eq!(inside.join().expect("joined"), Normal(Idle));
        assert_eq!(policy(), Normal(Other));
    }
}
