module
public import Lv6.Refine.Bits
public import Lv6.Refine.PageTable
public import Lv6.Spec.Keep.Iommu
/-!
# System calls on devices, and the memory that they may reach
-/
set_option compiler.extract_closed false
@[expose] public section

open Aeneas Aeneas.Std Result

namespace Lv6.Code
variable (k : state.Kernel)

/-! ## Questions -/

theorem is_dmapn_code (d : U64) :
    holds (iommu.is_dmapn d) fun b => (Spec.isDmapn d.val ↔ b = true) ∧ (b = true → d.val < 512) := by
  unfold iommu.is_dmapn Spec.isDmapn
  run

theorem is_pci_page_code (c : U64) :
    holds (iommu.is_pci_page k c) fun b => (Spec.isPciPage (abs k) c.val ↔ b = true) ∧ (b = true → c.val < 393216) := by
  unfold iommu.is_pci_page Spec.isPciPage
  run
macro_rules | `(tactic| leaf_call) => `(tactic| first | call is_dmapn_code | call is_pci_page_code)

/-- A word is 0 as a number exactly if it is 0. -/
theorem val_eq_zero (x : U64) : x.val = 0 ↔ x.bv = 0#64 := by
  constructor
  · exact fun h => BitVec.eq_of_toNat_eq h
  · intro h; show x.bv.toNat = 0; rw [h]; rfl

theorem iommu_perm (x : U64) : (x &&& ~~~lv6_abi.pte.IOMMU_PERM_MASK).val = 0 ↔ Spec.isIommuPerm x.bv := by
  have hm : lv6_abi.pte.IOMMU_PERM_MASK.bv = Spec.iommuPermMask := by unfold lv6_abi.pte.IOMMU_PERM_MASK; rfl
  rw [val_eq_zero]
  change x.bv &&& ~~~lv6_abi.pte.IOMMU_PERM_MASK.bv = 0#64 ↔ _
  rw [hm]; rfl

theorem entry_eq_zero (q i : Nat) : natsOf (k.pages.get q) i = 0 ↔ (abs k).word q i = 0#64 := by
  rw [← natsOf_get, val_eq_zero, wordsOf_get, wordOf_get, word_abs]

/-- The number of a device has 16 bits. -/
theorem pciPageDev_lt (c : Nat) : (abs k).pciPageDev c < 65536 := by
  rw [← pciPageDev_abs, ← pciPageDevOf_get]
  exact UScalar.val_lt _

/-- What is given out with a page is not a device. -/
theorem allocPage_devices (s : Spec.State) (p q : Nat) (t : Spec.PageType) :
    (Spec.allocPage s p t q).nrDevs = s.nrDevs ∧ (Spec.allocPage s p t q).pciOwner = s.pciOwner ∧
      (Spec.allocPage s p t q).pciRoot = s.pciRoot := ⟨rfl, rfl, rfl⟩

/-- A page frame is mapped at a slot of the caller. -/
theorem map_own_code (pt index perm pfn : U64) (n : Nat) (hn : pfn.val = n) :
    holds (page_table.map_page k k.current pt index pfn perm .X86Pt) fun (r, k') =>
      Spec.mapPage (abs k) (abs k).current pt.val index.val n perm.bv .x86Pt = (r.val, abs k') := by
  subst hn
  have h := map_page_code k k.current pt index pfn perm .X86Pt
  have e : k.current.val = (abs k).current := current_abs k
  rw [e] at h
  exact h

section
/-- Entries and permissions as words. -/
local macro_rules | `(tactic| wp) => `(tactic| simp only [↓wpMonad, ↓wpArray, ↓Lv6.Code.helperCalls, wpWord,
  wpCast, wpBool, iommu_perm, entry_eq_zero, Lv6.Code.constants, Lv6.Code.fieldReads, Lv6.Code.fieldsAbs,
  Lv6.Code.enumAbs, if_true, if_false, Nat.reduceMod])

theorem check_iommu_map_code (table index perm : U64) (kind : state.PageType) :
    holds (iommu.check_iommu_map k table index perm kind) fun e =>
      Spec.checkIommuMap (abs k) table.val index.val perm.bv kind.abs = e.val := by
  unfold iommu.check_iommu_map Spec.checkIommuMap
  run
end
macro_rules | `(tactic| leaf_call) => `(tactic| call check_iommu_map_code)

theorem set_iommu_entry_code (table index entry : U64) (ht : table.val < 8192) (hi : index.val < 512) :
    holds (iommu.set_iommu_entry k table index entry) fun k' =>
      abs k' = Spec.setIommuEntry (abs k) table.val index.val entry.bv := by
  unfold iommu.set_iommu_entry Spec.setIommuEntry
  run
macro_rules | `(tactic| leaf_call) => `(tactic| call set_iommu_entry_code)

/-- Where a new entry may be written, there is a slot. -/
theorem iommu_map_bounds {s : Spec.State} {table i : Nat} {perm : Spec.Word} {t : Spec.PageType}
    (h : Spec.checkIommuMap s table i perm t = 0) : table < 8192 ∧ i < 512 :=
  have hm := Spec.checkIommuMap_ok h
  ⟨hm.page.1, hm.index⟩

theorem alloc_iommu_table_code (hk : Inv k) (table index pn perm : U64) (parent child : state.PageType) :
    holds (iommu.alloc_iommu_table k table index pn perm parent child) fun (r, k') =>
      Spec.allocIommuTable (abs k) table.val index.val pn.val perm.bv parent.abs child.abs = (r.val, abs k') := by
  have := @iommu_map_bounds (abs k) table.val index.val perm.bv parent.abs
  have := hk.base_le
  have := hk.freeLinks
  have := hk.current_lt
  have := hk.nrPages_lt _ hk.proc.pid
  unfold iommu.alloc_iommu_table Spec.allocIommuTable
  run

/-! ## System calls -/

variable (hk : Inv k)
include hk

/-- The system call `sys_map_pcipage` refines `Spec.mapPcipage`. -/
theorem sys_map_pcipage_refines (pt index pcipn perm : U64) :
    Refines (iommu.sys_map_pcipage k pt index pcipn perm)
      (Spec.mapPcipage (abs k) pt.val index.val pcipn.val perm.bv) := by
  refine refines_of ?_ (Spec.mapPcipage_inv hk)
  have := pciPageDev_lt k
  have hm := fun pfn => map_own_code k pt index perm pfn (0xa0000 + pcipn.val)
  unfold iommu.sys_map_pcipage Spec.mapPcipage
  wp; leaves <;> (repeat' first | call hm | leaf_call) <;> leaf_auto

/-- The system call `sys_map_iommu_frame` refines `Spec.mapIommuFrame`. -/
theorem sys_map_iommu_frame_refines (pt index dmapn perm : U64) :
    Refines (iommu.sys_map_iommu_frame k pt index dmapn perm)
      (Spec.mapIommuFrame (abs k) pt.val index.val dmapn.val perm.bv) := by
  refine refines_of ?_ (Spec.mapIommuFrame_inv hk)
  have := hk.base_le
  have hm := fun pfn => map_own_code k pt index perm pfn ((abs k).base + 8192 + dmapn.val)
  unfold iommu.sys_map_iommu_frame Spec.mapIommuFrame
  wp; leaves <;> (repeat' first | call hm | leaf_call) <;> leaf_auto

/-- The system call `sys_alloc_iommu_root` refines `Spec.allocIommuRoot`. -/
theorem sys_alloc_iommu_root_refines (devid pn : U64) :
    Refines (iommu.sys_alloc_iommu_root k devid pn) (Spec.allocIommuRoot (abs k) devid.val pn.val) := by
  have := hk.freeLinks
  have := hk.current_lt
  have := hk.nrPages_lt _ hk.proc.pid
  have := hk.devs_le _ hk.proc.pid
  have := allocPage_devices
  run_refines iommu.sys_alloc_iommu_root Spec.allocIommuRoot (Spec.allocIommuRoot_inv hk)

/-- The system call `sys_alloc_iommu_pdpt` refines `Spec.allocIommuPdpt`. -/
theorem sys_alloc_iommu_pdpt_refines (table index pn perm : U64) :
    Refines (iommu.sys_alloc_iommu_pdpt k table index pn perm)
      (Spec.allocIommuPdpt (abs k) table.val index.val pn.val perm.bv) :=
  refines_of (alloc_iommu_table_code k hk table index pn perm _ _) (Spec.allocIommuPdpt_inv hk)

/-- The system call `sys_alloc_iommu_pd` refines `Spec.allocIommuPd`. -/
theorem sys_alloc_iommu_pd_refines (table index pn perm : U64) :
    Refines (iommu.sys_alloc_iommu_pd k table index pn perm)
      (Spec.allocIommuPd (abs k) table.val index.val pn.val perm.bv) :=
  refines_of (alloc_iommu_table_code k hk table index pn perm _ _) (Spec.allocIommuPd_inv hk)

/-- The system call `sys_alloc_iommu_pt` refines `Spec.allocIommuPt`. -/
theorem sys_alloc_iommu_pt_refines (table index pn perm : U64) :
    Refines (iommu.sys_alloc_iommu_pt k table index pn perm)
      (Spec.allocIommuPt (abs k) table.val index.val pn.val perm.bv) :=
  refines_of (alloc_iommu_table_code k hk table index pn perm _ _) (Spec.allocIommuPt_inv hk)

/-- The system call `sys_alloc_iommu_frame` refines `Spec.allocIommuFrame`. -/
theorem sys_alloc_iommu_frame_refines (table index dmapn perm : U64) :
    Refines (iommu.sys_alloc_iommu_frame k table index dmapn perm)
      (Spec.allocIommuFrame (abs k) table.val index.val dmapn.val perm.bv) := by
  refine refines_of ?_ (Spec.allocIommuFrame_inv hk)
  have := @iommu_map_bounds (abs k) table.val index.val perm.bv .iommuPt
  have := hk.base_le
  have := hk.current_lt
  have := hk.dmapages_le _ hk.proc.pid
  have hc : holds (iommu.check_iommu_map k table index perm .IommuPt) fun e =>
      Spec.checkIommuMap (abs k) table.val index.val perm.bv .iommuPt = e.val := check_iommu_map_code ..
  unfold iommu.sys_alloc_iommu_frame Spec.allocIommuFrame
  wp; leaves <;> (repeat' first | call hc | leaf_call) <;> leaf_auto

/-- The system call `sys_reclaim_iommu_frame` refines `Spec.reclaimIommuFrame`. -/
theorem sys_reclaim_iommu_frame_refines (dmapn : U64) :
    Refines (iommu.sys_reclaim_iommu_frame k dmapn) (Spec.reclaimIommuFrame (abs k) dmapn.val) := by
  have := hk.device.dma dmapn.val
  have := hk.proc.nobody
  have := hk.dmapages_pos dmapn.val
  run_refines iommu.sys_reclaim_iommu_frame Spec.reclaimIommuFrame (Spec.reclaimIommuFrame_inv hk)

/-- The system call `sys_reclaim_iommu_root` refines `Spec.reclaimIommuRoot`. -/
theorem sys_reclaim_iommu_root_refines (devid : U64) :
    Refines (iommu.sys_reclaim_iommu_root k devid) (Spec.reclaimIommuRoot (abs k) devid.val) := by
  have := hk.devs_pos devid.val
  run_refines iommu.sys_reclaim_iommu_root Spec.reclaimIommuRoot (Spec.reclaimIommuRoot_inv hk)

end Lv6.Code
