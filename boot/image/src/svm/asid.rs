//! Address-space numbers (ASIDs): the processor keeps cached translations apart by them, so that a process finds its own
//! again after others have run.

use lv6_abi::limits::NPROC;

/// Gives each process a number of its own, as long as there are numbers.
///
/// When they have all been given, all translations are dropped, and the processes get new ones as they run. A process that
/// takes over the slot of another gets its number, too; the core asks for a flush then.
pub struct Asids {
    /// How many there are. The first, 0, is the kernel's.
    count: u32,
    /// The number of each process, 0 if it has none.
    given: [u32; NPROC],
    /// The next one that nobody has.
    next: u32,
}

impl Asids {
    /// For a processor with so many numbers. All count as given, so that nothing from before the kernel is left.
    pub fn new(count: u32) -> Self {
        // A processor has at least one besides the kernel's.
        let count = count.max(2);
        Asids { count, given: [0; NPROC], next: count }
    }

    /// The number of a process that is about to run, and whether the translations of all processes must be dropped first.
    pub fn of(&mut self, pid: u64) -> (u32, bool) {
        let given = &mut self.given[pid as usize];
        if *given != 0 {
            return (*given, false);
        }
        let exhausted = self.next >= self.count;
        if exhausted {
            self.given = [0; NPROC];
            self.next = 1;
        }
        self.given[pid as usize] = self.next;
        self.next += 1;
        (self.given[pid as usize], exhausted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_keeps_its_number_while_there_are_enough() {
        let mut asids = Asids::new(64);
        assert_eq!(asids.of(1), (1, true));
        for pid in 2..64 {
            assert_eq!(asids.of(pid), (pid as u32, false));
        }
        for pid in 1..64 {
            assert_eq!(asids.of(pid), (pid as u32, false));
        }
    }

    #[test]
    fn no_number_is_given_twice_without_a_flush() {
        for count in [0, 1, 2, 3, 16, 63, 32768] {
            let mut asids = Asids::new(count);
            // Whose translations the processor may have, by number.
            let mut cached = [None; NPROC];
            let mut flushes = 0;
            for n in 0..10_000u64 {
                let pid = n * n % 63 + 1;
                let (asid, flush) = asids.of(pid);
                if flush {
                    cached.fill(None);
                    flushes += 1;
                }
                assert!(asid != 0 && asid < count.max(2));
                assert!(cached[asid as usize].is_none_or(|owner| owner == pid), "{count} numbers, step {n}");
                cached[asid as usize] = Some(pid);
            }
            assert_eq!(flushes == 1, count > 32, "{count} numbers, {flushes} flushes");
        }
    }
}
