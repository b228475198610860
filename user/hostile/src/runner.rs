//! Runs attacks, and looks at what they have left.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::hint::black_box;
use core::time::Duration;

use lv6_abi::syscall::SYSCTL_TSC_KHZ;
use lv6_kernel::state::ProcState;
use lv6_ulib::message::MessagePage;
use lv6_ulib::process::{exit, fork, kill, set_name, try_wait, yield_now};
use lv6_ulib::process_name::{self, Ended, Name};
use lv6_ulib::sys::call::debug_sysctl;
use lv6_ulib::sys::regs::timestamp;
use lv6_ulib::sys::tables::proc;
use lv6_ulib::{Errno, clock, fs, println};

use crate::attacks::{Case, Variants};
use crate::peer;
use crate::stopped::expect_traps;
use crate::world::{World, free_pages};

/// Seconds that a process gets for its attack. An emulator that has little of its machine may need long.
const PATIENCE: u64 = 120;
/// How often a process may be seen asleep before it is taken to sleep for ever.
const NAPS: u32 = 1000;
/// How often others may run until they have buried what an attack has left.
const SETTLING: u32 = 100_000;
/// Variants that stand for some time where time is not known.
const TIMELESS: u64 = 100;

/// What there is before an attack.
struct Before {
    free: u64,
    world: World,
}

/// What has become of the process of an attack.
struct Death {
    /// How it was stopped.
    stopped: String,
    /// How often it has done what it does, if it counts.
    count: Option<u64>,
}

/// What running attacks needs.
pub struct Runner {
    peer: u64,
    question: MessagePage,
    answer: MessagePage,
    started: u64,
    /// Ticks of the time-stamp counter until patience ends; none if its speed is not known.
    patience: Option<u64>,
}

impl Runner {
    /// Gets ready.
    pub fn new() -> Result<Runner, Errno> {
        // The heap grows now, and not while pages are counted.
        drop(black_box(Vec::<u8>::with_capacity(1 << 18)));
        let khz = debug_sysctl(SYSCTL_TSC_KHZ).ok().filter(|&khz| khz != 0);
        Ok(Runner {
            peer: peer::start()?,
            question: MessagePage::new(),
            answer: MessagePage::new(),
            started: 0,
            patience: khz.map(|khz| PATIENCE * 1000 * khz),
        })
    }

    /// Runs an attack in all its variants, or in one only. Returns how it was stopped, or what is wrong.
    pub fn run(&mut self, case: &Case, only: Option<u64>) -> Result<String, String> {
        match (only, case.variants) {
            (Some(variant), Variants::Count(n)) if variant >= n => Err(format!("it has {n} variants, from 0 on")),
            (Some(variant), _) => self.run_variants(case, variant..variant + 1),
            (None, Variants::Count(n)) => self.run_variants(case, 0..n),
            (None, Variants::Seconds(seconds)) => self.run_variants(case, until(seconds)),
        }
    }

    /// Runs an attack in these variants.
    fn run_variants(&mut self, case: &Case, variants: impl Iterator<Item = u64>) -> Result<String, String> {
        self.all_answer()?;
        let before = Before { free: free_pages(), world: World::now()? };
        let mut last = String::new();
        let (mut done, mut total) = (0, 0);
        for variant in variants {
            let failed = |why: String| format!("variant {variant}: {why}");
            let death = self.attack(case, variant).map_err(failed)?;
            last = death.stopped;
            done += 1;
            if matches!(case.variants, Variants::Seconds(_)) {
                total += death.count.unwrap_or(0);
                let times = death.count.map_or(String::from("not known how often"), |count| format!("{count} times"));
                println!("attack {}, variant {variant}: {times}, then {last}", case.name);
                self.compare(&before).map_err(failed)?;
            }
        }
        self.compare(&before)?;
        Ok(match (case.variants, done) {
            (Variants::Seconds(_), n) => format!("stopped {n} times, after {total} in all, at last: {last}"),
            (_, 1) => format!("stopped: {last}"),
            (_, n) => format!("stopped {n} times, at last: {last}"),
        })
    }

    /// Compares with what there was before an attack.
    fn compare(&mut self, before: &Before) -> Result<(), String> {
        for _ in 0..SETTLING {
            if free_pages() == before.free {
                break;
            }
            yield_now();
        }
        let free = free_pages();
        if free != before.free {
            return Err(format!("{} pages were free before, {free} afterwards", before.free));
        }
        before.world.compare(World::now()?)?;
        Ok(self.all_answer()?)
    }

    /// Runs one process of an attack.
    fn attack(&mut self, case: &Case, variant: u64) -> Result<Death, String> {
        self.started += 1;
        let name = format!("hostile-{}", self.started);
        let peer = self.peer;
        let child = match fork(false).map_err(|e| format!("cannot fork: {e}"))? {
            0 => {
                set_name(&name);
                expect_traps();
                exit((case.attack)(variant, peer))
            }
            child => child,
        };
        let (ended, words) = self.wait(child)?;
        let stopped = case.stopped.judge(child, Name::decode(words).as_str(), ended)?;
        Ok(Death { stopped, count: process_name::count(words) })
    }

    /// Waits for a process, but not if it sleeps and nobody wakes it. Returns how it has ended, and the words of its name.
    fn wait(&self, child: u64) -> Result<(Ended, [u64; 2]), &'static str> {
        let start = timestamp();
        let mut naps = 0;
        loop {
            if proc(child).state.is(ProcState::Zombie) {
                // Nobody changes the name of the dead, and who is buried has none.
                let name = proc(child).name;
                return match try_wait() {
                    Ok(Some((pid, ended))) if pid == child => Ok((ended, name)),
                    Ok(_) => Err("another process has ended"),
                    Err(_) => Err("it cannot be buried"),
                };
            }
            naps += u32::from(proc(child).state.is(ProcState::Sleeping));
            if naps > NAPS {
                let _ = kill(child);
            }
            if self.patience.is_some_and(|patience| timestamp() - start > patience) {
                let _ = kill(child);
                return Err("it takes too long");
            }
            yield_now();
        }
    }

    /// Sees that the peer and the file server answer.
    fn all_answer(&mut self) -> Result<(), &'static str> {
        for number in [0, self.started, u64::MAX - 1] {
            peer::ask(self.peer, &self.question, &mut self.answer, number)?;
        }
        fs::stat(lv6_ulib::programs::FOLDER).map(|_| ()).map_err(|_| "the file server does not answer any more")
    }
}

/// Numbers from 0 on, until some seconds have gone by.
fn until(seconds: u64) -> impl Iterator<Item = u64> {
    let end = clock::uptime().map(|now| now + Duration::from_secs(seconds));
    (0..).take_while(move |&n| end.map_or(n < TIMELESS, |end| clock::uptime().is_some_and(|now| now < end)))
}
