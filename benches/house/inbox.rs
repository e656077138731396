//! Messages through a whole house on SQLite, synced to disk: how many arrive, and how many are answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chamberlain::config::{self, Sources};
use chamberlain::domain::{ChatName, PersonId};
use chamberlain::event::chat::neutral::Payload;
use chamberlain::event::raw::Talk;
use chamberlain::event::{Arrival, Source};
use chamberlain::ports::{Arrived, Intake, RandomIds, SystemClock};
use chamberlain::runtime::{self, Settings, Workshops};
use chamberlain::store::console::{Room, ensure_room};
use chamberlain::store::{Home, Store};
use chamberlain::web::HookKey;
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How many send at a time.
const SENDERS: u64 = 64;
/// Rooms are lanes: what is said in one stays in order.
const ROOMS: u64 = 16;
/// How many arrive before the house is let finish: far less than the bound of what may be open.
const WAVE: u64 = 4_096;

/// A house at work in a folder of its own.
struct House {
    store: Store,
    said: AtomicU64,
    stop: CancellationToken,
    work: JoinSet<anyhow::Result<()>>,
    _folder: tempfile::TempDir,
}

impl House {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let environment = [("PROFILE", "dev"), ("DATA_DIR", data.to_str().unwrap()), ("STORE__SYNCHRONOUS", "full")];
        let environment = environment.map(|(key, value)| (format!("CHAMBERLAIN__{key}"), value.to_owned()));
        let config = config::load(Sources { file: None, environment: environment.into() }).unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let workshops = Workshops::open(&config, path, Arc::new(SystemClock)).await.unwrap();
        let home = Home::take(&data, &RandomIds).unwrap();
        let opened = runtime::open(Settings::of(&config, home, workshops, HookKey::fresh())).await.unwrap();
        let store = opened.house().store.clone();
        let now = store.clock().now();
        for room in 0..ROOMS {
            let room = Room { id: format!("room-{room}"), name: format!("room-{room}"), topic: String::new() };
            store.write(move |tx| Box::pin(async move { ensure_room(tx, &room, now).await })).await.unwrap();
        }
        let stop = CancellationToken::new();
        let mut work = JoinSet::new();
        work.spawn(opened.run(None, stop.clone()));
        Self { store, said: AtomicU64::new(0), stop, work, _folder: folder }
    }

    async fn close(self) {
        let Self { store, stop, mut work, .. } = self;
        stop.cancel();
        drop(store);
        work.join_next().await.unwrap().unwrap().unwrap();
    }

    /// The next message, as the console takes it in.
    fn message(&self) -> Arrival {
        let number = self.said.fetch_add(1, Ordering::Relaxed);
        let (id, room, text) = (format!("m{number}"), format!("room-{}", number % ROOMS), format!("echo {number}"));
        let author = PersonId::new("ana");
        let payload = Payload::Said {
            account: author.to_string(),
            acting_as: None,
            room: room.clone(),
            message: id.clone(),
            thread: None,
            text: text.clone(),
            is_for_us: true,
        };
        Arrival {
            source: Source::Chat(ChatName::console()),
            dedup_key: format!("message:{id}"),
            lane: payload.lane(&ChatName::console()),
            body: serde_json::to_string(&payload).unwrap(),
            talk: Some(Talk { id, room, thread: None, author, acting_as: None, text }),
            trace: None,
        }
    }

    /// Has `senders` send `messages` in all, each the next one when its last is on disk.
    async fn arrive(&self, messages: u64, senders: u64) {
        let left = AtomicU64::new(messages);
        let send = async || {
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                assert!(matches!(self.store.arrive(self.message()).await.unwrap(), Arrived::New(_)));
            }
        };
        futures::future::join_all((0..senders).map(|_| send())).await;
    }

    /// Waits until everything is decided and answered. Asking costs the house too, so it is asked rarely.
    async fn settled(&self) {
        while self.store.count_open().await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// How long `messages` take, wave by wave: to be on disk, or to be answered too.
async fn measure(house: &House, messages: u64, (senders, is_answered): (u64, bool)) -> Duration {
    let mut taken = Duration::ZERO;
    let mut left = messages;
    while left > 0 {
        let wave = left.min(WAVE);
        let start = Instant::now();
        house.arrive(wave, senders).await;
        let arrived = start.elapsed();
        house.settled().await;
        taken += if is_answered { start.elapsed() } else { arrived };
        left -= wave;
    }
    taken
}

pub(super) fn bench(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let house = runtime.block_on(House::open());
    let mut group = criterion.benchmark_group("inbox");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).throughput(Throughput::Elements(1));
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(10));
    for (name, senders, is_answered) in
        [("arrive", 1, false), ("arrive", SENDERS, false), ("echo", 1, true), ("echo", SENDERS, true)]
    {
        group.bench_function(BenchmarkId::new(name, format!("{senders} at a time")), |bencher| {
            bencher.iter_custom(|messages| runtime.block_on(measure(&house, messages, (senders, is_answered))));
        });
    }
    group.finish();
    runtime.block_on(house.close());
}
