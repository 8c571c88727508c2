/* streamer.h - how the file says its classes are laid out (TStreamerInfo), and the words for it.
 *
 * Only classes and members that platen has a use for have a number; everything else is
 * PL_CLASS_OTHER and PL_SLOT_NONE, and is walked over. What a class consists of always comes from
 * the file's own record; built-in tables serve files that carry none (builtin.c).
 */
#ifndef PL_HIST_STREAMER_H
#define PL_HIST_STREAMER_H

#include "render/hist/root/file.h"

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
    CLASS(TProfile)                                                                                \
    CLASS(TH3)                                                                                     \
    CLASS(TH3C)                                                                                    \
    CLASS(TH3S)                                                                                    \
    CLASS(TH3I)                                                                                    \
    CLASS(TH3L)                                                                                    \
    CLASS(TH3F)                                                                                    \
    CLASS(TH3D)                                                                                    \
    CLASS(TProfile2D)                                                                              \
    CLASS(TGraph)                                                                                  \
    CLASS(TGraphErrors)                                                                            \
    CLASS(TGraphAsymmErrors)                                                                       \
    CLASS(TGraphBentErrors)                                                                        \
    CLASS(TCutG)                                                                                   \
    CLASS(TMultiGraph)                                                                             \
    CLASS(TEfficiency)                                                                             \
    CLASS(TH2PolyBin)                                                                              \
    CLASS(TProfile2PolyBin)                                                                        \
    CLASS(TH2Poly)                                                                                 \
    CLASS(TProfile2Poly)

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
    SLOT(TProfile, fBinSumw2)                                                                      \
    SLOT(TH1, fBinStatErrOpt)                                                                      \
    SLOT(TH3, fTsumwy)                                                                             \
    SLOT(TH3, fTsumwy2)                                                                            \
    SLOT(TH3, fTsumwxy)                                                                            \
    SLOT(TH3, fTsumwz)                                                                             \
    SLOT(TH3, fTsumwz2)                                                                            \
    SLOT(TH3, fTsumwxz)                                                                            \
    SLOT(TH3, fTsumwyz)                                                                            \
    SLOT(TProfile2D, fBinEntries)                                                                  \
    SLOT(TProfile2D, fErrorMode)                                                                   \
    SLOT(TProfile2D, fZmin)                                                                        \
    SLOT(TProfile2D, fZmax)                                                                        \
    SLOT(TProfile2D, fTsumwz)                                                                      \
    SLOT(TProfile2D, fTsumwz2)                                                                     \
    SLOT(TProfile2D, fBinSumw2)                                                                    \
    SLOT(TObjString, fString)                                                                      \
    SLOT(TGraph, fNpoints)                                                                         \
    SLOT(TGraph, fX)                                                                               \
    SLOT(TGraph, fY)                                                                               \
    SLOT(TGraph, fFunctions)                                                                       \
    SLOT(TGraph, fHistogram)                                                                       \
    SLOT(TGraph, fMinimum)                                                                         \
    SLOT(TGraph, fMaximum)                                                                         \
    SLOT(TGraphErrors, fEX)                                                                        \
    SLOT(TGraphErrors, fEY)                                                                        \
    SLOT(TGraphAsymmErrors, fEXlow)                                                                \
    SLOT(TGraphAsymmErrors, fEXhigh)                                                               \
    SLOT(TGraphAsymmErrors, fEYlow)                                                                \
    SLOT(TGraphAsymmErrors, fEYhigh)                                                               \
    SLOT(TGraphBentErrors, fEXlow)                                                                 \
    SLOT(TGraphBentErrors, fEXhigh)                                                                \
    SLOT(TGraphBentErrors, fEYlow)                                                                 \
    SLOT(TGraphBentErrors, fEYhigh)                                                                \
    SLOT(TMultiGraph, fGraphs)                                                                     \
    SLOT(TEfficiency, fBeta_alpha)                                                                 \
    SLOT(TEfficiency, fBeta_beta)                                                                  \
    SLOT(TEfficiency, fConfLevel)                                                                  \
    SLOT(TEfficiency, fFunctions)                                                                  \
    SLOT(TEfficiency, fPassedHistogram)                                                            \
    SLOT(TEfficiency, fStatisticOption)                                                            \
    SLOT(TEfficiency, fTotalHistogram)                                                             \
    SLOT(TEfficiency, fWeight)                                                                     \
    SLOT(TH2PolyBin, fNumber)                                                                      \
    SLOT(TH2PolyBin, fPoly)                                                                        \
    SLOT(TH2PolyBin, fArea)                                                                        \
    SLOT(TH2PolyBin, fContent)                                                                     \
    SLOT(TProfile2PolyBin, fError)                                                                 \
    SLOT(TH2Poly, fOverflow)                                                                       \
    SLOT(TH2Poly, fFloat)                                                                          \
    SLOT(TH2Poly, fBins)

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
    bool packed;    /* its title gives a range: DOUBLE32 is then not a plain float */
    bool unflagged; /* COUNTED_ARRAY: no byte before it says whether it is there */
};

struct pl_layout {
    enum pl_class class;
    int32_t first_version, last_version; /* the same for one from a file */
    uint32_t checksum;
    uint32_t n;
    const struct pl_member *members;
    bool by_hand; /* built in, of versions whose code did not obey the file's own record */
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

/* pl_layout_find - by version, or by checksum for version 0: one made by hand, else the file's,
 * else the built-in one, else NULL. */
const struct pl_layout *pl_layout_find(const struct pl_layouts *layouts, enum pl_class class,
                                       uint16_t version, uint32_t checksum);
const struct pl_layout *pl_layout_builtin(enum pl_class class, uint16_t version);

#endif
