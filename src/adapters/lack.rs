//! What a machine has too little of for a while: a failure for that reason is worth another try, and tells nothing of
//! what was looked at.

use std::io;

use rustix::io::Errno;

/// Whether it failed for want of descriptors, processes, memory or room.
pub(super) fn is_lack(cause: &io::Error) -> bool {
    let lacks = [
        Errno::MFILE,
        Errno::NFILE,
        Errno::AGAIN,
        Errno::NOMEM,
        Errno::NOSPC,
        Errno::DQUOT,
        // The limit of a file's size stands for a quota.
        Errno::FBIG,
    ];
    Errno::from_io_error(cause).is_some_and(|errno| lacks.contains(&errno))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_machine_has_again_later_is_a_lack() {
        let of = |errno: Errno| io::Error::from_raw_os_error(errno.raw_os_error());
        for lack in [Errno::MFILE, Errno::NFILE, Errno::AGAIN, Errno::NOMEM, Errno::NOSPC, Errno::DQUOT, Errno::FBIG] {
            assert!(is_lack(&of(lack)), "{lack:?}");
        }
        for other in [Errno::NOENT, Errno::ACCESS, Errno::ROFS, Errno::IO] {
            assert!(!is_lack(&of(other)), "{other:?}");
        }
        assert!(!is_lack(&io::Error::other("no number of the kernel's")));
    }
}
