//! Logs that lie on another machine: whoever wants to read one asks through the database, and who lives there answers.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::domain::HomeId;
use crate::domain::component::ComponentName;
use crate::domain::spec::{ComponentSpec, EnvironmentName, Seen};
use crate::ports::{DriverError, EnvironmentDriver, Ids, Progress};
use crate::store::log_asks::{self, Ask};
use crate::store::{Store, StoreError, environments};

/// How long an answer is kept at most: nobody waits longer for a log.
const KEPT: Duration = Duration::from_mins(1);
/// How often it is looked for questions, when nothing tells of them.
const LOOK: Duration = Duration::from_secs(5);

/// A driver that reads the logs of other machines too.
pub(super) struct Elsewhere {
    driver: Arc<dyn EnvironmentDriver>,
    store: Store,
    ids: Arc<dyn Ids>,
}

/// The driver as it is where there is nobody else, or where it belongs to no machine.
pub(super) fn reading_elsewhere(
    driver: Arc<dyn EnvironmentDriver>,
    store: &Store,
    ids: &Arc<dyn Ids>,
) -> Arc<dyn EnvironmentDriver> {
    if store.is_alone() || !driver.is_local() {
        return driver;
    }
    Arc::new(Elsewhere { driver, store: store.clone(), ids: ids.clone() })
}

impl Elsewhere {
    /// Where an environment runs, if that is another machine.
    async fn other_home(&self, environment: &EnvironmentName) -> Result<Option<HomeId>, DriverError> {
        let mut reader = self.store.reader().await.map_err(busy)?;
        let Some(found) = environments::find(&mut reader, environment).await.map_err(busy)? else { return Ok(None) };
        match found.home.filter(|home| home != self.store.home()) {
            Some(_) if found.lost_at.is_some() => Err(busy("nobody hears of the machine that it runs on")),
            elsewhere => Ok(elsewhere),
        }
    }

    async fn ask(&self, ask: Ask) -> Result<Vec<String>, DriverError> {
        self.try_ask(ask).await.map_err(busy)?.map_err(busy)
    }

    /// Waits for the answer as long as its asker does.
    async fn try_ask(&self, ask: Ask) -> Result<log_asks::Answer, StoreError> {
        let (id, now) = (ask.id.clone(), self.store.clock().now());
        self.store.ask(move |tx| Box::pin(async move { log_asks::ask(tx, &ask, now).await })).await?;
        loop {
            // Asked for before the look, so that an answer between the two is not missed.
            let changed = self.store.changed();
            if let Some(answer) = log_asks::answered(&mut self.store.reader().await?, &id).await? {
                return Ok(answer);
            }
            changed.await;
        }
    }
}

fn busy(why: impl std::fmt::Display) -> DriverError {
    DriverError::Busy { after: None, why: why.to_string() }
}

#[async_trait]
impl EnvironmentDriver for Elsewhere {
    fn is_local(&self) -> bool {
        self.driver.is_local()
    }

    async fn kept(&self) -> Result<Vec<EnvironmentName>, DriverError> {
        self.driver.kept().await
    }

    async fn observe(&self, environment: &EnvironmentName) -> Result<Vec<Seen>, DriverError> {
        self.driver.observe(environment).await
    }

    async fn bring(
        &self,
        spec: &ComponentSpec,
        progress: &dyn Progress,
        stop: &CancellationToken,
    ) -> Result<(), DriverError> {
        self.driver.bring(spec, progress, stop).await
    }

    async fn end(
        &self,
        environment: &EnvironmentName,
        generation: i64,
        component: &ComponentName,
    ) -> Result<(), DriverError> {
        self.driver.end(environment, generation, component).await
    }

    async fn remove(&self, environment: &EnvironmentName, generation: i64) -> Result<(), DriverError> {
        self.driver.remove(environment, generation).await
    }

    async fn logs(
        &self,
        environment: &EnvironmentName,
        component: &ComponentName,
        lines: usize,
    ) -> Result<Vec<String>, DriverError> {
        match self.other_home(environment).await? {
            None => self.driver.logs(environment, component, lines).await,
            Some(home) => {
                let (environment, component) = (environment.clone(), component.clone());
                self.ask(Ask { id: self.ids.fresh(), home, environment, component, lines: Some(lines) }).await
            }
        }
    }

    async fn log_of_failure(
        &self,
        environment: &EnvironmentName,
        component: &ComponentName,
    ) -> Result<Vec<String>, DriverError> {
        match self.other_home(environment).await? {
            None => self.driver.log_of_failure(environment, component).await,
            Some(home) => {
                let (environment, component) = (environment.clone(), component.clone());
                self.ask(Ask { id: self.ids.fresh(), home, environment, component, lines: None }).await
            }
        }
    }
}

/// Answers what others ask of this machine, until `stop`. Alone there is nobody who asks.
pub(super) async fn answer(store: Store, driver: Arc<dyn EnvironmentDriver>, stop: CancellationToken) {
    if store.is_alone() || !driver.is_local() {
        return stop.cancelled().await;
    }
    loop {
        let asked = store.asked().notified();
        if let Err(cause) = answer_all(&store, driver.as_ref()).await {
            tracing::warn!(error = %cause, "what others ask for cannot be answered");
        }
        let next = store.clock().now().plus(LOOK);
        tokio::select! {
            () = stop.cancelled() => return,
            () = asked => {}
            () = store.clock().sleep_until(next) => {}
        }
    }
}

async fn answer_all(store: &Store, driver: &dyn EnvironmentDriver) -> Result<(), StoreError> {
    let open = log_asks::open(&mut store.reader().await?, store.home()).await?;
    for ask in open {
        let read = match ask.lines {
            Some(lines) => driver.logs(&ask.environment, &ask.component, lines).await,
            None => driver.log_of_failure(&ask.environment, &ask.component).await,
        };
        let (answer, before) = (read.map_err(|cause| cause.to_string()), store.clock().now().minus(KEPT));
        let answered = store.write(move |tx| {
            Box::pin(async move {
                log_asks::answer(tx, &ask.id, &answer).await?;
                log_asks::forget(tx, before).await
            })
        });
        answered.await?;
    }
    Ok(())
}
