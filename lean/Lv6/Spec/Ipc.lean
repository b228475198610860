module
public import Lv6.Spec.Fd
public import Lv6.Spec.Proc
/-!
# Messages between processes

A message is a number, up to a page of bytes, and a file descriptor. A receiver sleeps; a sender finds it asleep, hands
the message over, and the receiver runs at once. Nothing is queued.

`ipcFrom` of a sleeper says whom it waits for: 0 for anyone. Awake, it finds there who has sent the message.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Interrupted: an interrupt waits for the caller's acknowledgement, so it must not go to sleep. -/
abbrev EINTR : Nat := 4

/-- A descriptor number for "no descriptor". -/
abbrev noFd : Nat := 0xffffffffffffffff

/-! ## Bytes -/

/-- The first `n` bytes of a word, as a mask: all of it from 8 on. -/
def byteMask (n : Nat) : Word := if n < 8 then (1#64 <<< (8 * n)) - 1#64 else ~~~0#64

/-- The first `n` bytes of `new`, and the others of `old`. -/
def mixBytes (n : Nat) (old new : Word) : Word := (old &&& ~~~byteMask n) ||| (new &&& byteMask n)

/-- Copy the first `size` bytes of the page `src` to the page `dst`: of word `i`, those bytes of which fewer than `size`
precede. -/
def copyBytes (s : State) (src dst size : Nat) : State :=
  { s with word := upd s.word dst fun i => mixBytes (size - 8 * i) (s.word dst i) (s.word src i) }

/-! ## Checks -/

/-- What every sender names. -/
def checkSend (s : State) (p q size fd : Nat) : Nat :=
  if ¬ isPid p then ESRCH
  else if s.state p ≠ .sleeping then EAGAIN
  else if ¬ isPn q then EINVAL
  else if s.pageOwner q ≠ s.current then EACCES
  else if 4096 < size then EINVAL
  else if isEmptyFd s s.current fd then EINVAL
  else 0

/-- What every receiver names. -/
def checkRecv (s : State) (q fd : Nat) : Nat :=
  if ¬ isPn q then EINVAL
  else if s.pageOwner q ≠ s.current then EACCES
  else if ¬ isPageOf s q .frame then EINVAL
  else if isOpenFd s s.current fd then EINVAL
  else 0

/-- Whether the sleeper `p` waits for the answer of somebody other than the caller. -/
def awaitsAnother (s : State) (p : Nat) : Prop := s.ipcFrom p ≠ 0 ∧ s.ipcFrom p ≠ s.current
instance (s : State) (p : Nat) : Decidable (awaitsAnother s p) := inferInstanceAs (Decidable (_ ∧ _))

/-- Whether an interrupt waits for the acknowledgement of `p`. -/
def isInterrupted (s : State) (p : Nat) : Prop :=
  s.intr p 0 ≠ 0#64 ∨ s.intr p 1 ≠ 0#64 ∨ s.intr p 2 ≠ 0#64 ∨ s.intr p 3 ≠ 0#64
instance (s : State) (p : Nat) : Decidable (isInterrupted s p) := inferInstanceAs (Decidable (_ ∨ _))

/-- What is named in an exchange: `inq` is sent to `p`, and `outq` receives the next message. -/
def checkExchange (s : State) (p inq size infd outq outfd : Nat) : Nat :=
  let e := checkSend s p inq size infd
  let e' := checkRecv s outq outfd
  if e ≠ 0 then e
  else if e' ≠ 0 then e'
  else if awaitsAnother s p then EACCES
  else if isInterrupted s s.current then EINTR
  else 0

/-! ## Steps -/

/-- Copy the caller's descriptor `fd` to the slot that the sleeper `p` has named for one, if both are descriptors. -/
def passFd (s : State) (p fd : Nat) : State :=
  if isFd fd ∧ isFd (s.ipcFd p) then installFd s p (s.ipcFd p) (s.ofile s.current fd) else s

/-- Hand the caller's message over to the sleeper `p`, and put that on the ready list. -/
def deliver (s : State) (p val q size fd : Nat) : State :=
  let s₁ := { s with
    ipcFrom := upd s.ipcFrom p s.current
    ipcVal := upd s.ipcVal p val
    ipcSize := upd s.ipcSize p size }
  let s₂ := copyBytes s₁ q (s.ipcPage p) size
  let s₃ := passFd s₂ p fd
  readyAdd { s₃ with state := upd s₃.state p .runnable } p

/-- The current process waits for a message from `awaited`, 0 for anyone, in its page `q` and descriptor slot `fd`, and the
runnable process `p` gets the processor. A process that was killed dies instead. -/
def sleepAndRun (s : State) (p awaited q fd : Nat) : State :=
  let s₁ := { s with
    ipcFrom := upd s.ipcFrom s.current awaited
    ipcPage := upd s.ipcPage s.current q
    ipcFd := upd s.ipcFd s.current fd
    state := upd s.state s.current (if s.killed s.current ≠ 0 then .zombie else .sleeping) }
  let s₂ := readyDel s₁ s.current
  { s₂ with state := upd s₂.state p .running, current := p }

/-! ## The calls -/

/-- Send to the sleeper `p`, and give it the processor: the number `val`, the first `size` bytes of the caller's page `q`,
and the caller's descriptor `fd`, if that is one. -/
def send (s : State) (p val q size fd : Nat) : Nat × State :=
  let e := checkSend s p q size fd
  if e ≠ 0 then (e, s)
  else if awaitsAnother s p then (EACCES, s)
  else (0, switchTo (deliver s p val q size fd) p)

/-- Sleep until a message from anyone arrives in the caller's frame `q`, with a file in the descriptor slot `fd`, if that is
one; give the processor to the runnable process `p`. -/
def recv (s : State) (p q fd : Nat) : Nat × State :=
  let e := checkRecv s q fd
  if ¬ isPid p then (ESRCH, s)
  else if s.state p ≠ .runnable then (EINVAL, s)
  else if e ≠ 0 then (e, s)
  else if isInterrupted s s.current then (EINTR, s)
  else (0, sleepAndRun { s with ipcSize := upd s.ipcSize s.current 0 } p 0 q fd)

/-- Answer `p` as `send` does, and sleep until the next message from anyone arrives in the caller's frame `outq`. -/
def replyWait (s : State) (p val inq size infd outq : Nat) : Nat × State :=
  let e := checkExchange s p inq size infd outq noFd
  if e ≠ 0 then (e, s)
  else (0, sleepAndRun (deliver s p val inq size infd) p 0 outq noFd)

/-- Send to `p` as `send` does, without a file, and sleep until `p` answers, in the caller's frame `outq`, with a file in the
descriptor slot `outfd`, if that is one. -/
def call (s : State) (p val inq size outq outfd : Nat) : Nat × State :=
  let e := checkExchange s p inq size noFd outq outfd
  if e ≠ 0 then (e, s)
  else (0, sleepAndRun (deliver s p val inq size noFd) p p outq outfd)

end Lv6.Spec
