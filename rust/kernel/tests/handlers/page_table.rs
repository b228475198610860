//! Adding pages to page tables and removing them.

use lv6_abi::errno::*;
use lv6_abi::pte::*;
use lv6_abi::syscall::*;
use lv6_exercise::machine::BASE;
use lv6_kernel::page_table::alloc_mapped;
use lv6_kernel::state::PageType;

use crate::checks;
use crate::support::*;
use crate::world::*;

const P: Pages = pages(INIT);
const E: Pages = pages(EMBRYO);

/// Tests of a call that adds a page below a table: the table, a table of another level, the same table of somebody
/// else, and the type of the new page.
macro_rules! alloc {
    ($handler:ident, $effect:ident: $nr:expr, $table:ident, $wrong:ident, $kind:expr) => {
        checks! { $handler: $nr, [EMBRYO, E.$table, 9, FREE, RW];
            page_beyond_the_pages: EINVAL, |_, a| a[3] = 8192;
            page_in_use: EINVAL, |_, a| a[3] = P.frame;
            page_0: EINVAL, |_, a| a[3] = 0;
            pid_0: ESRCH, |_, a| a[0] = 0;
            pid_64: ESRCH, |_, a| a[0] = 64;
            pid_of_a_grown_up_child: EACCES, |_, a| a[0] = RUNNABLE;
            pid_of_somebody_elses_embryo: EACCES, |_, a| a[0] = GRANDCHILD;
            table_beyond_the_pages: EINVAL, |_, a| a[1] = 8192;
            table_of_another_level: EINVAL, |_, a| a[1] = E.$wrong;
            table_of_somebody_else: EACCES, |_, a| a[1] = P.$table;
            index_512: EINVAL, |_, a| a[2] = 512;
            accessed_bit: EINVAL, |_, a| a[4] |= PTE_A;
            large_page_bit: EINVAL, |_, a| a[4] |= PTE_PS;
            global_bit: EINVAL, |_, a| a[4] |= PTE_G;
            address_bit: EINVAL, |_, a| a[4] |= 1 << 51;
            bit_52: EINVAL, |_, a| a[4] |= 1 << 52;
            not_present: EINVAL, |_, a| a[4] &= !PTE_P;
            slot_in_use: EINVAL, |_, a| a[2] = 0;
        }

        #[test]
        fn $effect() {
            for (pid, table) in [(EMBRYO, E.$table), (INIT, P.$table)] {
                let mut m = world();
                m.pages[FREE as usize] = [7; 512];
                does_in(m, $nr, [pid, table, 511, FREE, RW | PTE_AVL], |k| {
                    unlink_page(k, FREE);
                    k.page_desc[FREE as usize].kind = $kind;
                    k.page_desc[FREE as usize].owner = pid;
                    k.pages[FREE as usize] = [0; 512];
                    k.procs[pid as usize].nr_pages += 1;
                    k.pages[table as usize][511] = (BASE + FREE) << 12 | RW | PTE_AVL;
                    k.requests.flush_tlb[pid as usize] = 1;
                });
            }
        }
    };
}

alloc! { sys_alloc_pdpt, a_level_3_table_is_added: SYS_ALLOC_PDPT, root, pd, PageType::X86Pdpt }
alloc! { sys_alloc_pd, a_level_2_table_is_added: SYS_ALLOC_PD, pdpt, root, PageType::X86Pd }
alloc! { sys_alloc_pt, a_level_1_table_is_added: SYS_ALLOC_PT, pd, pt, PageType::X86Pt }
alloc! { sys_alloc_frame, a_frame_is_added: SYS_ALLOC_FRAME, pt, pd, PageType::Frame }

/// Tests of a call that removes a page below a table: the table, a table of another level, the page, and a page of
/// another type.
macro_rules! free {
    ($handler:ident, $effect:ident: $nr:expr, $table:ident, $wrong:ident, $page:ident, $other:ident) => {
        checks! { $handler: $nr, [P.$table, 0, P.$page];
            table_beyond_the_pages: EINVAL, |_, a| a[0] = 8192;
            table_of_another_level: EINVAL, |_, a| a[0] = P.$wrong;
            table_of_somebody_else: EACCES, |_, a| a[0] = E.$table;
            index_512: EINVAL, |_, a| a[1] = 512;
            page_beyond_the_pages: EINVAL, |_, a| a[2] = 8192;
            page_of_another_type: EINVAL, |_, a| a[2] = P.$other;
            page_of_somebody_else: EACCES, |_, a| a[2] = E.$page;
            slot_empty: EINVAL, |_, a| a[1] = 2;
            slot_of_another_page: EINVAL, |k, a| {
                let (parent, child) = (k.page_desc[P.$table as usize].kind, k.page_desc[P.$page as usize].kind);
                assert_eq!(alloc_mapped(k, INIT, P.$table, 3, FREE, RW, parent, child), 0);
                a[1] = 3;
            };
        }

        #[test]
        fn $effect() {
            let mut m = world();
            m.pages[P.$table as usize][0] |= PTE_A | PTE_D;
            does_in(m, $nr, [P.$table, 0, P.$page], |k| {
                k.pages[P.$table as usize][0] = 0;
                k.page_desc[P.$page as usize].kind = PageType::Free;
                k.page_desc[P.$page as usize].owner = 0;
                k.procs[INIT as usize].nr_pages -= 1;
                link_page(k, P.$page);
                k.requests.flush_tlb[INIT as usize] = 1;
            });
        }
    };
}

free! { sys_free_pdpt, a_level_3_table_is_removed: SYS_FREE_PDPT, root, pd, pdpt, pt }
free! { sys_free_pd, a_level_2_table_is_removed: SYS_FREE_PD, pdpt, root, pd, pt }
free! { sys_free_pt, a_level_1_table_is_removed: SYS_FREE_PT, pd, pt, pt, frame }
free! { sys_free_frame, a_frame_is_removed: SYS_FREE_FRAME, pt, pd, frame, pt }
