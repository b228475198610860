module
public import Lv6.Theorems.Integrity.Device
public import Lv6.Theorems.Integrity.Fd
public import Lv6.Theorems.Integrity.Iommu
public import Lv6.Theorems.Integrity.Ipc
public import Lv6.Theorems.Integrity.Proc
public import Lv6.Theorems.Integrity.Vm
public import Lv6.Theorems.Tlb.CalmIotlb
public import Lv6.Theorems.Tlb.Iommu
public import Lv6.Theorems.Tlb.Ipc
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

/-- Every call on processes or virtual memory is sound. -/
theorem dispatchProcesses_sound (h : Inv s) (nr : Nat) (a b c d e : Word) :
    Sound s (dispatchProcesses s nr a b c d e).2 := by
  unfold dispatchProcesses
  split
  · exact ⟨mapPageDesc_inv h, mapTable_integrity, mapTable_tlb, mapTable_iotlb⟩
  · exact ⟨mapPml4_inv h, mapPml4_integrity, mapPml4_tlb, mapPml4_iotlb⟩
  · exact ⟨mapProc_inv h, mapTable_integrity, mapTable_tlb, mapTable_iotlb⟩
  · exact ⟨mapDev_inv h, mapTable_integrity, mapTable_tlb, mapTable_iotlb⟩
  · exact ⟨mapFile_inv h, mapTable_integrity, mapTable_tlb, mapTable_iotlb⟩
  · exact ⟨clone_inv h, clone_integrity, clone_tlb, clone_iotlb⟩
  · exact ⟨setProcName_inv h _ _, setProcName_integrity _ _, setProcName_tlb _ _, setProcName_iotlb _ _⟩
  · exact ⟨setRunnable_inv h, setRunnable_integrity, setRunnable_tlb, setRunnable_iotlb⟩
  · exact ⟨switch_inv h, switch_integrity, switch_tlb h, switch_iotlb⟩
  · exact ⟨kill_inv h, kill_integrity, kill_tlb, kill_iotlb⟩
  · exact ⟨reap_inv h, reap_integrity, reap_tlb, reap_iotlb⟩
  · exact ⟨reparent_inv h, reparent_integrity, reparent_tlb, reparent_iotlb⟩
  · exact ⟨allocPdpt_inv h, allocMapped_integrity, allocMapped_tlb, allocMapped_iotlb (l := 4) rfl⟩
  · exact ⟨allocPd_inv h, allocMapped_integrity, allocMapped_tlb, allocMapped_iotlb (l := 3) rfl⟩
  · exact ⟨allocPt_inv h, allocMapped_integrity, allocMapped_tlb, allocMapped_iotlb (l := 2) rfl⟩
  · exact ⟨allocFrame_inv h, allocMapped_integrity, allocMapped_tlb, allocMapped_iotlb (l := 1) rfl⟩
  · exact ⟨copyFrame_inv h, copyFrame_integrity, copyFrame_tlb, copyFrame_iotlb⟩
  · exact ⟨protectFrame_inv h, protectFrame_integrity, protectFrame_tlb, protectFrame_iotlb⟩
  · exact ⟨freePdpt_inv h, freeMapped_integrity (l := 3) rfl (by omega), freeMapped_tlb, freeMapped_iotlb (l := 4) rfl⟩
  · exact ⟨freePd_inv h, freeMapped_integrity (l := 2) rfl (by omega), freeMapped_tlb, freeMapped_iotlb (l := 3) rfl⟩
  · exact ⟨freePt_inv h, freeMapped_integrity (l := 1) rfl (by omega), freeMapped_tlb, freeMapped_iotlb (l := 2) rfl⟩
  · exact ⟨freeFrame_inv h, freeMapped_integrity (l := 0) rfl (by omega), freeMapped_tlb, freeMapped_iotlb (l := 1) rfl⟩
  · exact ⟨reclaimPage_inv h, reclaimPage_integrity, reclaimPage_tlb, reclaimPage_iotlb⟩
  · exact ⟨h, .refl s, .refl s, .refl s⟩

/-- Every call is sound. -/
theorem Called.sound (h : Inv s) (hc : Called s s') : Sound s s' := by
  cases hc with
  | processes nr a b c d e => exact dispatchProcesses_sound h nr a b c d e
  | create => exact ⟨create_inv h, create_integrity, create_tlb, create_iotlb⟩
  | close => exact ⟨close_inv h, close_integrity, close_tlb, close_iotlb⟩
  | dup => exact ⟨dup_inv h, dup_integrity, dup_tlb, dup_iotlb⟩
  | dup2 => exact ⟨dup2_inv h, dup2_integrity h, dup2_tlb, dup2_iotlb⟩
  | lseek => exact ⟨lseek_inv h, lseek_integrity, lseek_tlb, lseek_iotlb⟩
  | allocVector => exact ⟨allocVector_inv h, allocVector_integrity, allocVector_tlb, allocVector_iotlb⟩
  | reclaimVector => exact ⟨reclaimVector_inv h, reclaimVector_integrity, reclaimVector_tlb, reclaimVector_iotlb⟩
  | allocIntremap => exact ⟨allocIntremap_inv h, allocIntremap_integrity, allocIntremap_tlb, allocIntremap_iotlb⟩
  | reclaimIntremap => exact ⟨reclaimIntremap_inv h, reclaimIntremap_integrity, reclaimIntremap_tlb, reclaimIntremap_iotlb⟩
  | ackIntr => exact ⟨ackIntr_inv h, ackIntr_integrity, ackIntr_tlb, ackIntr_iotlb⟩
  | allocIoBitmap => exact ⟨allocIoBitmap_inv h, allocIoBitmap_integrity, allocIoBitmap_tlb, allocIoBitmap_iotlb⟩
  | allocPort => exact ⟨allocPort_inv h, allocPort_integrity h, allocPort_tlb h, allocPort_iotlb h⟩
  | reclaimPort => exact ⟨reclaimPort_inv h, reclaimPort_integrity, reclaimPort_tlb, reclaimPort_iotlb⟩
  | send => exact ⟨send_inv h, send_integrity h, (send_tlb h).1, (send_tlb h).2⟩
  | recv => exact ⟨recv_inv h, recv_integrity, (recv_tlb h).1, (recv_tlb h).2⟩
  | replyWait => exact ⟨replyWait_inv h, replyWait_integrity h, (replyWait_tlb h).1, (replyWait_tlb h).2⟩
  | call => exact ⟨call_inv h, call_integrity h, (call_tlb h).1, (call_tlb h).2⟩
  | mapPcipage => exact ⟨mapPcipage_inv h, mapPcipage_integrity, mapPcipage_tlb, mapPcipage_iotlb⟩
  | mapIommuFrame => exact ⟨mapIommuFrame_inv h, mapIommuFrame_integrity, mapIommuFrame_tlb, mapIommuFrame_iotlb⟩
  | allocIommuRoot => exact ⟨allocIommuRoot_inv h, allocIommuRoot_integrity, allocIommuRoot_tlb, allocIommuRoot_iotlb⟩
  | allocIommuPdpt =>
    exact ⟨allocIommuPdpt_inv h, allocIommuTable_integrity, allocIommuTable_tlb (l := 4) rfl, allocIommuTable_iotlb⟩
  | allocIommuPd =>
    exact ⟨allocIommuPd_inv h, allocIommuTable_integrity, allocIommuTable_tlb (l := 3) rfl, allocIommuTable_iotlb⟩
  | allocIommuPt =>
    exact ⟨allocIommuPt_inv h, allocIommuTable_integrity, allocIommuTable_tlb (l := 2) rfl, allocIommuTable_iotlb⟩
  | allocIommuFrame =>
    exact ⟨allocIommuFrame_inv h, allocIommuFrame_integrity h, allocIommuFrame_tlb, allocIommuFrame_iotlb⟩
  | reclaimIommuFrame =>
    exact ⟨reclaimIommuFrame_inv h, reclaimIommuFrame_integrity, reclaimIommuFrame_tlb, reclaimIommuFrame_iotlb⟩
  | reclaimIommuRoot =>
    exact ⟨reclaimIommuRoot_inv h, reclaimIommuRoot_integrity, reclaimIommuRoot_tlb, reclaimIommuRoot_iotlb⟩

/-- **Integrity of system calls.** Whatever call the current process makes, and with whatever arguments, all that can change is
what `Integrity` lists. -/
theorem integrity (h : Inv s) (hc : Called s s') : Integrity s s' := (hc.sound h).integrity

theorem preempt_sound (h : Inv s) : Sound s (preempt s).2 := ⟨preempt_inv h, preempt_integrity h, preempt_tlb h, preempt_iotlb⟩
theorem fault_sound (h : Inv s) : Sound s (fault s).2 := ⟨fault_inv h, fault_integrity h, fault_tlb h, fault_iotlb⟩

end Lv6.Spec
