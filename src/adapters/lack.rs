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
