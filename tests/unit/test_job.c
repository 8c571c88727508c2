/* What both ends of the board share. */
#include <criterion/criterion.h>
#include <string.h>

#include "server/process/job.h"

TestSuite(job, .timeout = 120);

Test(job, a_note_comes_out_of_its_label_whatever_else_is_in_it)
{
    char label[PL_CACHE_LABEL_MAX], longest[1500];
    pl_job_label(label, "a.root", "h", "w=1", "");
    cr_assert_str_eq(label, "a.root\th\tw=1");
    cr_assert_null(pl_job_label_note(label));
    pl_job_label(label, "a.root", "h\t!x", "w=1", "");
    cr_assert_null(pl_job_label_note(label), "a tab in a selector begins no note");
    pl_job_label(label, "a.root", "h", "", "seen along z");
    cr_assert_str_eq(pl_job_label_note(label), "seen along z");
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    pl_job_label(label, longest, longest, longest, "seen along z");
    cr_assert_str_eq(pl_job_label_note(label), "seen along z", "long names leave it room");
    cr_assert_lt(strlen(label), sizeof label);
}
