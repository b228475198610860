module
public import Lv6.Spec.State
/-!
# Physical memory

What lies at a page frame number, and the part of the state on which the meaning of a page-table entry depends.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- The kernel's tables that user space may read. -/
inductive Table where | pageDesc | proc | file | device
deriving DecidableEq

/-- What lies at a page frame. -/
inductive Target where
  /-- Page `q` of RAM. -/
  | page (q : Nat)
  /-- DMA page `d`. -/
  | dma (d : Nat)
  /-- The `n`-th page of a kernel table. -/
  | kernel (t : Table) (n : Nat)
  /-- Page `c` of the PCI hole. -/
  | pci (c : Nat)
  /-- Memory that nobody may touch. -/
  | other
deriving DecidableEq

/-- What lies at page frame `n` when the kernel state starts at page frame `base`. -/
def target (base n : Nat) : Target :=
  if n < base then .other
  else if n < base + 8192 then .page (n - base)
  else if n < base + 8704 then .dma (n - base - 8192)
  else if n < base + 8768 then .kernel .pageDesc (n - base - 8704)
  else if n < base + 8774 then .kernel .proc (n - base - 8768)
  else if n < base + 8776 then .kernel .file (n - base - 8774)
  else if n < base + 8778 then .kernel .device (n - base - 8776)
  else if 0xa0000 ≤ n ∧ n < 0x100000 then .pci (n - 0xa0000)
  else .other

/-- How high a page stands in a page table: 4, 3, 2, 1 for the tables, 0 for the frames that they finally map; other pages
are never mapped. -/
def PageType.level : PageType → Option Nat
  | .x86Pml4 => some 4
  | .x86Pdpt => some 3
  | .x86Pd => some 2
  | .x86Pt => some 1
  | .frame => some 0
  | _ => none

/-- Whether a process in this state has an address space: not if the slot is free or the process dead. -/
def ProcState.isLive : ProcState → Bool
  | .unused | .zombie => false
  | _ => true

/-- Whether `p` has an address space. -/
def State.live (s : State) (p : Nat) : Prop := (s.state p).isLive = true

/-- The part of the state on which the meaning of page-table entries depends. -/
structure Mem where
  /-- Page frame number of page 0. -/
  base : Nat
  /-- The processes that have an address space. -/
  live : Nat → Prop
  /-- What each page is used for. -/
  type : Nat → PageType
  /-- Who owns it; 0 for nobody. -/
  owner : Nat → Nat
  /-- What it contains. -/
  word : Nat → Nat → Word
  /-- Who owns each DMA page; 0 for nobody. -/
  dmaOwner : Nat → Nat
  /-- Who owns the device of each page of the PCI hole; 0 for nobody. -/
  pciOwner : Nat → Nat
  /-- Which of these pages are configuration space. -/
  pciConfig : Nat → Bool

/-- The memory of a state. -/
def State.mem (s : State) : Mem where
  base := s.base
  live := s.live
  type := s.pageType
  owner := s.pageOwner
  word := s.word
  dmaOwner := s.dmaOwner
  pciOwner c := if s.pciPageValid c then s.pciOwner (s.pciPageDev c) else 0
  pciConfig := s.pciPageConfig

/-- How high page `q` stands in a page table, if it stands in one. -/
def Mem.level (m : Mem) (q : Nat) : Option Nat := (m.type q).level
/-- What entry `i` of the table `q` points at. -/
def Mem.target (m : Mem) (q i : Nat) : Target := Spec.target m.base (m.word q i).pfn

/-! ## What devices see -/

/-- How high a page stands in the tables of a device: 4, 3, 2, 1; other pages are no such tables. -/
def PageType.iommuLevel : PageType → Option Nat
  | .iommuPml4 => some 4
  | .iommuPdpt => some 3
  | .iommuPd => some 2
  | .iommuPt => some 1
  | _ => none

/-- Whether devices may come to walk tables of `p`: it is live, and may claim a device; or it is dead, but its devices have
not been taken away yet. -/
def State.exposed (s : State) (p : Nat) : Prop := s.live p ∨ s.nrDevs p ≠ 0

/-- The part of the state on which the meaning of IOMMU table entries depends. -/
structure DeviceMem where
  /-- Page frame number of page 0. -/
  base : Nat
  /-- The processes whose tables devices may come to walk. -/
  exposed : Nat → Prop
  /-- What each page is used for. -/
  type : Nat → PageType
  /-- Who owns it; 0 for nobody. -/
  owner : Nat → Nat
  /-- What it contains. -/
  word : Nat → Nat → Word
  /-- Who owns each DMA page; 0 for nobody. -/
  dmaOwner : Nat → Nat
  /-- Who owns each device; 0 for nobody. -/
  pciOwner : Nat → Nat
  /-- Where its tables start. -/
  pciRoot : Nat → Nat

/-- The memory of a state, as devices see it. -/
def State.deviceMem (s : State) : DeviceMem where
  base := s.base
  exposed := s.exposed
  type := s.pageType
  owner := s.pageOwner
  word := s.word
  dmaOwner := s.dmaOwner
  pciOwner := s.pciOwner
  pciRoot := s.pciRoot

/-! ## Frame numbers and what they name -/

theorem target_page {base q : Nat} (h : q < 8192) : target base (base + q) = .page q := by
  unfold target
  rw [if_neg (by omega), if_pos (by omega)]; exact congrArg Target.page (by omega)

theorem target_eq_page {base n q : Nat} (h : target base n = .page q) : n = base + q ∧ q < 8192 := by
  unfold target at h
  split at h
  · cases h
  split at h
  · injection h; omega
  repeat' split at h
  all_goals cases h

theorem target_eq_dma {base n d : Nat} (h : target base n = .dma d) : n = base + 8192 + d ∧ d < 512 := by
  unfold target at h
  split at h
  · cases h
  split at h
  · cases h
  split at h
  · injection h; omega
  repeat' split at h
  all_goals cases h

theorem target_dma {base d : Nat} (h : d < 512) : target base (base + 8192 + d) = .dma d := by
  unfold target
  rw [if_neg (by omega), if_neg (by omega), if_pos (by omega)]; exact congrArg Target.dma (by omega)

theorem target_pageDesc {base n : Nat} (h : n < 64) : target base (base + 8704 + n) = .kernel .pageDesc n := by
  unfold target
  rw [if_neg (by omega), if_neg (by omega), if_neg (by omega), if_pos (by omega)]
  exact congrArg (Target.kernel _) (by omega)

theorem target_proc {base n : Nat} (h : n < 6) : target base (base + 8768 + n) = .kernel .proc n := by
  unfold target
  rw [if_neg (by omega), if_neg (by omega), if_neg (by omega), if_neg (by omega), if_pos (by omega)]
  exact congrArg (Target.kernel _) (by omega)

theorem target_file {base n : Nat} (h : n < 2) : target base (base + 8774 + n) = .kernel .file n := by
  unfold target
  rw [if_neg (by omega), if_neg (by omega), if_neg (by omega), if_neg (by omega), if_neg (by omega), if_pos (by omega)]
  exact congrArg (Target.kernel _) (by omega)

theorem target_device {base n : Nat} (h : n < 2) : target base (base + 8776 + n) = .kernel .device n := by
  unfold target
  rw [if_neg (by omega), if_neg (by omega), if_neg (by omega), if_neg (by omega), if_neg (by omega), if_neg (by omega),
    if_pos (by omega)]
  exact congrArg (Target.kernel _) (by omega)

theorem target_pci {base c : Nat} (hb : base + 8778 ≤ 0xa0000) (h : c < 393216) : target base (0xa0000 + c) = .pci c := by
  unfold target
  rw [if_neg (by omega), if_neg (by omega), if_neg (by omega), if_neg (by omega), if_neg (by omega), if_neg (by omega),
    if_neg (by omega), if_pos (by omega)]
  exact congrArg Target.pci (by omega)

/-! ## Levels -/

theorem level_le {t : PageType} {l : Nat} (h : t.level = some l) : l ≤ 4 := by
  cases t <;> simp [PageType.level] at h <;> omega
/-- The tables of processes and those of devices are different pages. -/
theorem iommuLevel_of_level {t : PageType} {l : Nat} (h : t.level = some l) : t.iommuLevel = none := by
  cases t <;> first | rfl | cases h
theorem level_inj {t t' : PageType} {l : Nat} (h : t.level = some l) (h' : t'.level = some l) : t = t' := by
  cases t <;> cases t' <;> simp [PageType.level] at h h' ⊢ <;> omega

end Lv6.Spec
