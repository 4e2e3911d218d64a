//! Waiting with a limit: nothing in these tests waits for ever. Knows not what for.

use anyhow::{Context, Result, bail};
use std::{future::Future, time::Duration};
use tokio::time::{Instant, sleep, timeout};

/// How long a step may take on a busy machine before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

const PAUSE: Duration = Duration::from_millis(50);

/// Awaits a step; the error names it when `PATIENCE` runs out.
pub async fn within<T, E>(what: &str, step: impl Future<Output = Result<T, E>>) -> Result<T>
where
    E: Into<anyhow::Error>,
{
    let answer = timeout(PATIENCE, step).await;
    let answer = answer.with_context(|| format!("{what}: no answer within {PATIENCE:?}"))?;
    answer.map_err(Into::into).with_context(|| what.to_string())
}

/// Asks again and again until there is an answer; the error names what was asked when `limit` runs out.
pub async fn until<T, F>(what: &str, limit: Duration, mut ask: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let end = Instant::now() + limit;
    loop {
        if let Some(answer) = within(what, ask()).await? {
            return Ok(answer);
        }
        if Instant::now() > end {
            bail!("{what}: not within {limit:?}");
        }
        sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn patience_ends_and_says_for_what() {
        let never = || async { Ok(None::<()>) };
        let error = until("the tide", Duration::from_millis(120), never).await;
        assert!(error.is_err_and(|error| error.to_string().contains("the tide")));
        let mut asked = 0;
        let third = until("three", PATIENCE, || {
            asked += 1;
            async move { Ok((asked == 3).then_some(asked)) }
        });
        assert_eq!(third.await.expect("the third answer"), 3);
    }
}
