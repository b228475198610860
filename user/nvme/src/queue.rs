//! A pair of queues: submissions and completions (section 4.1).

use core::sync::atomic::{Ordering, fence};

use crate::command::Command;
use crate::error::{Error, Status};
use crate::registers::Capabilities;
use crate::{Bus, Page, Shared};

/// Entries that a page of submissions holds.
const MOST: u32 = 64;
/// Words of an entry in each queue.
const SUBMISSION: usize = 8;
const COMPLETION: usize = 2;
/// The bit in a completion's second word that changes each time the queue starts again, and the status above it.
const PHASE: u32 = 48;
const CODE: u32 = 49;
const KIND: u32 = 57;

/// A pair of queues in memory of this process. There is at most one command in it.
#[derive(Debug)]
pub struct Queue<P> {
    id: u16,
    entries: u16,
    submissions: Shared<P>,
    completions: Shared<P>,
    /// Where the next command goes, and where the next completion comes.
    tail: u16,
    head: u16,
    /// What the phase bit of the next completion is.
    phase: bool,
    /// The number of the last command.
    last: u16,
}

impl<P: Page> Queue<P> {
    /// An empty pair: the drive must not know of it yet.
    pub fn new(id: u16, capabilities: &Capabilities, submissions: Shared<P>, completions: Shared<P>) -> Self {
        for page in [&submissions, &completions] {
            page.page.words().iter().for_each(|word| word.store(0, Ordering::Relaxed));
        }
        let entries = capabilities.entries.min(MOST) as u16;
        Queue { id, entries, submissions, completions, tail: 0, head: 0, phase: true, last: 0 }
    }

    /// Its number.
    pub fn id(&self) -> u16 {
        self.id
    }

    /// How many entries it has.
    pub fn entries(&self) -> u16 {
        self.entries
    }

    /// Where the drive finds submissions and completions.
    pub fn addresses(&self) -> [u64; 2] {
        [self.submissions.address, self.completions.address]
    }

    /// Puts a command in. The one before it must have ended.
    pub fn submit(&mut self, bus: &impl Bus, capabilities: &Capabilities, command: &Command) {
        self.last = self.last.wrapping_add(1);
        let mut words = *command;
        words[0] |= u64::from(self.last) << 16;
        let at = usize::from(self.tail) * SUBMISSION;
        for (to, word) in self.submissions.page.words()[at..at + SUBMISSION].iter().zip(words) {
            to.store(word, Ordering::Relaxed);
        }
        self.tail = self.after(self.tail);
        // The drive reads the command, and whatever else it needs, after it has been told.
        fence(Ordering::SeqCst);
        bus.write(capabilities.submission_doorbell(self.id), self.tail.into());
    }

    /// Whether the command has ended, and how. An error if the drive reports the end of something else.
    pub fn take(&mut self, bus: &impl Bus, capabilities: &Capabilities) -> Result<Option<Status>, Error> {
        let at = usize::from(self.head) * COMPLETION + 1;
        // Read once: the drive could change it after a check.
        let report = self.completions.page.words()[at].load(Ordering::Acquire);
        if (report >> PHASE & 1 == 1) != self.phase {
            return Ok(None);
        }
        fence(Ordering::SeqCst);
        self.head = self.after(self.head);
        self.phase ^= self.head == 0;
        bus.write(capabilities.completion_doorbell(self.id), self.head.into());
        let [taken, queue, number] = [0, 16, 32].map(|shift| (report >> shift) as u16);
        if queue != self.id || number != self.last {
            return Err(Error::Nonsense("it reports the end of a command that was not given"));
        }
        if taken != self.tail {
            return Err(Error::Nonsense("it has not taken the command that it reports the end of"));
        }
        Ok(Some(Status { kind: (report >> KIND & 7) as u8, code: (report >> CODE) as u8 }))
    }

    fn after(&self, place: u16) -> u16 {
        if place + 1 == self.entries { 0 } else { place + 1 }
    }
}
