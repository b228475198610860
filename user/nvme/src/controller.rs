//! A controller that works: started, asked what it is, and given commands.

use core::sync::atomic::Ordering;

use crate::command::{self, Request, Subject};
use crate::error::{Error, Status};
use crate::identify::{self, Identity, Namespace};
use crate::queue::Queue;
use crate::registers::{self, Capabilities};
use crate::{BLOCK_SIZE, Block, Bus, Page, Shared};

/// Pages that a controller needs.
pub const PAGES: usize = 5;

/// The numbers of the queues: for administration, and for blocks.
const ADMIN: u16 = 0;
const BLOCKS: u16 = 1;
/// How long a command may take, in milliseconds.
const PATIENCE: u64 = 30_000;

/// A drive.
#[derive(Debug)]
pub struct Controller<B, P> {
    link: Link<B, P>,
    identity: Identity,
    namespace: Namespace,
    /// Whether it was switched off after an error.
    stopped: bool,
}

/// What it takes to talk to a controller.
#[derive(Debug)]
struct Link<B, P> {
    bus: B,
    capabilities: Capabilities,
    admin: Queue<P>,
    blocks: Queue<P>,
    /// What is read and written.
    data: Shared<P>,
}

impl<B: Bus, P: Page> Link<B, P> {
    /// Switches the controller on, whatever it was doing before (section 7.6.1).
    fn switch_on(bus: B, pages: [Shared<P>; PAGES]) -> Result<Self, Error> {
        let capabilities = Capabilities::read(&bus)?;
        registers::switch_off(&bus);
        wait(&bus, capabilities.patience, "it does not switch off", |bus| match registers::is_ready(bus) {
            // Being switched off is what cures a failure.
            Err(Error::Fatal) => Ok(false),
            ready => Ok(!ready?),
        })?;
        let [admin_in, admin_out, blocks_in, blocks_out, data] = pages;
        let admin = Queue::new(ADMIN, &capabilities, admin_in, admin_out);
        let blocks = Queue::new(BLOCKS, &capabilities, blocks_in, blocks_out);
        let [submissions, completions] = admin.addresses();
        registers::set_admin_queues(&bus, admin.entries(), submissions, completions);
        registers::switch_on(&bus);
        Ok(Link { bus, capabilities, admin, blocks, data })
    }

    /// Asks the controller what it is, and makes the queues for blocks.
    fn set_up(&mut self) -> Result<(Identity, Namespace), Error> {
        wait(&self.bus, self.capabilities.patience, "it does not start", registers::is_ready)?;
        let identity = identify::controller(&self.identify(Subject::Controller, 0)?)?;
        let number = identify::first_namespace(&self.identify(Subject::Namespaces, 0)?)?;
        let namespace = identify::namespace(&self.identify(Subject::Namespace, number)?, number)?;
        let ([submissions, completions], entries) = (self.blocks.addresses(), self.blocks.entries());
        self.administer(command::one_queue())?;
        self.administer(command::create_completion_queue(BLOCKS, entries, completions))?;
        self.administer(command::create_submission_queue(BLOCKS, entries, submissions))?;
        Ok((identity, namespace))
    }

    fn identify(&mut self, subject: Subject, namespace: u32) -> Result<Block, Error> {
        let mut page = [0; BLOCK_SIZE];
        self.fill(&page);
        self.administer(command::identify(subject, namespace, self.data.address))?;
        self.copy_to(&mut page);
        Ok(page)
    }

    fn administer(&mut self, request: Request) -> Result<(), Error> {
        execute(&self.bus, &self.capabilities, &mut self.admin, request)
    }

    fn execute(&mut self, request: Request) -> Result<(), Error> {
        execute(&self.bus, &self.capabilities, &mut self.blocks, request)
    }

    fn fill(&self, from: &Block) {
        for (word, bytes) in self.data.page.words().iter().zip(from.as_chunks().0) {
            word.store(u64::from_le_bytes(*bytes), Ordering::Relaxed);
        }
    }

    fn copy_to(&self, to: &mut Block) {
        for (word, bytes) in self.data.page.words().iter().zip(to.as_chunks_mut().0) {
            *bytes = word.load(Ordering::Relaxed).to_le_bytes();
        }
    }
}

impl<B: Bus, P: Page> Controller<B, P> {
    /// Starts the controller with these pages.
    pub fn start(bus: B, pages: [Shared<P>; PAGES]) -> Result<Self, Error> {
        let mut link = Link::switch_on(bus, pages)?;
        match link.set_up() {
            Ok((identity, namespace)) => Ok(Controller { link, identity, namespace, stopped: false }),
            Err(error) => {
                registers::switch_off(&link.bus);
                Err(error)
            }
        }
    }

    /// Gives a command for blocks. After an error that leaves it open what the drive still does, it is switched off.
    fn execute(&mut self, request: Request) -> Result<(), Error> {
        if self.stopped {
            return Err(Error::Stopped);
        }
        let result = self.link.execute(request);
        if !matches!(result, Ok(()) | Err(Error::Refused(..))) {
            self.stop();
        }
        result
    }

    fn stop(&mut self) {
        registers::switch_off(&self.link.bus);
        self.stopped = true;
    }

    /// What the controller says of itself.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What it says of its blocks.
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// How many blocks it has.
    pub fn blocks(&self) -> u64 {
        self.namespace.blocks
    }

    /// The drive's number of the first unit of a block.
    fn first_unit(&self, block: u64) -> Result<u64, Error> {
        if block < self.blocks() { Ok(block * u64::from(self.namespace.units)) } else { Err(Error::NoSuchBlock(block)) }
    }

    /// Reads a block.
    pub fn read(&mut self, block: u64, to: &mut Block) -> Result<(), Error> {
        let first = self.first_unit(block)?;
        let Namespace { number, units, .. } = self.namespace;
        self.execute(command::read(number, first, units, self.link.data.address))?;
        self.link.copy_to(to);
        Ok(())
    }

    /// Writes a block. It may stay in the drive's own memory until [`Controller::flush`].
    pub fn write(&mut self, block: u64, from: &Block) -> Result<(), Error> {
        let first = self.first_unit(block)?;
        let Namespace { number, units, .. } = self.namespace;
        if self.stopped {
            return Err(Error::Stopped);
        }
        self.link.fill(from);
        self.execute(command::write(number, first, units, self.link.data.address))
    }

    /// Returns when all that was written is on the medium.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.execute(command::flush(self.namespace.number))
    }

    /// Switches the drive off in order (section 7.6.2).
    pub fn shut_down(mut self) -> Result<(), Error> {
        self.flush()?;
        registers::shut_down(&self.link.bus);
        let result = wait(&self.link.bus, PATIENCE, "it does not shut down", registers::is_shut_down);
        self.stop();
        result
    }
}

/// Gives a command, and waits for its end.
fn execute<P: Page>(
    bus: &impl Bus,
    capabilities: &Capabilities,
    queue: &mut Queue<P>,
    request: Request,
) -> Result<(), Error> {
    queue.submit(bus, capabilities, &request.command);
    let mut status = Status::SUCCESS;
    wait(bus, PATIENCE, request.name, |bus| {
        if let Some(ended) = queue.take(bus, capabilities)? {
            status = ended;
            return Ok(true);
        }
        // One that has failed will not end the command.
        registers::is_ready(bus).map(|_| false)
    })?;
    if status == Status::SUCCESS { Ok(()) } else { Err(Error::Refused(request.name, status)) }
}

/// Waits until something is so, at most so many milliseconds.
fn wait<B: Bus>(
    bus: &B,
    patience: u64,
    what: &'static str,
    mut done: impl FnMut(&B) -> Result<bool, Error>,
) -> Result<(), Error> {
    let start = bus.milliseconds();
    while !done(bus)? {
        if bus.milliseconds().saturating_sub(start) > patience {
            return Err(Error::Silent(what));
        }
        bus.rest();
    }
    Ok(())
}

#[cfg(test)]
#[path = "controller_tests.rs"]
mod tests;
