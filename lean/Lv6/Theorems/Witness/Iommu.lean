module
public import Lv6.Theorems.Witness
public import Lv6.Theorems.IommuIsolation
public import Lv6.Spec.Keep.Clone
public import Lv6.Spec.Keep.Iommu
public import Lv6.Spec.Keep.Scan
/-!
# The theorems on devices are not empty

When one device is there, init can claim it and lead it to a DMA page: each of the calls succeeds, and afterwards a unit finds
that page at the device's address 0, with tables of four levels as with three. When init has died, what it had can be taken
back.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec.Witness

/-! ## One device -/

/-- The device: function 0 of device 3 on bus 0. -/
abbrev device : Nat := 24

/-- What the boot scan says: one function, with a page of memory at the beginning of the PCI hole, which an IOMMU confines. -/
def oneDevice : Scan where
  count := 1
  iommu := 1
  ecam := 0
  devid _ := device
  classCode _ := 0x2000000
  barBase _ _ := 0xa0000000
  barSize _ i := if i = 0 then 4096 else 0

/-- The kernel has started, and has taken over what the scan says. -/
@[irreducible] def found : State := (bootDevices start oneDevice).2

/-- Init owns nothing of the device yet. -/
structure Idle (s : State) : Prop where
  present : s.pciPresent device = 1
  owner : s.pciOwner device = 0
  pageDev : s.pciPageDev 0 = device
  pageValid : s.pciPageValid 0 = true
  pageConfig : s.pciPageConfig 0 = false
  dma : s.dmaType 0 = .free
  devs : s.nrDevs 1 = 0
  intremaps : s.nrIntremaps 1 = 0
  running : s.state 1 = .running
  second : s.state 2 = .unused

theorem start_pages : start.pciPageValid = (fun _ => false) ∧ start.pciPageDev = fun _ => 0 := by
  rw [start, initial_eq (by decide) (by decide)]; exact ⟨rfl, rfl⟩

theorem found_eq : found = { reserve start with
    pciPresent := upd start.pciPresent device 1
    pciPageDev := upd start.pciPageDev 0 device
    pciPageValid := upd start.pciPageValid 0 true
    pciPageConfig := upd start.pciPageConfig 0 false } := by
  obtain ⟨hv, hd⟩ := start_pages
  unfold found bootDevices
  rw [if_neg (by decide), if_neg (fun ⟨_, _, h⟩ => absurd (show 65536 ≤ 24 from h) (by decide)), if_neg (by decide)]
  simp [steps, addFunction, claimPages, claimBar, claimFrame, oneDevice, reserve, hv, hd]

theorem found_inv : Inv found := by
  unfold found
  exact (bootDevices_inv start_inv (initial_unclaimed (by decide) (by decide)) oneDevice).1

theorem found_idle : Idle found := by
  rw [found_eq]
  constructor <;> simp only [reserve, upd_same] <;> rw [start, initial_eq (by decide) (by decide)] <;> rfl

theorem found_chain : Chain found 3 := by
  have h := start_chain
  rw [found_eq]
  exact ⟨h.current, h.base, h.root, h.first, h.type, h.owner, h.word⟩

theorem Idle.allocMapped {s : State} {p table i q : Nat} {perm : Word} {parent child : PageType} (h : Idle s) :
    Idle (allocMapped s p table i q perm parent child).2 := by
  unfold Spec.allocMapped; dsimp only
  repeat' split
  · exact h
  · exact h
  · exact ⟨h.1, h.2, h.3, h.4, h.5, h.6, h.7, h.8, h.9, h.10⟩

/-- Init has a level-1 table, page 6, after the three calls of `Witness.calls_succeed`. -/
def tables : State := (allocPt (allocPd (allocPdpt found 1 1 0 4 readWrite).2 1 4 0 5 readWrite).2 1 5 0 6 readWrite).2

theorem tables_inv : Inv tables := allocPt_inv (allocPd_inv (allocPdpt_inv found_inv))
theorem tables_idle : Idle tables := found_idle.allocMapped.allocMapped.allocMapped
theorem tables_chain : Chain tables 6 :=
  have h4 := (found_chain.grow (by decide) (by decide) rfl found_chain.first rfl).2
  have h5 := (h4.grow (by decide) (by decide) rfl (h4.type 4 (by decide)) rfl).2
  (h5.grow (by decide) (by decide) rfl (h5.type 5 (by decide)) rfl).2

/-! ## Claiming it -/

/-- Init claims the device, with page 7 as the root of its tables. -/
def root : Nat × State := allocIommuRoot tables device 7
/-- It makes page 8 the device's first level-3 table. -/
def ioPdpt : Nat × State := allocIommuPdpt root.2 7 0 8 readWrite
/-- It makes page 9 the device's first level-2 table. -/
def ioPd : Nat × State := allocIommuPd ioPdpt.2 8 0 9 readWrite
/-- It makes page 10 the device's first level-1 table. -/
def ioPt : Nat × State := allocIommuPt ioPd.2 9 0 10 readWrite
/-- It leads the device's address 0 to DMA page 0. -/
def dma : Nat × State := allocIommuFrame ioPt.2 10 0 0 readWrite

/-- What the pages from 7 on become. -/
def deviceKind (q : Nat) : PageType :=
  if q = 7 then .iommuPml4 else if q = 8 then .iommuPdpt else if q = 9 then .iommuPd else .iommuPt

/-- The parts of the state that matter here: the pages from 7 to `top` are a chain of IOMMU tables of init whose first entries
each lead to the next one, and page 6 is still an empty page table. -/
structure DeviceChain (s : State) (top : Nat) : Prop where
  current : s.current = 1
  base : s.base = 512
  type : ∀ q, 7 ≤ q → s.pageType q = if top < q then .free else deviceKind q
  owner : ∀ q, 6 ≤ q → q ≤ top → s.pageOwner q = 1
  word : ∀ q, 6 ≤ q → s.word q 0 = if 7 ≤ q ∧ q < top then makeEntry (512 + (q + 1)) readWrite else 0#64
  table : s.pageType 6 = .x86Pt
  pciOwner : s.pciOwner device = 1
  pciRoot : s.pciRoot device = 7
  pageDev : s.pciPageDev 0 = device
  pageValid : s.pciPageValid 0 = true
  pageConfig : s.pciPageConfig 0 = false
  dma : s.dmaType 0 = .free
  devs : s.nrDevs 1 = 1
  intremaps : s.nrIntremaps 1 = 0
  running : s.state 1 = .running
  second : s.state 2 = .unused

theorem root_chain : root.1 = 0 ∧ DeviceChain root.2 7 := by
  have h := tables_chain
  have hd := tables_idle
  have hf : isFree tables 7 := ⟨by decide, by rw [h.type 7 (by decide)]; rfl⟩
  have e : root = (0, (allocIommuRoot tables device 7).2) := by
    unfold root allocIommuRoot
    rw [if_neg (by decide), if_neg (by rw [hd.present]; decide), if_neg (not_not_intro hd.owner),
      if_neg (not_not_intro hf)]
  have e2 : (allocIommuRoot tables device 7).2 = { allocPage tables 1 .iommuPml4 7 with
      pciOwner := upd tables.pciOwner device 1, pciRoot := upd tables.pciRoot device 7
      nrDevs := upd tables.nrDevs 1 (tables.nrDevs 1 + 1), contextRequest := device + 1, flushIotlb := 1 } := by
    unfold allocIommuRoot
    rw [if_neg (by decide), if_neg (by rw [hd.present]; decide), if_neg (not_not_intro hd.owner),
      if_neg (not_not_intro hf), ← h.current]
    rfl
  rw [e, e2]
  refine ⟨rfl, h.current, h.base, fun q hq => ?_, fun q h1 h2 => ?_, fun q hq => ?_, ?_, by simp only [upd_same],
    by simp only [upd_same], hd.pageDev, hd.pageValid, hd.pageConfig, hd.dma, ?_, hd.intremaps, hd.running, hd.second⟩
  · have := h.type q (by omega); simp only [allocPage, upd, deviceKind]; grind
  · have := h.owner q; simp only [allocPage, upd]; grind
  · have := h.word q
    have e : upd tables.word 7 (fun _ => 0#64) q 0 = if q = 7 then 0#64 else tables.word q 0 := by
      simp only [upd]; split <;> rfl
    simp only [allocPage, e]; grind
  · have := h.type 6 (by decide); simp only [allocPage, upd]; grind [kind]
  · show upd tables.nrDevs 1 (tables.nrDevs 1 + 1) 1 = 1
    rw [upd_same, hd.devs]

/-- The check before an entry is written finds nothing wrong. -/
theorem checkIommuMap_zero {s : State} {table : Nat} {t : PageType} (ht : isPageOf s table t)
    (ho : s.pageOwner table = s.current) (he : s.word table 0 = 0#64) : checkIommuMap s table 0 readWrite t = 0 := by
  unfold checkIommuMap
  rw [if_neg (not_not_intro ht), if_neg (not_not_intro ho), if_neg (by decide),
    if_neg (by unfold isIommuPerm readWrite; decide), if_neg (not_not_intro he)]

/-- The next table can be made. -/
theorem DeviceChain.grow {s : State} {top : Nat} {parent child : PageType} (h : DeviceChain s top) (h7 : 7 ≤ top)
    (h10 : top < 10) (hp : parent = deviceKind top) (hc : child = deviceKind (top + 1)) :
    (allocIommuTable s top 0 (top + 1) readWrite parent child).1 = 0 ∧
      DeviceChain (allocIommuTable s top 0 (top + 1) readWrite parent child).2 (top + 1) := by
  have hf : isFree s (top + 1) := ⟨by omega, by rw [h.type _ (by omega), if_pos (by omega)]⟩
  have ht : isPageOf s top parent := ⟨by omega, by rw [h.type _ h7, if_neg (by omega), hp]⟩
  have h0 := checkIommuMap_zero ht (by rw [h.current]; exact h.owner _ (by omega) (by omega))
    (by rw [h.word _ (by omega)]; exact if_neg (by omega))
  have e : allocIommuTable s top 0 (top + 1) readWrite parent child = (0, setIommuEntry (allocPage s 1 child (top + 1)) top 0
      (makeEntry (s.base + (top + 1)) readWrite)) := by
    unfold allocIommuTable
    simp only [hf, h0, h.current, not_true_eq_false, if_false, ne_eq]
  rw [e]
  refine ⟨rfl, h.current, h.base, fun q hq => ?_, fun q h1 h2 => ?_, fun q hq => ?_, ?_, h.pciOwner, h.pciRoot, h.pageDev,
    h.pageValid, h.pageConfig, h.dma, h.devs, h.intremaps, h.running, h.second⟩
  · have := h.type q hq; simp only [setIommuEntry, allocPage, upd]; grind
  · have := h.owner q h1; simp only [setIommuEntry, allocPage, upd]; grind
  · have := h.word q hq
    have e : upd s.word (top + 1) (fun _ => 0#64) q 0 = if q = top + 1 then 0#64 else s.word q 0 := by
      simp only [upd]; split <;> rfl
    simp only [setIommuEntry, allocPage, upd2_apply, and_true, e, h.base]; grind
  · exact (upd_ne _ _ _ _ (by omega)).trans h.table

theorem ioPdpt_chain : ioPdpt.1 = 0 ∧ DeviceChain ioPdpt.2 8 := root_chain.2.grow (by decide) (by decide) rfl rfl
theorem ioPd_chain : ioPd.1 = 0 ∧ DeviceChain ioPd.2 9 := ioPdpt_chain.2.grow (by decide) (by decide) rfl rfl
theorem ioPt_chain : ioPt.1 = 0 ∧ DeviceChain ioPt.2 10 := ioPd_chain.2.grow (by decide) (by decide) rfl rfl

theorem dma_eq : dma = (0, setIommuEntry { ioPt.2 with
      dmaType := upd ioPt.2.dmaType 0 .iommuFrame
      dmaOwner := upd ioPt.2.dmaOwner 0 1
      dmaWord := upd ioPt.2.dmaWord 0 fun _ => 0#64
      nrDmapages := upd ioPt.2.nrDmapages 1 (ioPt.2.nrDmapages 1 + 1) } 10 0 (makeEntry (512 + 8192 + 0) readWrite)) := by
  have h := ioPt_chain.2
  have h0 : checkIommuMap ioPt.2 10 0 readWrite .iommuPt = 0 :=
    checkIommuMap_zero ⟨by decide, h.type 10 (by decide)⟩ (by rw [h.current]; exact h.owner 10 (by decide) (by decide))
      (by rw [h.word 10 (by decide)]; rfl)
  have hd : isDmapn 0 := by decide
  unfold dma allocIommuFrame
  simp only [hd, h0, h.current, h.base, h.dma, not_true_eq_false, if_false, ne_eq]

/-- All five calls succeed. -/
theorem device_calls_succeed : root.1 = 0 ∧ ioPdpt.1 = 0 ∧ ioPd.1 = 0 ∧ ioPt.1 = 0 ∧ dma.1 = 0 :=
  ⟨root_chain.1, ioPdpt_chain.1, ioPd_chain.1, ioPt_chain.1, congrArg Prod.fst dma_eq⟩

/-- The state after them satisfies the invariant. -/
theorem dma_inv : Inv dma.2 :=
  allocIommuFrame_inv (allocIommuPt_inv (allocIommuPd_inv (allocIommuPdpt_inv (allocIommuRoot_inv tables_inv))))

/-! ## A device's walk that succeeds -/

/-- What the entries lead to. -/
theorem dma_word (q : Nat) (h7 : 7 ≤ q) (h10 : q ≤ 10) :
    dma.2.word q 0 = makeEntry (if q = 10 then 512 + 8192 + 0 else 512 + (q + 1)) readWrite := by
  have h := ioPt_chain.2.word q (by omega)
  rw [dma_eq]
  simp only [setIommuEntry, upd2_apply, and_true]; grind

theorem dma_base : dma.2.base = 512 := by rw [dma_eq]; exact ioPt_chain.2.base

theorem dma_step (l q n : Nat) (h7 : 7 ≤ q) (h10 : q ≤ 10) (hn : n = if q = 10 then 512 + 8192 + 0 else 512 + (q + 1)) :
    dma.2.deviceWalkFrom 0#64 (l + 1) (512 + q) true true = dma.2.deviceWalkFrom 0#64 l n true true := by
  have hp : isIommuPerm readWrite := by unfold isIommuPerm readWrite; decide
  have hw := dma_word q h7 h10
  rw [← hn] at hw
  have hi : vaIndex 0#64 l = 0 := by simp [vaIndex]
  have ht : target 512 (512 + q) = .page q := target_page (by omega)
  have hf : (makeEntry n readWrite).pfn = n := pfn_makeIommuEntry (by rw [hn]; split <;> omega) hp
  have hr : (makeEntry n readWrite).deviceReads = true := by rw [deviceReads_makeEntry]; decide
  have hx : (makeEntry n readWrite).deviceWrites = true := by rw [deviceWrites_makeEntry]; decide
  simp only [State.deviceWalkFrom, dma_base, ht, hi, hw, hr, hx, hf, large_makeIommuEntry _ hp, Bool.false_eq_true,
    Bool.true_eq_false, false_and, if_false, Bool.and_self]

/-- The first page of the device's address space is now DMA page 0, which it can read and write; with four levels of tables and
with three. -/
theorem dma_walk (levels : Levels) : dma.2.deviceWalk levels device 0#64 = .hit (512 + 8192) true true := by
  have ho : dma.2.pciOwner device = 1 := by rw [dma_eq]; exact ioPt_chain.2.pciOwner
  have hr : dma.2.pciRoot device = 7 := by rw [dma_eq]; exact ioPt_chain.2.pciRoot
  have h3 : dma.2.deviceWalkFrom 0#64 3 (512 + 8) true true = .hit (512 + 8192) true true := by
    rw [dma_step 2 8 (512 + 9) (by decide) (by decide) rfl, dma_step 1 9 (512 + 10) (by decide) (by decide) rfl,
      dma_step 0 10 (512 + 8192) (by decide) (by decide) rfl]
    rfl
  unfold State.deviceWalk State.deviceStart
  rw [ho, hr, if_neg (by decide)]
  cases levels with
  | four =>
    simp only [dma_base, Levels.count]
    rw [if_pos (by decide), dma_step 3 7 (512 + 8) (by decide) (by decide) rfl]; exact h3
  | three =>
    have hw : dma.2.word 7 0 = makeEntry (512 + 8) readWrite := dma_word 7 (by decide) (by decide)
    have hf : (makeEntry (512 + 8) readWrite).pfn = 512 + 8 :=
      pfn_makeIommuEntry (by decide) (by unfold isIommuPerm readWrite; decide)
    simp only [hw, deviceReads_makeEntry, deviceWrites_makeEntry, hf, Levels.count]
    rw [if_pos (by decide)]
    dsimp only
    rw [if_pos (by decide)]; exact h3

/-- It belongs to init, as the isolation theorem says that it must. -/
theorem dma_own : dma.2.dmaOwner 0 = 1 ∧ dma.2.dmaType 0 = .iommuFrame := by
  rw [dma_eq]; simp only [setIommuEntry, upd_same, and_self]

/-! ## Mapping -/

theorem dma_checkMap : checkMap dma.2 1 6 0 readWrite .x86Pt = 0 := by
  have h := ioPt_chain.2
  have hc : dma.2.current = 1 := by rw [dma_eq]; exact h.current
  have ht : isPageOf dma.2 6 .x86Pt := ⟨by decide, by rw [dma_eq]; exact h.table⟩
  have ho : dma.2.pageOwner 6 = 1 := by rw [dma_eq]; exact h.owner 6 (by decide) (by decide)
  have hw : dma.2.word 6 0 = 0#64 := by
    rw [dma_eq]; simp only [setIommuEntry, upd2_apply]
    rw [if_neg (by decide)]; exact h.word 6 (by decide)
  unfold checkMap
  rw [if_neg (by decide), if_neg (not_not_intro (.inl hc.symm)), if_neg (not_not_intro ht), if_neg (not_not_intro ho),
    if_neg (by decide), if_neg (not_not_intro isPerm_readWrite), if_neg (by rw [hw, present_zero]; exact nofun)]

/-- Init can map the DMA page, at address 0. -/
theorem mapIommuFrame_succeeds : (mapIommuFrame dma.2 6 0 0 readWrite).1 = 0 := by
  have hc : dma.2.current = 1 := by rw [dma_eq]; exact ioPt_chain.2.current
  have hd : isDmapn 0 := by decide
  simp only [mapIommuFrame, mapPage, hc, hd, dma_own.1, dma_own.2, dma_checkMap, not_true_eq_false, if_false, ne_eq]

/-- Or the registers of the device. -/
theorem mapPcipage_succeeds : (mapPcipage dma.2 6 0 0 readWrite).1 = 0 := by
  have h := ioPt_chain.2
  have hc : dma.2.current = 1 := by rw [dma_eq]; exact h.current
  have hp : isPciPage dma.2 0 := ⟨by decide, by rw [dma_eq]; exact h.pageValid⟩
  have hd : dma.2.pciOwner (dma.2.pciPageDev 0) = 1 := by
    rw [dma_eq]; show ioPt.2.pciOwner (ioPt.2.pciPageDev 0) = 1; rw [h.pageDev, h.pciOwner]
  have hn : dma.2.pciPageConfig 0 = false := by rw [dma_eq]; exact h.pageConfig
  simp only [mapPcipage, mapPage, hc, hp, hd, hn, dma_checkMap, not_true_eq_false, Bool.false_eq_true, false_and, if_false,
    ne_eq]

/-! ## Taking it back -/

/-- Init makes a child. -/
def child : Nat × State := clone dma.2 2 11 12 13
/-- It puts it on the ready list. -/
def ready : Nat × State := setRunnable child.2 2
/-- It kills itself. -/
def killed : Nat × State := kill ready.2 1
/-- It gives the processor up, and is dead. -/
def dead : Nat × State := switch killed.2 2
/-- The child takes the device. -/
def noDevice : Nat × State := reclaimIommuRoot dead.2 device
/-- It takes the DMA page. -/
def noDma : Nat × State := reclaimIommuFrame noDevice.2 0

/-- What matters of the state while init dies: what it has, and what the two processes are doing. -/
structure Heritage (s : State) (current : Nat) (first second : ProcState) : Prop where
  current : s.current = current
  first : s.state 1 = first
  second : s.state 2 = second
  pciOwner : s.pciOwner device = 1
  dmaType : s.dmaType 0 = .iommuFrame
  dmaOwner : s.dmaOwner 0 = 1
  devs : s.nrDevs 1 = 1
  intremaps : s.nrIntremaps 1 = 0

theorem dma_heritage : Heritage dma.2 1 .running .unused := by
  have h := ioPt_chain.2
  have ho := dma_own
  exact ⟨by rw [dma_eq]; exact h.current, by rw [dma_eq]; exact h.running, by rw [dma_eq]; exact h.second,
    by rw [dma_eq]; exact h.pciOwner, ho.2, ho.1, by rw [dma_eq]; exact h.devs, by rw [dma_eq]; exact h.intremaps⟩

theorem child_heritage : child.1 = 0 ∧ Heritage child.2 1 .running .embryo ∧ child.2.ppid 2 = 1 := by
  have h := dma_heritage
  have hf : ∀ q, 11 ≤ q → q < 14 → isFree dma.2 q := fun q h1 h2 => by
    refine ⟨by omega, ?_⟩
    rw [dma_eq]; show ioPt.2.pageType q = .free
    rw [ioPt_chain.2.type q (by omega), if_pos (by omega)]
  unfold child clone
  rw [if_neg (not_not_intro ⟨by decide, h.second⟩), if_neg (not_not_intro (hf 11 (by decide) (by decide))),
    if_neg (not_not_intro (hf 12 (by decide) (by decide))), if_neg (not_not_intro (hf 13 (by decide) (by decide))),
    if_neg (by decide)]
  exact ⟨rfl, ⟨h.current, h.first, by simp only [upd_same], h.pciOwner, h.dmaType, h.dmaOwner, h.devs, h.intremaps⟩,
    by simp only [upd_same, h.current]⟩

theorem ready_heritage : ready.1 = 0 ∧ Heritage ready.2 1 .running .runnable := by
  obtain ⟨_, h, hp⟩ := child_heritage
  unfold ready setRunnable
  rw [if_neg (by decide), if_neg (by rw [hp, h.current]; decide), if_neg (not_not_intro h.second)]
  exact ⟨rfl, h.current, by simp [readyAdd, upd, h.first], by simp only [readyAdd, upd_same], h.pciOwner, h.dmaType,
    h.dmaOwner, h.devs, h.intremaps⟩

theorem killed_heritage : killed.1 = 0 ∧ Heritage killed.2 1 .running .runnable ∧ killed.2.killed 1 = 1 := by
  have h := ready_heritage.2
  unfold killed kill
  dsimp only
  rw [if_neg (by decide), if_neg (by rw [h.first]; decide), if_neg (not_not_intro (.inl h.current.symm)),
    if_pos h.first]
  exact ⟨rfl, ⟨h.current, h.first, h.second, h.pciOwner, h.dmaType, h.dmaOwner, h.devs, h.intremaps⟩,
    by simp only [upd_same]⟩

theorem dead_heritage : dead.1 = 0 ∧ Heritage dead.2 2 .zombie .running := by
  obtain ⟨_, h, hk⟩ := killed_heritage
  unfold dead switch switchTo leave
  rw [if_neg (by decide), if_neg (not_not_intro h.second), h.current, if_pos (by rw [hk]; decide)]
  exact ⟨rfl, rfl, by simp [readyDel, upd], by simp only [upd_same], h.pciOwner, h.dmaType, h.dmaOwner, h.devs, h.intremaps⟩

/-- The child can take the device and the DMA page of the dead process. -/
theorem reclaim_succeeds : noDevice.1 = 0 ∧ noDma.1 = 0 := by
  have h := dead_heritage.2
  have e : noDevice = (0, { dead.2 with
      pciOwner := upd dead.2.pciOwner device 0, pciRoot := upd dead.2.pciRoot device 0
      nrDevs := upd dead.2.nrDevs 1 0, contextRequest := device + 1, flushIotlb := 1 }) := by
    have hd : isDevid device := by decide
    have hp : isPid 1 := by decide
    simp only [noDevice, reclaimIommuRoot, h.pciOwner, h.first, h.intremaps, h.devs, hd, hp, not_true_eq_false, if_false,
      ne_eq, Nat.sub_self]
  refine ⟨by rw [e], ?_⟩
  have hd : isDmapn 0 := by decide
  unfold noDma
  rw [e]
  simp only [reclaimIommuFrame, h.dmaOwner, h.dmaType, h.first, upd_same, hd, not_true_eq_false, if_false, ne_eq,
    reduceCtorEq]

/-- The invariant holds after all of this. -/
theorem noDma_inv : Inv noDma.2 :=
  reclaimIommuFrame_inv (reclaimIommuRoot_inv (switch_inv (kill_inv (setRunnable_inv (clone_inv dma_inv)))))

end Lv6.Spec.Witness
