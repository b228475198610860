module
public import Lv6.Spec.Keep.Boot
public import Lv6.Spec.Keep.Clone
public import Lv6.Spec.Keep.Interrupt
public import Lv6.Spec.Keep.Ipc
public import Lv6.Spec.Keep.Vm
/-!
# Messages do get through

From the kernel's initial state on, init makes itself and a child a frame each, and the two talk: each of the four calls
succeeds, and at the end a word that the child has sent is in init's frame.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec.Witness.Ipc

/-- Present and writable. -/
def rw : Word := 3#64

/-- The start: the kernel lies at page frame 512. -/
def start : State := initial 512
/-- Init's tables, pages 4 to 6, and its frame, page 7. -/
def frame : State :=
  (allocFrame (allocPt (allocPd (allocPdpt start 1 1 0 4 rw).2 1 4 0 5 rw).2 1 5 0 6 rw).2 1 6 0 7 rw).2
/-- Its child, process 2, in pages 8 to 10. -/
def child : State := (clone frame 2 8 9 10).2
/-- The child's tables, pages 11 to 13, and its frame, page 14. -/
def childFrame : State :=
  (allocFrame (allocPt (allocPd (allocPdpt child 2 8 0 11 rw).2 2 11 0 12 rw).2 2 12 0 13 rw).2 2 13 0 14 rw).2
/-- The child can run. -/
def ready : State := (setRunnable childFrame 2).2

/-- Init waits for a message in its frame, and the child runs. -/
def received : Nat × State := recv ready 2 7 noFd
/-- The child calls init. -/
def called : Nat × State := call received.2 1 5 14 8 14 noFd
/-- Init answers, and waits for the next message. -/
def answered : Nat × State := replyWait called.2 2 6 7 8 noFd 7
/-- The child sends it: the contents of its level-1 table, which anyone may tell. -/
def sent : Nat × State := send answered.2 1 7 13 4096 noFd

/-- The invariant holds before init waits for a message. -/
theorem ready_inv : Inv ready := by
  have h0 : Inv start := boot_inv (by decide) (by decide)
  have h1 : Inv frame := allocFrame_inv (allocPt_inv (allocPd_inv (allocPdpt_inv h0)))
  have h2 : Inv childFrame := allocFrame_inv (allocPt_inv (allocPd_inv (allocPdpt_inv (clone_inv h1))))
  exact setRunnable_inv h2

/-- Each of the four calls succeeds. -/
theorem calls_succeed : received.1 = 0 ∧ called.1 = 0 ∧ answered.1 = 0 ∧ sent.1 = 0 := by decide +kernel

/-- Both processes have got what the other one has sent. -/
theorem messages_arrive : (called.2.ipcFrom 1, called.2.ipcVal 1, called.2.ipcSize 1) = (2, 5, 8) ∧
    (answered.2.ipcFrom 2, answered.2.ipcVal 2, answered.2.ipcSize 2) = (1, 6, 8) ∧
    (sent.2.ipcFrom 1, sent.2.ipcVal 1, sent.2.ipcSize 1) = (2, 7, 4096) := by decide +kernel

/-- In init's frame, which was empty, is now the entry by which the child has mapped its own. -/
theorem word_arrives : answered.2.word 7 0 = 0#64 ∧ sent.2.word 7 0 = makeEntry (512 + 14) rw := by decide +kernel

/-- With a file: init opens file 3 at descriptor 0, and answers with it; the child has named descriptor 4 for it. -/
def calledForFile : Nat × State := call (recv (create ready 0 3 1 0 0).2 2 7 noFd).2 1 5 14 8 14 4
/-- Init answers with its file. -/
def answeredWithFile : Nat × State := replyWait calledForFile.2 2 6 7 8 0 7

/-- The file arrives and is counted. -/
theorem file_arrives : answeredWithFile.1 = 0 ∧ answeredWithFile.2.ofile 2 4 = 3 ∧
    answeredWithFile.2.nrFds 2 = 1 ∧ answeredWithFile.2.fileRefcnt 3 = 2 := by decide +kernel

/-- An interrupt at a vector of init is not slept through: until init acknowledges it, none of the calls that would put
init to sleep does, and they change nothing. -/
def interrupted : State := (extintr (allocVector ready 40).2 40).2
theorem interrupt_refuses : (recv interrupted 2 7 noFd).1 = EINTR ∧
    (recv (ackIntr interrupted 40).2 2 7 noFd).1 = 0 := by decide +kernel

/-- While the child waits for init's answer, nobody else can send to it: here another child of init, process 3, made before
in pages 15 to 17. -/
def bystander : State :=
  let s := (setRunnable (clone (create ready 0 3 1 0 0).2 3 15 16 17).2 3).2
  (switch (call (recv s 2 7 noFd).2 1 5 14 8 14 noFd).2 3).2
theorem bystander_refused : bystander.current = 3 ∧ bystander.state 2 = .sleeping ∧
    (send bystander 2 9 15 0 noFd).1 = EACCES := by decide +kernel

end Lv6.Spec.Witness.Ipc
