module
public import Lv6.Theorems.Changes.Device
public import Lv6.Theorems.Changes.Fd
public import Lv6.Theorems.Changes.Ipc
public import Lv6.Theorems.Changes.Trap
public import Lv6.Theorems.Flush
public import Lv6.Spec.Keep.Clone
public import Lv6.Spec.Keep.Fd
public import Lv6.Spec.Keep.Interrupt
public import Lv6.Spec.Keep.Port
public import Lv6.Spec.Keep.Proc
public import Lv6.Spec.Keep.Vm
/-!
# What the kernel does, all in all

Every call and every trap respects four things: the invariant, integrity, and the rules on cached translations, of the
processor and of devices. The machine needs to know no more about any of them.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s s' : State}

/-- What the kernel does at one time for the current process respects all that the machine relies on. -/
structure Sound (s s' : State) : Prop where
  inv : Inv s'
  integrity : Integrity s s'
  tlb : TlbRule s s'
  iotlb : IotlbRule s s'

/-- The current process has made a system call. -/
inductive Called (s : State) : State → Prop where
  | processes (nr : Nat) (a b c d e : Word) : Called s (dispatchProcesses s nr a b c d e).2
  | create (fd f kind value omode : Nat) : Called s (create s fd f kind value omode).2
  | close (p fd : Nat) : Called s (close s p fd).2
  | dup (oldfd p newfd : Nat) : Called s (dup s oldfd p newfd).2
  | dup2 (oldfd p newfd : Nat) : Called s (dup2 s oldfd p newfd).2
  | lseek (fd offset : Nat) : Called s (lseek s fd offset).2
  | allocVector (v : Nat) : Called s (allocVector s v).2
  | reclaimVector (v : Nat) : Called s (reclaimVector s v).2
  | allocIntremap (i d v : Nat) : Called s (allocIntremap s i d v).2
  | reclaimIntremap (i : Nat) : Called s (reclaimIntremap s i).2
  | ackIntr (v : Nat) : Called s (ackIntr s v).2
  | allocIoBitmap (q₁ q₂ q₃ : Nat) : Called s (allocIoBitmap s q₁ q₂ q₃).2
  | allocPort (port : Nat) : Called s (allocPort s port).2
  | reclaimPort (port : Nat) : Called s (reclaimPort s port).2
  | send (p val q size fd : Nat) : Called s (send s p val q size fd).2
  | recv (p q fd : Nat) : Called s (recv s p q fd).2
  | replyWait (p val inq size infd outq : Nat) : Called s (replyWait s p val inq size infd outq).2
  | call (p val inq size outq outfd : Nat) : Called s (call s p val inq size outq outfd).2
  | mapPcipage (pt i c : Nat) (perm : Word) : Called s (mapPcipage s pt i c perm).2
  | mapIommuFrame (pt i d : Nat) (perm : Word) : Called s (mapIommuFrame s pt i d perm).2
  | allocIommuRoot (d q : Nat) : Called s (allocIommuRoot s d q).2
  | allocIommuPdpt (table i q : Nat) (perm : Word) : Called s (allocIommuPdpt s table i q perm).2
  | allocIommuPd (table i q : Nat) (perm : Word) : Called s (allocIommuPd s table i q perm).2
  | allocIommuPt (table i q : Nat) (perm : Word) : Called s (allocIommuPt s table i q perm).2
  | allocIommuFrame (table i d : Nat) (perm : Word) : Called s (allocIommuFrame s table i d perm).2
  | reclaimIommuFrame (d : Nat) : Called s (reclaimIommuFrame s d).2
  | reclaimIommuRoot (d : Nat) : Called s (reclaimIommuRoot s d).2

theorem Changes.sound (hc : Changes s s') (h : Inv s) (h' : Inv s') : Sound s s' :=
  ⟨h', hc.integrity, hc.tlb h, hc.flushes.iotlb⟩

/-- Every call on processes or virtual memory keeps the invariant. -/
theorem dispatchProcesses_inv (h : Inv s) (nr : Nat) (a b c d e : Word) : Inv (dispatchProcesses s nr a b c d e).2 := by
  unfold dispatchProcesses
  split
  · exact mapPageDesc_inv h
  · exact mapPml4_inv h
  · exact mapProc_inv h
  · exact mapDev_inv h
  · exact mapFile_inv h
  · exact clone_inv h
  · exact setProcName_inv h _ _
  · exact setRunnable_inv h
  · exact switch_inv h
  · exact kill_inv h
  · exact reap_inv h
  · exact reparent_inv h
  · exact allocPdpt_inv h
  · exact allocPd_inv h
  · exact allocPt_inv h
  · exact allocFrame_inv h
  · exact copyFrame_inv h
  · exact protectFrame_inv h
  · exact freePdpt_inv h
  · exact freePd_inv h
  · exact freePt_inv h
  · exact freeFrame_inv h
  · exact reclaimPage_inv h
  · exact h

/-- Every call is sound. -/
theorem Called.sound (h : Inv s) (hc : Called s s') : Sound s s' := by
  cases hc with
  | processes nr a b c d e => exact (dispatchProcesses_changes nr a b c d e).sound h (dispatchProcesses_inv h nr a b c d e)
  | create => exact create_changes.sound h (create_inv h)
  | close => exact close_changes.sound h (close_inv h)
  | dup => exact dup_changes.sound h (dup_inv h)
  | dup2 => exact (dup2_changes h).sound h (dup2_inv h)
  | lseek => exact lseek_changes.sound h (lseek_inv h)
  | allocVector => exact allocVector_changes.sound h (allocVector_inv h)
  | reclaimVector => exact reclaimVector_changes.sound h (reclaimVector_inv h)
  | allocIntremap => exact allocIntremap_changes.sound h (allocIntremap_inv h)
  | reclaimIntremap => exact reclaimIntremap_changes.sound h (reclaimIntremap_inv h)
  | ackIntr => exact ackIntr_changes.sound h (ackIntr_inv h)
  | allocIoBitmap => exact allocIoBitmap_changes.sound h (allocIoBitmap_inv h)
  | allocPort => exact (allocPort_changes h).sound h (allocPort_inv h)
  | reclaimPort => exact reclaimPort_changes.sound h (reclaimPort_inv h)
  | send => exact (send_changes h).sound h (send_inv h)
  | recv => exact recv_changes.sound h (recv_inv h)
  | replyWait => exact (replyWait_changes h).sound h (replyWait_inv h)
  | call => exact (call_changes h).sound h (call_inv h)
  | mapPcipage => exact mapPcipage_changes.sound h (mapPcipage_inv h)
  | mapIommuFrame => exact mapIommuFrame_changes.sound h (mapIommuFrame_inv h)
  | allocIommuRoot => exact allocIommuRoot_changes.sound h (allocIommuRoot_inv h)
  | allocIommuPdpt => exact Changes.sound (allocIommuTable_changes rfl) h (allocIommuPdpt_inv h)
  | allocIommuPd => exact Changes.sound (allocIommuTable_changes rfl) h (allocIommuPd_inv h)
  | allocIommuPt => exact Changes.sound (allocIommuTable_changes rfl) h (allocIommuPt_inv h)
  | allocIommuFrame => exact (allocIommuFrame_changes h).sound h (allocIommuFrame_inv h)
  | reclaimIommuFrame => exact reclaimIommuFrame_changes.sound h (reclaimIommuFrame_inv h)
  | reclaimIommuRoot => exact reclaimIommuRoot_changes.sound h (reclaimIommuRoot_inv h)

/-- **Integrity of system calls.** Whatever call the current process makes, and with whatever arguments, all that can change is
what `Integrity` lists. -/
theorem integrity (h : Inv s) (hc : Called s s') : Integrity s s' := (hc.sound h).integrity

theorem preempt_sound (h : Inv s) : Sound s (preempt s).2 := (preempt_changes h).sound h (preempt_inv h)
theorem fault_sound (h : Inv s) : Sound s (fault s).2 := (fault_changes h).sound h (fault_inv h)

end Lv6.Spec
