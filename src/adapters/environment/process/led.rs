//! Where people are led to, by key: read without a lock, and changed by several at once, each of whom learns what it has
//! changed. Whoever is given something back, or told that it was there, is the only one who is.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use arc_swap::ArcSwap;

/// What people are led to, by key.
pub(super) struct Led<K, V> {
    to: ArcSwap<HashMap<K, Arc<V>>>,
}

impl<K, V> Default for Led<K, V> {
    fn default() -> Self {
        Self { to: ArcSwap::from_pointee(HashMap::new()) }
    }
}

impl<K: Clone + Eq + Hash, V> Led<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<Arc<V>> {
        self.to.load().get(key).cloned()
    }

    /// All keys that are so.
    pub(super) fn keys(&self, is_so: impl Fn(&K) -> bool) -> Vec<K> {
        self.to.load().keys().filter(|key| is_so(key)).cloned().collect()
    }

    /// Leads people there, and gives back where they were led to.
    pub(super) fn put(&self, key: &K, to: &Arc<V>) -> Option<Arc<V>> {
        let before = self.change(|led| drop(led.insert(key.clone(), Arc::clone(to))));
        before.get(key).cloned()
    }

    /// Leads nobody there any more.
    pub(super) fn take(&self, key: &K) -> Option<Arc<V>> {
        let before = self.change(|led| drop(led.remove(key)));
        before.get(key).cloned()
    }

    /// Leads nobody to this one any more; false when nobody was.
    pub(super) fn let_go(&self, key: &K, of: &Arc<V>) -> bool {
        let is_it = |led: &HashMap<K, Arc<V>>| led.get(key).is_some_and(|other| Arc::ptr_eq(other, of));
        let before = self.change(|led| {
            if is_it(led) {
                led.remove(key);
            }
        });
        is_it(&before)
    }

    /// Changes all at once, as often as somebody else was faster; gives what was there before.
    fn change(&self, change: impl Fn(&mut HashMap<K, Arc<V>>)) -> Arc<HashMap<K, Arc<V>>> {
        self.to.rcu(|led| {
            let mut led = HashMap::clone(led);
            change(&mut led);
            led
        })
    }
}

#[cfg(test)]
mod tests {
    use shuttle::thread;

    use super::*;

    /// A key at each copy of which another thread may go on: in the midst of every change.
    #[derive(PartialEq, Eq, Hash)]
    struct Key(&'static str);

    impl Clone for Key {
        fn clone(&self) -> Self {
            thread::yield_now();
            Self(self.0)
        }
    }

    type Led = super::Led<Key, &'static str>;

    #[test]
    fn whichever_is_first_each_run_is_given_back_once_and_none_is_forgotten() {
        let race = || {
            let (led, old, new) = (Arc::new(Led::default()), Arc::new("old"), Arc::new("new"));
            led.put(&Key("web"), &old);
            led.put(&Key("job"), &old);
            let swap = thread::spawn({
                let (led, new) = (led.clone(), new.clone());
                move || led.put(&Key("web"), &new)
            });
            let end = thread::spawn({
                let (led, old) = (led.clone(), old.clone());
                move || led.let_go(&Key("web"), &old)
            });
            let other = thread::spawn({
                let (led, new) = (led.clone(), new.clone());
                move || led.put(&Key("api"), &new)
            });
            let taken = led.take(&Key("job"));
            let (replaced, has_ended) = (swap.join().unwrap(), end.join().unwrap());
            assert!(other.join().unwrap().is_none());
            assert_eq!(usize::from(replaced.is_some()) + usize::from(has_ended), 1, "the old one has one who ends it");
            assert!(Arc::ptr_eq(&led.get(&Key("web")).unwrap(), &new), "the new one stays");
            assert!(taken.is_some() && led.get(&Key("job")).is_none() && led.get(&Key("api")).is_some());
        };
        shuttle::check_random(race, 2000);
    }
}
