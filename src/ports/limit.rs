//! How long the outside may take to answer.

use std::time::Duration;

use super::chat::ChatError;

/// How long a call to a chat may take. One that never answers must hold nobody for ever.
const LIMIT: Duration = Duration::from_secs(10);

/// Asks the chat within the limit; past it the end is unknown.
pub async fn within<T>(call: impl Future<Output = Result<T, ChatError>>) -> Result<T, ChatError> {
    match tokio::time::timeout(LIMIT, call).await {
        Ok(answer) => answer,
        Err(_) => Err(ChatError::Unknown(format!("no answer within {LIMIT:?}"))),
    }
}
