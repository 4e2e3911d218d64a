//! Ctrl-C and SIGTERM as a two-step wish to stop, SIGUSR1 as a switch for a pause. Knows not what is stopped.

use crate::error::CliError;
use bytebiota_worker::Stop;
use tokio::sync::watch;

/// A wish that grows with every signal: first finish, then stop now.
pub fn two_step_stop() -> Result<watch::Receiver<Stop>, CliError> {
    let (wish, wishes) = watch::channel(Stop::No);
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        for stop in [Stop::AfterUnit, Stop::Now] {
            signals.next().await;
            wish.send_replace(stop);
        }
        std::future::pending::<()>().await;
    });
    Ok(wishes)
}

/// Whether a pause is wanted: turned by every SIGUSR1, where there are such signals.
pub fn pause_switch() -> Result<watch::Receiver<bool>, CliError> {
    let (switch, is_wanted) = watch::channel(false);
    #[cfg(unix)]
    let mut signals = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::user_defined1()).map_err(CliError::outside)?
    };
    tokio::spawn(async move {
        #[cfg(unix)]
        while signals.recv().await.is_some() {
            switch.send_modify(|is_wanted| *is_wanted = !*is_wanted);
        }
        // Without signals the switch stays as it is.
        #[cfg(not(unix))]
        switch.closed().await;
    });
    Ok(is_wanted)
}

/// The signals that ask a process to stop.
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Listens from now on.
    #[cfg(unix)]
    pub fn new() -> Result<Self, CliError> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(CliError::outside)?,
            terminate: signal(SignalKind::terminate()).map_err(CliError::outside)?,
        })
    }

    /// Listens from now on.
    #[cfg(not(unix))]
    pub fn new() -> Result<Self, CliError> {
        Ok(Self {})
    }

    /// Waits for the next one.
    #[cfg(unix)]
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Waits for the next one.
    #[cfg(not(unix))]
    pub async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
