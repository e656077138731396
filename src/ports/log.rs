//! A component's log, read within what a person waits for.

use std::time::Duration;

use super::{Clock, DriverError, EnvironmentDriver};
use crate::domain::component::ComponentName;
use crate::domain::spec::EnvironmentName;

/// How long a log may take to be read.
const LIMIT: Duration = Duration::from_secs(2);

/// Why a log cannot be read now.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Nothing came within the limit.
    #[error("it takes long to answer")]
    Late,
    /// The platform failed; why is for the operator.
    #[error("what runs it does not answer")]
    Driver(#[source] DriverError),
}

/// The last lines that a component wrote, oldest first.
pub async fn last_lines(
    driver: &dyn EnvironmentDriver,
    clock: &dyn Clock,
    (environment, component): (&EnvironmentName, &ComponentName),
    lines: usize,
) -> Result<Vec<String>, LogError> {
    in_time(driver.logs(environment, component, lines), clock).await
}

/// All that is kept of the log of a component's last try that failed, oldest line first.
pub async fn log_of_failure(
    driver: &dyn EnvironmentDriver,
    clock: &dyn Clock,
    (environment, component): (&EnvironmentName, &ComponentName),
) -> Result<Vec<String>, LogError> {
    in_time(driver.log_of_failure(environment, component), clock).await
}

async fn in_time<T>(read: impl Future<Output = Result<T, DriverError>>, clock: &dyn Clock) -> Result<T, LogError> {
    let late = clock.now().plus(LIMIT);
    tokio::select! {
        read = read => read.map_err(LogError::Driver),
        () = clock.sleep_until(late) => Err(LogError::Late),
    }
}
