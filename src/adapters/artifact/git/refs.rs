//! The listing of a mirror's branches and tags: the only place where names become commits.

use super::mirror::Mirror;
use crate::domain::artifact::Digest;
use crate::ports::SourceError;

/// A branch or a tag, and the commit behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Without `refs/heads/` or `refs/tags/`.
    pub(super) name: String,
    /// The full id.
    pub(super) commit: Digest,
}

const BRANCHES: &str = "refs/heads/";
const TAGS: &str = "refs/tags/";

/// No name holds a space, so that spaces may stand between the parts. The starred ones are what an annotated tag means.
const FORMAT: &str = "--format=%(refname) %(objecttype) %(objectname) %(*objecttype) %(*objectname)";

/// All branches, by name.
pub(super) async fn branches(mirror: &Mirror) -> Result<Vec<Named>, SourceError> {
    let listing = mirror.read(["for-each-ref", FORMAT, BRANCHES]).await?;
    Ok(parse(&listing, BRANCHES))
}

/// All tags of commits, by name.
pub(super) async fn tags(mirror: &Mirror) -> Result<Vec<Named>, SourceError> {
    let listing = mirror.read(["for-each-ref", FORMAT, TAGS]).await?;
    Ok(parse(&listing, TAGS))
}

/// The branches that hold a commit; none when there is no such commit.
pub(super) async fn holding(mirror: &Mirror, commit: &Digest) -> Result<Vec<Named>, SourceError> {
    let contains = format!("--contains={commit}");
    let listing = mirror.try_read(["for-each-ref", FORMAT, &contains, BRANCHES]).await?;
    Ok(listing.map(|listing| parse(&listing, BRANCHES)).unwrap_or_default())
}

/// The full ids of all objects that begin with `letters`, which are lower-case hex. Names that look like ids do not
/// come in between, as they would with `git rev-parse NAME`.
pub(super) async fn beginning(mirror: &Mirror, letters: &str) -> Result<Vec<Digest>, SourceError> {
    let listing = mirror.read(["rev-parse", &format!("--disambiguate={letters}")]).await?;
    Ok(String::from_utf8_lossy(&listing).lines().filter(|line| is_full_id(line)).map(Digest::new).collect())
}

/// Whether this is a whole commit id: 40 or 64 lower-case hex letters.
pub(super) fn is_full_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && is_hex(text)
}

/// Whether all letters are lower-case hex.
pub(super) fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Reads a listing. A name that is not UTF-8 is left out: nobody could type it, and it could not be stored.
fn parse(listing: &[u8], prefix: &str) -> Vec<Named> {
    let lines = listing.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
    lines.filter_map(|line| parse_line(line, prefix)).collect()
}

fn parse_line(line: &str, prefix: &str) -> Option<Named> {
    let mut parts = line.split(' ');
    let name = parts.next()?.strip_prefix(prefix)?.to_owned();
    let (direct, behind) = ((parts.next()?, parts.next()?), (parts.next()?, parts.next()?));
    let (_, id) = [direct, behind].into_iter().find(|(kind, id)| *kind == "commit" && is_full_id(id))?;
    Some(Named { name, commit: Digest::new(id) })
}
