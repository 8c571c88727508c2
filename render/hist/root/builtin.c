/* builtin.c - layouts for files that carry no streamer information, as published by ROOT's own
 * files, and for graphs of versions that were written by hand.
 *
 * Only tables, one a class and range of versions, in the order of storage. They serve objects whose
 * versions they name; anything else without streamer information is refused.
 */
#include "render/hist/root/streamer.h"

#include "shm/base/check.h"

#define TEXT(word)                                                                                 \
    {                                                                                              \
        (word), sizeof(word) - 1                                                                   \
    }
#define BASE(name_)                                                                                \
    {                                                                                              \
        .name = TEXT(#name_), .count_name = TEXT(""), .type = PL_TYPE_BASE,                        \
        .class = PL_CLASS_##name_                                                                  \
    }
#define SKIP(name_, type_)                                                                         \
    {                                                                                              \
        .name = TEXT(#name_), .count_name = TEXT(""), .type = PL_TYPE_##type_                      \
    }
#define TAKE(owner_, name_, type_)                                                                 \
    {                                                                                              \
        .name = TEXT(#name_), .count_name = TEXT(""), .type = PL_TYPE_##type_,                     \
        .slot = PL_SLOT_##owner_##_##name_                                                         \
    }
#define HOLD(owner_, name_, type_, class_)                                                         \
    {                                                                                              \
        .name = TEXT(#name_), .count_name = TEXT(""), .type = PL_TYPE_##type_,                     \
        .class = PL_CLASS_##class_, .slot = PL_SLOT_##owner_##_##name_                             \
    }

#define COUNT_(name_)                                                                              \
    {                                                                                              \
        .name = TEXT(#name_), .count_name = TEXT(""), .type = PL_TYPE_COUNTER                      \
    }
/* count values of a type; RAW_ without the byte before them */
#define ARRAY_(owner_, name_, count_, type_)                                                       \
    {                                                                                              \
        .name = TEXT(#name_), .count_name = TEXT(#count_),                                         \
        .type = (int32_t)PL_TYPE_COUNTED_ARRAY + (int32_t)PL_TYPE_##type_,                         \
        .slot = PL_SLOT_##owner_##_##name_                                                         \
    }
#define RAW_(owner_, name_, count_, type_)                                                         \
    {                                                                                              \
        .name = TEXT(#name_), .count_name = TEXT(#count_),                                         \
        .type = (int32_t)PL_TYPE_COUNTED_ARRAY + (int32_t)PL_TYPE_##type_,                         \
        .slot = PL_SLOT_##owner_##_##name_, .unflagged = true                                      \
    }

static const struct pl_member line[] = {TAKE(TAttLine, fLineColor, I16),
                                        TAKE(TAttLine, fLineStyle, I16),
                                        TAKE(TAttLine, fLineWidth, I16)};
static const struct pl_member fill[] = {TAKE(TAttFill, fFillColor, I16),
                                        TAKE(TAttFill, fFillStyle, I16)};
static const struct pl_member marker[] = {TAKE(TAttMarker, fMarkerColor, I16),
                                          TAKE(TAttMarker, fMarkerStyle, I16),
                                          TAKE(TAttMarker, fMarkerSize, F32)};
static const struct pl_member att_axis[] = {TAKE(TAttAxis, fNdivisions, I32),
                                            SKIP(fAxisColor, I16),
                                            SKIP(fLabelColor, I16),
                                            SKIP(fLabelFont, I16),
                                            SKIP(fLabelOffset, F32),
                                            SKIP(fLabelSize, F32),
                                            SKIP(fTickLength, F32),
                                            SKIP(fTitleOffset, F32),
                                            SKIP(fTitleSize, F32),
                                            SKIP(fTitleColor, I16),
                                            SKIP(fTitleFont, I16)};

#define AXIS_BEGINS                                                                                \
    BASE(TNamed), BASE(TAttAxis), TAKE(TAxis, fNbins, I32), TAKE(TAxis, fXmin, F64),               \
        TAKE(TAxis, fXmax, F64), HOLD(TAxis, fXbins, ANY, TArrayD), TAKE(TAxis, fFirst, I32),      \
        TAKE(TAxis, fLast, I32)
#define AXIS_TIME(type) TAKE(TAxis, fTimeDisplay, type), TAKE(TAxis, fTimeFormat, TSTRING)
#define AXIS_LABELS HOLD(TAxis, fLabels, POINTER, THashList)

static const struct pl_member axis_6[] = {AXIS_BEGINS, AXIS_TIME(U8)};
static const struct pl_member axis_9[] = {AXIS_BEGINS, SKIP(fBits2, U16), AXIS_TIME(BOOL),
                                          AXIS_LABELS};
static const struct pl_member axis_10[] = {AXIS_BEGINS, SKIP(fBits2, U16), AXIS_TIME(BOOL),
                                           AXIS_LABELS, SKIP(fModLabs, POINTER)};

#define TH1_BEGINS                                                                                 \
    BASE(TNamed), BASE(TAttLine), BASE(TAttFill), BASE(TAttMarker), TAKE(TH1, fNcells, I32),       \
        HOLD(TH1, fXaxis, OBJECT, TAxis), HOLD(TH1, fYaxis, OBJECT, TAxis),                        \
        HOLD(TH1, fZaxis, OBJECT, TAxis), SKIP(fBarOffset, I16), SKIP(fBarWidth, I16),             \
        TAKE(TH1, fEntries, F64), TAKE(TH1, fTsumw, F64), TAKE(TH1, fTsumw2, F64),                 \
        TAKE(TH1, fTsumwx, F64), TAKE(TH1, fTsumwx2, F64), TAKE(TH1, fMaximum, F64),               \
        TAKE(TH1, fMinimum, F64), TAKE(TH1, fNormFactor, F64),                                     \
        {.name = TEXT("fContour"),                                                                 \
         .count_name = TEXT(""),                                                                   \
         .type = PL_TYPE_ANY,                                                                      \
         .class = PL_CLASS_TArrayD},                                                               \
        HOLD(TH1, fSumw2, ANY, TArrayD), TAKE(TH1, fOption, TSTRING),                              \
        HOLD(TH1, fFunctions, OBJECT_INSIDE, TList)
#define TH1_BUFFER                                                                                 \
    TAKE(TH1, fBufferSize, COUNTER),                                                               \
    {                                                                                              \
        .name = TEXT("fBuffer"), .count_name = TEXT("fBufferSize"),                                \
        .type = PL_TYPE_COUNTED_ARRAY + PL_TYPE_F64, .slot = PL_SLOT_TH1_fBuffer                   \
    }

static const struct pl_member th1_3[] = {TH1_BEGINS};
static const struct pl_member th1_5[] = {TH1_BEGINS, TH1_BUFFER};
static const struct pl_member th1_7[] = {TH1_BEGINS, TH1_BUFFER, TAKE(TH1, fBinStatErrOpt, I32)};
static const struct pl_member th1_8[] = {TH1_BEGINS, TH1_BUFFER, TAKE(TH1, fBinStatErrOpt, I32),
                                         SKIP(fStatOverflows, I32)};
static const struct pl_member th2[] = {BASE(TH1), SKIP(fScalefactor, F64), TAKE(TH2, fTsumwy, F64),
                                       TAKE(TH2, fTsumwy2, F64), TAKE(TH2, fTsumwxy, F64)};

#define PROFILE_BEGINS                                                                             \
    BASE(TH1D), HOLD(TProfile, fBinEntries, ANY, TArrayD), TAKE(TProfile, fErrorMode, I32),        \
        TAKE(TProfile, fYmin, F64), TAKE(TProfile, fYmax, F64)
#define PROFILE_SUMS TAKE(TProfile, fTsumwy, F64), TAKE(TProfile, fTsumwy2, F64)

static const struct pl_member profile_3[] = {PROFILE_BEGINS};
static const struct pl_member profile_5[] = {PROFILE_BEGINS, PROFILE_SUMS};
static const struct pl_member profile_7[] = {PROFILE_BEGINS, PROFILE_SUMS,
                                             HOLD(TProfile, fBinSumw2, ANY, TArrayD)};

static const struct pl_member th1c[] = {BASE(TH1), BASE(TArrayC)};
static const struct pl_member th1s[] = {BASE(TH1), BASE(TArrayS)};
static const struct pl_member th1i[] = {BASE(TH1), BASE(TArrayI)};
static const struct pl_member th1l[] = {BASE(TH1), BASE(TArrayL64)};
static const struct pl_member th1f[] = {BASE(TH1), BASE(TArrayF)};
static const struct pl_member th1d[] = {BASE(TH1), BASE(TArrayD)};
static const struct pl_member th2c[] = {BASE(TH2), BASE(TArrayC)};
static const struct pl_member th2s[] = {BASE(TH2), BASE(TArrayS)};
static const struct pl_member th2i[] = {BASE(TH2), BASE(TArrayI)};
static const struct pl_member th2l[] = {BASE(TH2), BASE(TArrayL64)};
static const struct pl_member th2f[] = {BASE(TH2), BASE(TArrayF)};
static const struct pl_member th2d[] = {BASE(TH2), BASE(TArrayD)};

static const struct pl_member th3c[] = {BASE(TH3), BASE(TArrayC)};
static const struct pl_member th3s[] = {BASE(TH3), BASE(TArrayS)};
static const struct pl_member th3i[] = {BASE(TH3), BASE(TArrayI)};
static const struct pl_member th3l[] = {BASE(TH3), BASE(TArrayL64)};
static const struct pl_member th3f[] = {BASE(TH3), BASE(TArrayF)};
static const struct pl_member th3d[] = {BASE(TH3), BASE(TArrayD)};

static const struct pl_member th3[] = {
    BASE(TH1),
    {.name = TEXT("TAtt3D"), .count_name = TEXT(""), .type = PL_TYPE_BASE},
    TAKE(TH3, fTsumwy, F64),
    TAKE(TH3, fTsumwy2, F64),
    TAKE(TH3, fTsumwxy, F64),
    TAKE(TH3, fTsumwz, F64),
    TAKE(TH3, fTsumwz2, F64),
    TAKE(TH3, fTsumwxz, F64),
    TAKE(TH3, fTsumwyz, F64)};

#define PROFILE2D                                                                                  \
    BASE(TH2D), HOLD(TProfile2D, fBinEntries, ANY, TArrayD), TAKE(TProfile2D, fErrorMode, I32),    \
        TAKE(TProfile2D, fZmin, F64), TAKE(TProfile2D, fZmax, F64),                                \
        TAKE(TProfile2D, fTsumwz, F64), TAKE(TProfile2D, fTsumwz2, F64)

static const struct pl_member profile2d_6[] = {PROFILE2D};
static const struct pl_member profile2d_8[] = {PROFILE2D,
                                               HOLD(TProfile2D, fBinSumw2, ANY, TArrayD)};

#define GRAPH_BEGINS                                                                               \
    BASE(TNamed), BASE(TAttLine), BASE(TAttFill), BASE(TAttMarker), TAKE(TGraph, fNpoints, COUNTER)
#define GRAPH_ENDS(type)                                                                           \
    HOLD(TGraph, fFunctions, POINTER, TList), HOLD(TGraph, fHistogram, POINTER, TH1F),             \
        TAKE(TGraph, fMinimum, type), TAKE(TGraph, fMaximum, type)
#define ERRORS(form, type)                                                                         \
    BASE(TGraph), form(TGraphErrors, fEX, fNpoints, type), form(TGraphErrors, fEY, fNpoints, type)
#define ERROR_OF(form, name, type) form(TGraphAsymmErrors, name, fNpoints, type)

static const struct pl_member graph_1[] = {GRAPH_BEGINS, RAW_(TGraph, fX, fNpoints, F32),
                                           RAW_(TGraph, fY, fNpoints, F32), GRAPH_ENDS(F32)};
static const struct pl_member graph_2[] = {GRAPH_BEGINS, RAW_(TGraph, fX, fNpoints, F64),
                                           RAW_(TGraph, fY, fNpoints, F64), GRAPH_ENDS(F64)};
static const struct pl_member graph_4[] = {GRAPH_BEGINS, ARRAY_(TGraph, fX, fNpoints, F64),
                                           ARRAY_(TGraph, fY, fNpoints, F64), GRAPH_ENDS(F64)};
static const struct pl_member errors_1[] = {ERRORS(RAW_, F32)};
static const struct pl_member errors_2[] = {ERRORS(RAW_, F64)};
static const struct pl_member errors_3[] = {ERRORS(ARRAY_, F64)};
/* Written by hand, the low ends came first. */
static const struct pl_member asymm_1[] = {
    BASE(TGraph), ERROR_OF(RAW_, fEXlow, F32), ERROR_OF(RAW_, fEYlow, F32),
    ERROR_OF(RAW_, fEXhigh, F32), ERROR_OF(RAW_, fEYhigh, F32)};
static const struct pl_member asymm_2[] = {
    BASE(TGraph), ERROR_OF(RAW_, fEXlow, F64), ERROR_OF(RAW_, fEYlow, F64),
    ERROR_OF(RAW_, fEXhigh, F64), ERROR_OF(RAW_, fEYhigh, F64)};
static const struct pl_member asymm_3[] = {
    BASE(TGraph), ERROR_OF(ARRAY_, fEXlow, F64), ERROR_OF(ARRAY_, fEXhigh, F64),
    ERROR_OF(ARRAY_, fEYlow, F64), ERROR_OF(ARRAY_, fEYhigh, F64)};
#define BENT(name) ARRAY_(TGraphBentErrors, name, fNpoints, F64)
#define BENT_ASIDE(name_)                                                                          \
    {                                                                                              \
        .name = TEXT(#name_), .count_name = TEXT("fNpoints"),                                      \
        .type = (int32_t)PL_TYPE_COUNTED_ARRAY + (int32_t)PL_TYPE_F64                              \
    }
static const struct pl_member bent[] = {
    BASE(TGraph),         BENT(fEXlow),        BENT(fEXhigh),
    BENT(fEYlow),         BENT(fEYhigh),       BENT_ASIDE(fEXlowd),
    BENT_ASIDE(fEXhighd), BENT_ASIDE(fEYlowd), BENT_ASIDE(fEYhighd)};
static const struct pl_member cut[] = {BASE(TGraph), SKIP(fVarX, TSTRING), SKIP(fVarY, TSTRING)};
static const struct pl_member multi_graph[] = {BASE(TNamed),
                                               HOLD(TMultiGraph, fGraphs, POINTER, TList),
                                               SKIP(fFunctions, POINTER),
                                               SKIP(fHistogram, POINTER),
                                               SKIP(fMaximum, F64),
                                               SKIP(fMinimum, F64)};

static const struct pl_member efficiency[] = {BASE(TNamed),
                                              BASE(TAttLine),
                                              BASE(TAttFill),
                                              BASE(TAttMarker),
                                              TAKE(TEfficiency, fBeta_alpha, F64),
                                              TAKE(TEfficiency, fBeta_beta, F64),
                                              SKIP(fBeta_bin_params, STREAMER),
                                              TAKE(TEfficiency, fConfLevel, F64),
                                              HOLD(TEfficiency, fFunctions, OBJECT_INSIDE, TList),
                                              HOLD(TEfficiency, fPassedHistogram, POINTER, TH1),
                                              TAKE(TEfficiency, fStatisticOption, I32),
                                              HOLD(TEfficiency, fTotalHistogram, POINTER, TH1),
                                              TAKE(TEfficiency, fWeight, F64)};

static const struct pl_member poly_bin[] = {BASE(TObject),
                                            SKIP(fChanged, BOOL),
                                            TAKE(TH2PolyBin, fNumber, I32),
                                            HOLD(TH2PolyBin, fPoly, POINTER, TObject),
                                            TAKE(TH2PolyBin, fArea, F64),
                                            TAKE(TH2PolyBin, fContent, F64),
                                            SKIP(fXmin, F64),
                                            SKIP(fYmin, F64),
                                            SKIP(fXmax, F64),
                                            SKIP(fYmax, F64)};
static const struct pl_member poly[] = {
    BASE(TH2),
    {.name = TEXT("fOverflow"),
     .count_name = TEXT(""),
     .type = (int32_t)PL_TYPE_FIXED_ARRAY + (int32_t)PL_TYPE_F64,
     .length = 9,
     .slot = PL_SLOT_TH2Poly_fOverflow},
    SKIP(fCellX, I32),
    SKIP(fCellY, I32),
    COUNT_(fNCells),
    SKIP(fCells, STREAMER_LOOP),
    SKIP(fStepX, F64),
    SKIP(fStepY, F64),
    {.name = TEXT("fIsEmpty"),
     .count_name = TEXT("fNCells"),
     .type = (int32_t)PL_TYPE_COUNTED_ARRAY + (int32_t)PL_TYPE_BOOL},
    {.name = TEXT("fCompletelyInside"),
     .count_name = TEXT("fNCells"),
     .type = (int32_t)PL_TYPE_COUNTED_ARRAY + (int32_t)PL_TYPE_BOOL},
    TAKE(TH2Poly, fFloat, BOOL),
    HOLD(TH2Poly, fBins, POINTER, TList)};
static const struct pl_member profile_poly_bin[] = {BASE(TH2PolyBin),
                                                    SKIP(fSumw, F64),
                                                    SKIP(fSumvw, F64),
                                                    SKIP(fSumw2, F64),
                                                    SKIP(fSumwv2, F64),
                                                    SKIP(fAverage, F64),
                                                    TAKE(TProfile2PolyBin, fError, F64),
                                                    SKIP(fErrorMode, I32)};
static const struct pl_member profile_poly[] = {BASE(TH2Poly),      SKIP(fErrorMode, I32),
                                                SKIP(fZmin, F64),   SKIP(fZmax, F64),
                                                SKIP(fTsumwz, F64), SKIP(fTsumwz2, F64)};
static const struct pl_member string[] = {BASE(TObject), TAKE(TObjString, fString, TSTRING)};

#define LAYOUT(class_, first, last, members_)                                                      \
    {                                                                                              \
        PL_CLASS_##class_, (first), (last), 0, PL_COUNT(members_), (members_), false               \
    }
#define BY_HAND(class_, version, members_)                                                         \
    {                                                                                              \
        PL_CLASS_##class_, (version), (version), 0, PL_COUNT(members_), (members_), true           \
    }

static const struct pl_layout layouts_known[] = {
    LAYOUT(TAttLine, 1, 2, line),
    LAYOUT(TAttFill, 1, 2, fill),
    LAYOUT(TAttMarker, 1, 3, marker),
    LAYOUT(TAttAxis, 4, 4, att_axis),
    LAYOUT(TAxis, 6, 6, axis_6),
    LAYOUT(TAxis, 8, 9, axis_9),
    LAYOUT(TAxis, 10, 10, axis_10),
    LAYOUT(TH1, 3, 3, th1_3),
    LAYOUT(TH1, 4, 6, th1_5),
    LAYOUT(TH1, 7, 7, th1_7),
    LAYOUT(TH1, 8, 8, th1_8),
    LAYOUT(TH2, 3, 5, th2),
    LAYOUT(TProfile, 3, 3, profile_3),
    LAYOUT(TProfile, 4, 5, profile_5),
    LAYOUT(TProfile, 6, 7, profile_7),
    LAYOUT(TH1C, 1, 4, th1c),
    LAYOUT(TH1S, 1, 4, th1s),
    LAYOUT(TH1I, 1, 4, th1i),
    LAYOUT(TH1L, 1, 4, th1l),
    LAYOUT(TH1F, 1, 4, th1f),
    LAYOUT(TH1D, 1, 4, th1d),
    LAYOUT(TH2C, 1, 4, th2c),
    LAYOUT(TH2S, 1, 4, th2s),
    LAYOUT(TH2I, 1, 4, th2i),
    LAYOUT(TH2L, 1, 4, th2l),
    LAYOUT(TH2F, 1, 4, th2f),
    LAYOUT(TH2D, 1, 4, th2d),
    LAYOUT(TH3, 4, 6, th3),
    LAYOUT(TH3C, 1, 5, th3c),
    LAYOUT(TH3S, 1, 5, th3s),
    LAYOUT(TH3I, 1, 5, th3i),
    LAYOUT(TH3L, 1, 5, th3l),
    LAYOUT(TH3F, 1, 5, th3f),
    LAYOUT(TH3D, 1, 5, th3d),
    LAYOUT(TProfile2D, 5, 6, profile2d_6),
    LAYOUT(TProfile2D, 7, 8, profile2d_8),
    BY_HAND(TGraph, 1, graph_1),
    BY_HAND(TGraph, 2, graph_2),
    LAYOUT(TGraph, 3, 4, graph_4),
    BY_HAND(TGraphErrors, 1, errors_1),
    BY_HAND(TGraphErrors, 2, errors_2),
    LAYOUT(TGraphErrors, 3, 3, errors_3),
    BY_HAND(TGraphAsymmErrors, 1, asymm_1),
    BY_HAND(TGraphAsymmErrors, 2, asymm_2),
    LAYOUT(TGraphAsymmErrors, 3, 3, asymm_3),
    LAYOUT(TGraphBentErrors, 1, 1, bent),
    LAYOUT(TCutG, 2, 2, cut),
    LAYOUT(TMultiGraph, 2, 2, multi_graph),
    LAYOUT(TEfficiency, 2, 2, efficiency),
    LAYOUT(TH2PolyBin, 1, 1, poly_bin),
    LAYOUT(TH2Poly, 3, 3, poly),
    LAYOUT(TProfile2PolyBin, 1, 1, profile_poly_bin),
    LAYOUT(TProfile2Poly, 1, 1, profile_poly),
    LAYOUT(TObjString, 1, 1, string),
};

const struct pl_layout *pl_layout_builtin(enum pl_class class, uint16_t version)
{
    for (unsigned i = 0; i < PL_COUNT(layouts_known); i++) {
        const struct pl_layout *layout = &layouts_known[i];
        if (layout->class == class && version >= layout->first_version &&
            version <= layout->last_version)
            return layout;
    }
    return NULL;
}
