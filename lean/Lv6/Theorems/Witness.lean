module
public import Lv6.Spec.Keep.Boot
public import Lv6.Spec.Keep.Vm
public import Lv6.Theorems.Walk
/-!
# The theorems are not empty

The kernel's initial state satisfies the invariant, and from there init can get itself memory: four system calls, each of
which succeeds, after which the processor finds a frame at address 0 that can be written to.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec.Witness

/-- Present and writable. -/
def readWrite : Word := 3#64

/-- The start: the kernel lies at page frame 512, two megabytes into memory. -/
def start : State := initial 512
/-- Init makes page 4 its first level-3 table. -/
def pdpt : Nat × State := allocPdpt start 1 1 0 4 readWrite
/-- It makes page 5 its first level-2 table. -/
def pd : Nat × State := allocPd pdpt.2 1 4 0 5 readWrite
/-- It makes page 6 its first level-1 table. -/
def pt : Nat × State := allocPt pd.2 1 5 0 6 readWrite
/-- It makes page 7 its first frame. -/
def frame : Nat × State := allocFrame pt.2 1 6 0 7 readWrite

/-- The invariant holds at the start. -/
theorem start_inv : Inv start := boot_inv (by decide) (by decide)

/-- All four calls succeed. -/
theorem calls_succeed : pdpt.1 = 0 ∧ pd.1 = 0 ∧ pt.1 = 0 ∧ frame.1 = 0 := by decide +kernel

/-- The state after them satisfies the invariant. -/
theorem frame_inv : Inv frame.2 := allocFrame_inv (allocPt_inv (allocPd_inv (allocPdpt_inv start_inv)))

/-- The first page of init's address space is now its frame, page 7, and it can be written to. -/
theorem frame_walk : frame.2.walk 1 0#64 = .hit (512 + 7) true := by decide +kernel

/-- It is a frame of init, as the isolation theorem says that it must be. -/
theorem frame_own : frame.2.pageOwner 7 = 1 ∧ frame.2.pageType 7 = .frame := by decide +kernel

/-- Before the calls there was nothing at that address. -/
theorem start_walk : start.walk 1 0#64 = .fault := by decide +kernel

end Lv6.Spec.Witness
