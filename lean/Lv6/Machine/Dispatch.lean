module
public import Lv6.Machine.Call
/-!
# System calls by number

The machine's step for a call is any handler with any arguments. What the kernel does for a number and six registers is one
of these.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec
variable {s : State}

/-- Whatever number and registers a process passes, what the kernel does is one of the steps for a call. -/
theorem dispatch_called (s : State) (nr : Nat) (a b c d e f : Word) : Called s (dispatch s nr a b c d e f).2 := by
  have refused : Called s s := .processes 0 0#64 0#64 0#64 0#64 0#64
  unfold dispatch
  split
  · exact .processes _ _ _ _ _ _
  split
  · unfold dispatchFiles
    split
    · exact .create _ _ _ _ _
    · exact .close _ _
    · exact .dup _ _ _
    · exact .dup2 _ _ _
    · exact .lseek _ _
    · exact refused
  split
  · unfold dispatchIpc
    split
    · exact .send _ _ _ _ _
    · exact .recv _ _ _
    · exact .replyWait _ _ _ _ _ _
    · exact .call _ _ _ _ _ _
    · exact refused
  split
  · unfold dispatchIommu
    split
    · exact .mapPcipage _ _ _ _
    · exact .allocIommuRoot _ _
    · exact .allocIommuPdpt _ _ _ _
    · exact .allocIommuPd _ _ _ _
    · exact .allocIommuPt _ _ _ _
    · exact .allocIommuFrame _ _ _ _
    · exact .mapIommuFrame _ _ _ _
    · exact .reclaimIommuFrame _
    · exact .reclaimIommuRoot _
    · exact refused
  split
  · unfold dispatchInterrupts
    split
    · exact .allocVector _
    · exact .reclaimVector _
    · exact .allocIntremap _ _ _
    · exact .reclaimIntremap _
    · exact .ackIntr _
    · exact refused
  · unfold dispatchPorts
    split
    · exact .allocIoBitmap _ _ _
    · exact .allocPort _
    · exact .reclaimPort _
    · exact refused

/-- **Every system call keeps the invariant and respects integrity and the rules on cached translations**, with any number and
any arguments. -/
theorem dispatch_sound (h : Inv s) (nr : Nat) (a b c d e f : Word) : Sound s (dispatch s nr a b c d e f).2 :=
  (dispatch_called s nr a b c d e f).sound h

end Lv6.Spec
