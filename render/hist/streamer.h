/* streamer.h - how the file says its classes are laid out (TStreamerInfo), and the words for it.
 *
 * Only classes and members that platen has a use for have a number; everything else is
 * PL_CLASS_OTHER and PL_SLOT_NONE, and is walked over. What a class consists of always comes from
 * the file's own record; built-in tables serve files that carry none (builtin.c).
 */
#ifndef PL_HIST_STREAMER_H
#define PL_HIST_STREAMER_H

#include "render/hist/file.h"

#define PL_CLASSES(CLASS)                                                                          \
    CLASS(TObject)                                                                                 \
    CLASS(TNamed)                                                                                  \
    CLASS(TString)                                                                                 \
    CLASS(TObjString)                                                                              \
    CLASS(TArrayC)                                                                                 \
    CLASS(TArrayS)                                                                                 \
    CLASS(TArrayI)                                                                                 \
    CLASS(TArrayL64)                                                                               \
    CLASS(TArrayF)                                                                                 \
    CLASS(TArrayD)                                                                                 \
    CLASS(TList)                                                                                   \
    CLASS(THashList)                                                                               \
    CLASS(TAttLine)                                                                                \
    CLASS(TAttFill)                                                                                \
    CLASS(TAttMarker)                                                                              \
    CLASS(TAttAxis)                                                                                \
    CLASS(TAxis)                                                                                   \
    CLASS(TH1)                                                                                     \
    CLASS(TH1C)                                                                                    \
    CLASS(TH1S)                                                                                    \
    CLASS(TH1I)                                                                                    \
    CLASS(TH1L)                                                                                    \
    CLASS(TH1F)                                                                                    \
    CLASS(TH1D)                                                                                    \
    CLASS(TH2)                                                                                     \
    CLASS(TH2C)                                                                                    \
    CLASS(TH2S)                                                                                    \
    CLASS(TH2I)                                                                                    \
    CLASS(TH2L)                                                                                    \
    CLASS(TH2F)                                                                                    \
    CLASS(TH2D)                                                                                    \
    CLASS(TProfile)

enum pl_class {
    PL_CLASS_OTHER,
#define CLASS(name) PL_CLASS_##name,
    PL_CLASSES(CLASS)
#undef CLASS
        PL_CLASS_COUNT
};

#define PL_SLOTS(SLOT)                                                                             \
    SLOT(TObject, fUniqueID)                                                                       \
    SLOT(TObject, fBits)                                                                           \
    SLOT(TNamed, fName)                                                                            \
    SLOT(TNamed, fTitle)                                                                           \
    SLOT(TAttLine, fLineColor)                                                                     \
    SLOT(TAttLine, fLineStyle)                                                                     \
    SLOT(TAttLine, fLineWidth)                                                                     \
    SLOT(TAttFill, fFillColor)                                                                     \
    SLOT(TAttFill, fFillStyle)                                                                     \
    SLOT(TAttMarker, fMarkerColor)                                                                 \
    SLOT(TAttMarker, fMarkerStyle)                                                                 \
    SLOT(TAttMarker, fMarkerSize)                                                                  \
    SLOT(TAttAxis, fNdivisions)                                                                    \
    SLOT(TAxis, fNbins)                                                                            \
    SLOT(TAxis, fXmin)                                                                             \
    SLOT(TAxis, fXmax)                                                                             \
    SLOT(TAxis, fXbins)                                                                            \
    SLOT(TAxis, fFirst)                                                                            \
    SLOT(TAxis, fLast)                                                                             \
    SLOT(TAxis, fTimeDisplay)                                                                      \
    SLOT(TAxis, fTimeFormat)                                                                       \
    SLOT(TAxis, fLabels)                                                                           \
    SLOT(TH1, fNcells)                                                                             \
    SLOT(TH1, fXaxis)                                                                              \
    SLOT(TH1, fYaxis)                                                                              \
    SLOT(TH1, fZaxis)                                                                              \
    SLOT(TH1, fEntries)                                                                            \
    SLOT(TH1, fTsumw)                                                                              \
    SLOT(TH1, fTsumw2)                                                                             \
    SLOT(TH1, fTsumwx)                                                                             \
    SLOT(TH1, fTsumwx2)                                                                            \
    SLOT(TH1, fMaximum)                                                                            \
    SLOT(TH1, fMinimum)                                                                            \
    SLOT(TH1, fNormFactor)                                                                         \
    SLOT(TH1, fSumw2)                                                                              \
    SLOT(TH1, fOption)                                                                             \
    SLOT(TH1, fFunctions)                                                                          \
    SLOT(TH1, fBufferSize)                                                                         \
    SLOT(TH1, fBuffer)                                                                             \
    SLOT(TH2, fTsumwy)                                                                             \
    SLOT(TH2, fTsumwy2)                                                                            \
    SLOT(TH2, fTsumwxy)                                                                            \
    SLOT(TProfile, fBinEntries)                                                                    \
    SLOT(TProfile, fErrorMode)                                                                     \
    SLOT(TProfile, fYmin)                                                                          \
    SLOT(TProfile, fYmax)                                                                          \
    SLOT(TProfile, fTsumwy)                                                                        \
    SLOT(TProfile, fTsumwy2)                                                                       \
    SLOT(TProfile, fBinSumw2)

enum pl_slot {
    PL_SLOT_NONE,
    PL_SLOT_ARRAY, /* the base class TArrayX: contents */
#define SLOT(class_name, member) PL_SLOT_##class_name##_##member,
    PL_SLOTS(SLOT)
#undef SLOT
        PL_SLOT_COUNT
};

/* ROOT's numbers for how a member is stored (TVirtualStreamerInfo::EReadWrite). */
enum pl_type {
    PL_TYPE_BASE = 0,
    PL_TYPE_I8 = 1,
    PL_TYPE_I16 = 2,
    PL_TYPE_I32 = 3,
    PL_TYPE_I64 = 4,
    PL_TYPE_F32 = 5,
    PL_TYPE_COUNTER = 6,
    PL_TYPE_F64 = 8,
    PL_TYPE_DOUBLE32 = 9,
    PL_TYPE_U8 = 11,
    PL_TYPE_U16 = 12,
    PL_TYPE_U32 = 13,
    PL_TYPE_U64 = 14,
    PL_TYPE_BITS = 15,
    PL_TYPE_LONG64 = 16,
    PL_TYPE_ULONG64 = 17,
    PL_TYPE_BOOL = 18,
    PL_TYPE_FIXED_ARRAY = 20,   /* + type of its values */
    PL_TYPE_COUNTED_ARRAY = 40, /* + type of its values */
    PL_TYPE_OBJECT = 61,
    PL_TYPE_ANY = 62,
    PL_TYPE_OBJECT_INSIDE = 63, /* a pointer, stored as if it were the object */
    PL_TYPE_POINTER = 64,
    PL_TYPE_TSTRING = 65,
    PL_TYPE_TOBJECT = 66,
    PL_TYPE_TNAMED = 67,
    PL_TYPE_ANY_INSIDE = 68,
    PL_TYPE_ANY_POINTER = 69,
    PL_TYPE_STL = 300,
    PL_TYPE_STL_STRING = 365,
    PL_TYPE_STREAMER = 500,
    PL_TYPE_STREAMER_LOOP = 501,
};

struct pl_member {
    struct pl_text name;
    struct pl_text count_name; /* COUNTED_ARRAY: the member that says how many */
    int32_t type;
    uint32_t length;     /* FIXED_ARRAY: values */
    enum pl_class class; /* BASE, OBJECT...: of the value */
    enum pl_slot slot;
    bool packed; /* its title gives a range: DOUBLE32 is then not a plain float */
};

struct pl_layout {
    enum pl_class class;
    int32_t first_version, last_version; /* the same for one from a file */
    uint32_t checksum;
    uint32_t n;
    const struct pl_member *members;
};

enum { PL_LAYOUTS_MAX = 192 };

struct pl_layouts {
    uint32_t n;
    struct pl_layout layout[PL_LAYOUTS_MAX];
};

enum pl_class pl_class_of(struct pl_text name);
const char *pl_class_name(enum pl_class class);
enum pl_slot pl_slot_of(enum pl_class class, struct pl_text member);

/* pl_layouts_read - the layouts of the file; memory is the arena's and stays. An empty table when
 * the file has none or its record is damaged: the built-in ones are then used, and each object
 * proves or disproves them by its own byte counts. */
void pl_layouts_read(const struct pl_root_file *file, struct pl_arena *arena,
                     struct pl_layouts *layouts);

/* pl_layout_find - by version, or by checksum for version 0; the file's, else the built-in one;
 * else NULL. */
const struct pl_layout *pl_layout_find(const struct pl_layouts *layouts, enum pl_class class,
                                       uint16_t version, uint32_t checksum);
const struct pl_layout *pl_layout_builtin(enum pl_class class, uint16_t version);

#endif
