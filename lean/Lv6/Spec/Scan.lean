module
public import Lv6.Spec.State
/-!
# What the hardware has

The boot scan lists the PCI functions that it finds. It is not part of the core: what it says may be anything, and the core
takes over what makes sense. In doubt a resource is nobody's.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- The findings of the boot scan. -/
structure Scan where
  /-- How many functions it has found. -/
  count : Nat
  /-- Not 0 if an IOMMU translates what they access. -/
  iommu : Nat
  /-- Physical address of the configuration space, 0 if it is not mapped to memory. -/
  ecam : Nat
  /-- Device id of each function. -/
  devid : Nat → Nat
  /-- Its class code. -/
  classCode : Nat → Nat
  /-- Where the memory behind each of its base-address registers starts. -/
  barBase : Nat → Nat → Nat
  /-- How long that is; 0 for none. -/
  barSize : Nat → Nat → Nat

/-- The steps `f 0` to `f (n - 1)`, one after the other. -/
def steps (n : Nat) (f : Nat → State → State) (s : State) : State :=
  match n with
  | 0 => s
  | n + 1 => f n (steps n f s)

/-- Give the page frame `pfn` to the device `d`, as its page of the configuration space or as its memory, if it lies in the
part of the PCI hole that devices may have. A page that belongs to another device already, or to the same one as the other
kind, becomes nobody's for good, which the id 1 says. -/
def claimFrame (s : State) (pfn d : Nat) (config : Bool) : State :=
  let c := pfn - 0xa0000
  if pfn < 0xa0000 then s
  else if 0xfec00 ≤ pfn then s
  else if s.pciPageValid c = true then
    if s.pciPageDev c ≠ d ∨ s.pciPageConfig c ≠ config then
      { s with
        pciPageDev := upd s.pciPageDev c 1
        pciPageValid := upd s.pciPageValid c false
        pciPageConfig := upd s.pciPageConfig c false }
    else s
  else if s.pciPageDev c = 0 then
    { s with
      pciPageDev := upd s.pciPageDev c d
      pciPageValid := upd s.pciPageValid c true
      pciPageConfig := upd s.pciPageConfig c config }
  else s

/-- Give the device `d` the pages behind a base-address register, if it covers whole pages below 4 GiB. -/
def claimBar (s : State) (d base size : Nat) : State :=
  if base % 4096 ≠ 0 then s
  else if size % 4096 ≠ 0 then s
  else if 0xffffffff < base then s
  else if 0x60000000 < size then s
  else steps (size / 4096) (fun i s => claimFrame s (base / 4096 + i) d false) s

/-- Give the function `n` its page of the configuration space, and the pages behind its base-address registers. -/
def claimPages (s : State) (scan : Scan) (n : Nat) : State :=
  let d := scan.devid n
  let s₁ := if scan.ecam ≠ 0 then claimFrame s (scan.ecam / 4096 + d) d true else s
  steps 6 (fun i s => claimBar s d (scan.barBase n i) (scan.barSize n i)) s₁

/-- Let processes claim the function `n`, if the IOMMU can confine it: if there is one, and the function is no bridge, which
serves other functions too. -/
def addFunction (scan : Scan) (n : Nat) (s : State) : State :=
  if scan.iommu = 0 then s
  else if scan.classCode n / 2 ^ 24 % 256 = 6 then s
  else claimPages { s with pciPresent := upd s.pciPresent (scan.devid n) 1 } scan n

/-- Whether processes may have the vector: not those of exceptions and of the processor's own interrupt controller. -/
def isDeviceVector (v : Nat) : Prop := 32 ≤ v ∧ v ≤ 0xfd
instance (v : Nat) : Decidable (isDeviceVector v) := inferInstanceAs (Decidable (_ ∧ _))

/-- Whether processes may have the port: serial lines, keyboard, text screen. -/
def isConsolePort (i : Nat) : Prop :=
  0x3f7 < i ∧ i < 0x3fe ∨ 0x2f7 < i ∧ i < 0x2fe ∨ i = 0x60 ∨ i = 0x64 ∨ i = 0x3d4 ∨ i = 0x3d5
instance (i : Nat) : Decidable (isConsolePort i) := inferInstanceAs (Decidable (_ ∨ _))

/-- Keep the vectors and ports that no process may have. -/
def reserve (s : State) : State :=
  { s with
    vectorOwner := fun v => if v < 256 ∧ ¬ isDeviceVector v then 0xffffffffffffffff else s.vectorOwner v
    portOwner := fun i => if i < 65536 ∧ ¬ isConsolePort i then 0xffffffffffffffff else s.portOwner i }

/-- Fill the device tables with what the scan has found, before the first call of a process. EINVAL, and no change, if there
are more functions than the table has room for, if one has no valid device id, or if the configuration space does not
start at a page boundary. -/
def bootDevices (s : State) (scan : Scan) : Nat × State :=
  if 64 < scan.count then (EINVAL, s)
  else if ∃ n, n < scan.count ∧ 65536 ≤ scan.devid n then (EINVAL, s)
  else if scan.ecam % 4096 ≠ 0 then (EINVAL, s)
  else (0, steps scan.count (addFunction scan) (reserve s))

end Lv6.Spec
