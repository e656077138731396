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
    let late = clock.now().plus(LIMIT);
    tokio::select! {
        read = driver.logs(environment, component, lines) => read.map_err(LogError::Driver),
        () = clock.sleep_until(late) => Err(LogError::Late),
    }
}
