//! How many rows a statement takes.

/// Cuts rows into runs of 64, 32, … 1: few different texts, so that each stays prepared.
pub(super) fn runs<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let size = if rest.is_empty() { return None } else { 1 << rest.len().min(64).ilog2() };
        let (run, after) = rest.split_at(size);
        rest = after;
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_row_is_in_one_run() {
        let rows: Vec<usize> = (0..77).collect();
        let sizes: Vec<usize> = super::runs(&rows).map(<[usize]>::len).collect();
        assert_eq!(sizes, [64, 8, 4, 1]);
        assert_eq!(super::runs(&rows).flatten().count(), 77);
    }
}
