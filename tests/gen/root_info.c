/* root_info.c - the streamer information that goes with the objects of root_hist.c and
 * root_objects.c: the layouts, names and checksums of ROOT 6.24. */
#include "tests/gen/root_writer.h"

#include <stdlib.h>
#include <string.h>

struct element {
    const char *form; /* subclass of TStreamerElement without that word; NULL ends the list */
    const char *name, *title;
    int type, size;
    const char *type_name;
    const char *count_name; /* the member that counts, or how many a fixed array has */
};

struct info {
    const char *class_name;
    uint32_t checksum, version;
    const struct element *elements;
};

#define BASE(name, title)                                                                          \
    {                                                                                              \
        "Base", name, title, 0, 0, "BASE", NULL                                                    \
    }
#define SHORT(name, title)                                                                         \
    {                                                                                              \
        "BasicType", name, title, 2, 2, "short", NULL                                              \
    }
#define INT(name, title)                                                                           \
    {                                                                                              \
        "BasicType", name, title, 3, 4, "int", NULL                                                \
    }
#define FLOAT(name, title)                                                                         \
    {                                                                                              \
        "BasicType", name, title, 5, 4, "float", NULL                                              \
    }
#define DOUBLE(name, title)                                                                        \
    {                                                                                              \
        "BasicType", name, title, 8, 8, "double", NULL                                             \
    }
#define STRING(name, title)                                                                        \
    {                                                                                              \
        "String", name, title, 65, 24, "TString", NULL                                             \
    }
#define AXIS(name, title)                                                                          \
    {                                                                                              \
        "Object", name, title, 61, 216, "TAxis", NULL                                              \
    }
#define ARRAY(name, title)                                                                         \
    {                                                                                              \
        "ObjectAny", name, title, 62, 24, "TArrayD", NULL                                          \
    }
#define UNITS(name, title)                                                                         \
    {                                                                                              \
        "BasicType", name, title, 6, 4, "int", NULL                                                \
    }
#define FLAG(name, title)                                                                          \
    {                                                                                              \
        "BasicType", name, title, 18, 1, "bool", NULL                                              \
    }
#define VALUES(name, title, count)                                                                 \
    {                                                                                              \
        "BasicPointer", name, title, 48, 8, "double*", count                                       \
    }
#define FLAGS(name, title, count)                                                                  \
    {                                                                                              \
        "BasicPointer", name, title, 58, 1, "bool*", count                                         \
    }
#define INSIDE(name, title, type)                                                                  \
    {                                                                                              \
        "ObjectPointer", name, title, 63, 8, type, NULL                                            \
    }
#define POINTER(name, title, type)                                                                 \
    {                                                                                              \
        "ObjectPointer", name, title, 64, 8, type, NULL                                            \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL, NULL, 0, 0, NULL, NULL                                                         \
    }

static const struct element named[] = {
    {"Base", "TObject", "Basic ROOT object", 66, 0, "BASE", NULL},
    STRING("fName", "object identifier"),
    STRING("fTitle", "object title"),
    END};
static const struct element object[] = {
    {"BasicType", "fUniqueID", "object unique identifier", 13, 4, "unsigned int", NULL},
    {"BasicType", "fBits", "bit field status word", 15, 4, "unsigned int", NULL},
    END};
static const struct element line[] = {SHORT("fLineColor", "Line color"),
                                      SHORT("fLineStyle", "Line style"),
                                      SHORT("fLineWidth", "Line width"), END};
static const struct element fill[] = {SHORT("fFillColor", "Fill area color"),
                                      SHORT("fFillStyle", "Fill area style"), END};
static const struct element marker[] = {SHORT("fMarkerColor", "Marker color"),
                                        SHORT("fMarkerStyle", "Marker style"),
                                        FLOAT("fMarkerSize", "Marker size"), END};
static const struct element att_axis[] = {
    INT("fNdivisions", "Number of divisions(10000*n3 + 100*n2 + n1)"),
    SHORT("fAxisColor", "Color of the line axis"),
    SHORT("fLabelColor", "Color of labels"),
    SHORT("fLabelFont", "Font for labels"),
    FLOAT("fLabelOffset", "Offset of labels"),
    FLOAT("fLabelSize", "Size of labels"),
    FLOAT("fTickLength", "Length of tick marks"),
    FLOAT("fTitleOffset", "Offset of axis title"),
    FLOAT("fTitleSize", "Size of axis title"),
    SHORT("fTitleColor", "Color of axis title"),
    SHORT("fTitleFont", "Font for axis title"),
    END};
static const struct element axis[] = {
    {"Base", "TNamed", "The basis for a named object (name, title)", 67, 0, "BASE", NULL},
    BASE("TAttAxis", "Axis attributes"),
    INT("fNbins", "Number of bins"),
    DOUBLE("fXmin", "low edge of first bin"),
    DOUBLE("fXmax", "upper edge of last bin"),
    ARRAY("fXbins", "Bin edges array in X"),
    INT("fFirst", "first bin to display"),
    INT("fLast", "last bin to display"),
    {"BasicType", "fBits2", "second bit status word", 12, 2, "unsigned short", NULL},
    {"BasicType", "fTimeDisplay", "on/off displaying time values instead of numerics", 18, 1,
     "bool", NULL},
    STRING("fTimeFormat", "Date&time format, ex: 09/12/99 12:34:00"),
    POINTER("fLabels", "List of labels", "THashList*"),
    POINTER("fModLabs", "List of modified labels", "TList*"),
    END};
static const struct element th1[] = {
    {"Base", "TNamed", "The basis for a named object (name, title)", 67, 0, "BASE", NULL},
    BASE("TAttLine", "Line attributes"),
    BASE("TAttFill", "Fill area attributes"),
    BASE("TAttMarker", "Marker attributes"),
    INT("fNcells", "number of bins(1D), cells (2D) +U/Overflows"),
    AXIS("fXaxis", "X axis descriptor"),
    AXIS("fYaxis", "Y axis descriptor"),
    AXIS("fZaxis", "Z axis descriptor"),
    SHORT("fBarOffset", "(1000*offset) for bar charts or legos"),
    SHORT("fBarWidth", "(1000*width) for bar charts or legos"),
    DOUBLE("fEntries", "Number of entries"),
    DOUBLE("fTsumw", "Total Sum of weights"),
    DOUBLE("fTsumw2", "Total Sum of squares of weights"),
    DOUBLE("fTsumwx", "Total Sum of weight*X"),
    DOUBLE("fTsumwx2", "Total Sum of weight*X*X"),
    DOUBLE("fMaximum", "Maximum value for plotting"),
    DOUBLE("fMinimum", "Minimum value for plotting"),
    DOUBLE("fNormFactor", "Normalization factor"),
    ARRAY("fContour", "Array to display contour levels"),
    ARRAY("fSumw2", "Array of sum of squares of weights"),
    STRING("fOption", "histogram options"),
    INSIDE("fFunctions", "->Pointer to list of functions (fits and user)", "TList*"),
    UNITS("fBufferSize", "fBuffer size"),
    VALUES("fBuffer", "[fBufferSize] entry buffer", "fBufferSize"),
    {"BasicType", "fBinStatErrOpt", "option for bin statistical errors", 3, 4, "TH1::EBinErrorOpt",
     NULL},
    {"BasicType", "fStatOverflows", "per object flag to use under/overflows in statistics", 3, 4,
     "TH1::EStatOverflows", NULL},
    END};
static const struct element th2[] = {
    BASE("TH1", "1-Dim histogram base class"),     DOUBLE("fScalefactor", "Scale factor"),
    DOUBLE("fTsumwy", "Total Sum of weight*Y"),    DOUBLE("fTsumwy2", "Total Sum of weight*Y*Y"),
    DOUBLE("fTsumwxy", "Total Sum of weight*X*Y"), END};
static const struct element profile[] = {
    BASE("TH1D", "1-Dim histograms (one double per channel)"),
    ARRAY("fBinEntries", "number of entries per bin"),
    {"BasicType", "fErrorMode", "Option to compute errors", 3, 4, "EErrorType", NULL},
    DOUBLE("fYmin", "Lower limit in Y (if set)"),
    DOUBLE("fYmax", "Upper limit in Y (if set)"),
    DOUBLE("fTsumwy", "Total Sum of weight*Y"),
    DOUBLE("fTsumwy2", "Total Sum of weight*Y*Y"),
    ARRAY("fBinSumw2", "Array of sum of squares of weights per bin"),
    END};

static const struct element th3[] = {
    BASE("TH1", "1-Dim histogram base class"),     BASE("TAtt3D", "3D attributes"),
    DOUBLE("fTsumwy", "Total Sum of weight*Y"),    DOUBLE("fTsumwy2", "Total Sum of weight*Y*Y"),
    DOUBLE("fTsumwxy", "Total Sum of weight*X*Y"), DOUBLE("fTsumwz", "Total Sum of weight*Z"),
    DOUBLE("fTsumwz2", "Total Sum of weight*Z*Z"), DOUBLE("fTsumwxz", "Total Sum of weight*X*Z"),
    DOUBLE("fTsumwyz", "Total Sum of weight*Y*Z"), END};
static const struct element att_3d[] = {END};
static const struct element profile2d[] = {
    BASE("TH2D", "2-Dim histograms (one double per channel)"),
    ARRAY("fBinEntries", "number of entries per bin"),
    {"BasicType", "fErrorMode", "Option to compute errors", 3, 4, "EErrorType", NULL},
    DOUBLE("fZmin", "Lower limit in Z (if set)"),
    DOUBLE("fZmax", "Upper limit in Z (if set)"),
    DOUBLE("fTsumwz", "Total Sum of weight*Z"),
    DOUBLE("fTsumwz2", "Total Sum of weight*Z*Z"),
    ARRAY("fBinSumw2", "Array of sum of squares of weights per bin"),
    END};
static const struct element graph[] = {
    {"Base", "TNamed", "The basis for a named object (name, title)", 67, 0, "BASE", NULL},
    BASE("TAttLine", "Line attributes"),
    BASE("TAttFill", "Fill area attributes"),
    BASE("TAttMarker", "Marker attributes"),
    UNITS("fNpoints", "Number of points <= fMaxSize"),
    VALUES("fX", "[fNpoints] array of X points", "fNpoints"),
    VALUES("fY", "[fNpoints] array of Y points", "fNpoints"),
    POINTER("fFunctions", "Pointer to list of functions (fits and user)", "TList*"),
    POINTER("fHistogram", "Pointer to histogram used for drawing axis", "TH1F*"),
    DOUBLE("fMinimum", "Minimum value for plotting along y"),
    DOUBLE("fMaximum", "Maximum value for plotting along y"),
    END};
static const struct element graph_errors[] = {
    BASE("TGraph", "Graph graphics class"),
    VALUES("fEX", "[fNpoints] array of X errors", "fNpoints"),
    VALUES("fEY", "[fNpoints] array of Y errors", "fNpoints"), END};
static const struct element graph_asymm[] = {
    BASE("TGraph", "Graph graphics class"),
    VALUES("fEXlow", "[fNpoints] array of X low errors", "fNpoints"),
    VALUES("fEXhigh", "[fNpoints] array of X high errors", "fNpoints"),
    VALUES("fEYlow", "[fNpoints] array of Y low errors", "fNpoints"),
    VALUES("fEYhigh", "[fNpoints] array of Y high errors", "fNpoints"),
    END};
static const struct element graph_bent[] = {
    BASE("TGraph", "Graph graphics class"),
    VALUES("fEXlow", "[fNpoints] array of X low errors", "fNpoints"),
    VALUES("fEXhigh", "[fNpoints] array of X high errors", "fNpoints"),
    VALUES("fEYlow", "[fNpoints] array of Y low errors", "fNpoints"),
    VALUES("fEYhigh", "[fNpoints] array of Y high errors", "fNpoints"),
    VALUES("fEXlowd", "[fNpoints] array of X low displacements", "fNpoints"),
    VALUES("fEXhighd", "[fNpoints] array of X high displacements", "fNpoints"),
    VALUES("fEYlowd", "[fNpoints] array of Y low displacements", "fNpoints"),
    VALUES("fEYhighd", "[fNpoints] array of Y high displacements", "fNpoints"),
    END};
static const struct element cut[] = {BASE("TGraph", "Graph graphics class"),
                                     STRING("fVarX", "X variable"), STRING("fVarY", "Y variable"),
                                     END};
static const struct element multi_graph[] = {
    {"Base", "TNamed", "The basis for a named object (name, title)", 67, 0, "BASE", NULL},
    POINTER("fGraphs", "Pointer to list of TGraphs", "TList*"),
    POINTER("fFunctions", "Pointer to list of functions (fits and user)", "TList*"),
    POINTER("fHistogram", "Pointer to histogram used for drawing axis", "TH1F*"),
    DOUBLE("fMaximum", "Maximum value for plotting along y"),
    DOUBLE("fMinimum", "Minimum value for plotting along y"),
    END};
static const struct element efficiency[] = {
    {"Base", "TNamed", "The basis for a named object (name, title)", 67, 0, "BASE", NULL},
    BASE("TAttLine", "Line attributes"),
    BASE("TAttFill", "Fill area attributes"),
    BASE("TAttMarker", "Marker attributes"),
    DOUBLE("fBeta_alpha", "global parameter for prior beta distribution (default = 1)"),
    DOUBLE("fBeta_beta", "global parameter for prior beta distribution (default = 1)"),
    {"STL", "fBeta_bin_params", "parameter for prior beta distribution different bin by bin", 500,
     24, "vector<pair<double,double> >", NULL},
    DOUBLE("fConfLevel", "confidence level (default = 0.683, 1 sigma)"),
    INSIDE("fFunctions", "->pointer to list of functions", "TList*"),
    POINTER("fPassedHistogram", "histogram for events which passed certain criteria", "TH1*"),
    {"BasicType", "fStatisticOption", "defines how the confidence intervals are determined", 3, 4,
     "TEfficiency::EStatOption", NULL},
    POINTER("fTotalHistogram", "histogram for total number of events", "TH1*"),
    DOUBLE("fWeight", "weight for all events (default = 1)"),
    END};
static const struct element poly_bin[] = {
    {"Base", "TObject", "Basic ROOT object", 66, 0, "BASE", NULL},
    FLAG("fChanged", "For the 3D Painter"),
    INT("fNumber", "Bin number of the bin in TH2Poly"),
    {"ObjectPointer", "fPoly", "Object holding the polygon definition", 64, 8, "TObject*", NULL},
    DOUBLE("fArea", "Bin area"),
    DOUBLE("fContent", "Bin content"),
    DOUBLE("fXmin", "X minimum value"),
    DOUBLE("fYmin", "Y minimum value"),
    DOUBLE("fXmax", "X maximum value"),
    DOUBLE("fYmax", "Y maximum value"),
    END};
static const struct element poly[] = {
    BASE("TH2", "2-Dim histogram base class"),
    {"BasicType", "fOverflow", "Overflow bins", 28, 72, "double", "9"},
    INT("fCellX", "Number of partition cells in the x-direction of the histogram"),
    INT("fCellY", "Number of partition cells in the y-direction of the histogram"),
    UNITS("fNCells", "Number of partition cells: fCellX*fCellY"),
    {"Loop", "fCells", "[fNCells] The array of TLists that store the bins", 501, 8, "TList**",
     "fNCells"},
    DOUBLE("fStepX", "Dimensions of a partition cell"),
    DOUBLE("fStepY", "Dimensions of a partition cell"),
    FLAGS("fIsEmpty", "[fNCells] The array that returns true if the cell is empty", "fNCells"),
    FLAGS("fCompletelyInside", "[fNCells] The array that returns true if a bin covers the cell",
          "fNCells"),
    FLAG("fFloat", "When set to kTRUE, allows the histogram to expand"),
    POINTER("fBins", "List of bins. The list owns the contained objects", "TList*"),
    END};
static const struct element profile_poly_bin[] = {
    BASE("TH2PolyBin", "2-Dim polygon bins"),
    DOUBLE("fSumw", "Sum of weights"),
    DOUBLE("fSumvw", "Sum of values times weights"),
    DOUBLE("fSumw2", "Sum of squares of weights"),
    DOUBLE("fSumwv2", "Sum of weights times squares of values"),
    DOUBLE("fAverage", "Mean of the values"),
    DOUBLE("fError", "Error of the mean"),
    {"BasicType", "fErrorMode", "Option to compute errors", 3, 4, "EErrorType", NULL},
    END};
static const struct element profile_poly[] = {
    BASE("TH2Poly", "2-Dim histogram with polygon bins"),
    {"BasicType", "fErrorMode", "Option to compute errors", 3, 4, "EErrorType", NULL},
    DOUBLE("fZmin", "Lower limit in Z (if set)"),
    DOUBLE("fZmax", "Upper limit in Z (if set)"),
    DOUBLE("fTsumwz", "Total Sum of weight*Z"),
    DOUBLE("fTsumwz2", "Total Sum of weight*Z*Z"),
    END};
static const struct element string[] = {
    {"Base", "TObject", "Basic ROOT object", 66, 0, "BASE", NULL},
    STRING("fString", "wrapped TString"),
    END};

#define HISTOGRAM(base, array, what)                                                               \
    {                                                                                              \
        BASE(base, "histogram base class"), BASE(array, what), END                                 \
    }
static const struct element th1c[] = HISTOGRAM("TH1", "TArrayC", "Array of chars");
static const struct element th1s[] = HISTOGRAM("TH1", "TArrayS", "Array of shorts");
static const struct element th1i[] = HISTOGRAM("TH1", "TArrayI", "Array of ints");
static const struct element th1f[] = HISTOGRAM("TH1", "TArrayF", "Array of floats");
static const struct element th1d[] = HISTOGRAM("TH1", "TArrayD", "Array of doubles");
static const struct element th2c[] = HISTOGRAM("TH2", "TArrayC", "Array of chars");
static const struct element th2s[] = HISTOGRAM("TH2", "TArrayS", "Array of shorts");
static const struct element th2i[] = HISTOGRAM("TH2", "TArrayI", "Array of ints");
static const struct element th2f[] = HISTOGRAM("TH2", "TArrayF", "Array of floats");
static const struct element th2d[] = HISTOGRAM("TH2", "TArrayD", "Array of doubles");
static const struct element th3c[] = HISTOGRAM("TH3", "TArrayC", "Array of chars");
static const struct element th3s[] = HISTOGRAM("TH3", "TArrayS", "Array of shorts");
static const struct element th3i[] = HISTOGRAM("TH3", "TArrayI", "Array of ints");
static const struct element th3f[] = HISTOGRAM("TH3", "TArrayF", "Array of floats");
static const struct element th3d[] = HISTOGRAM("TH3", "TArrayD", "Array of doubles");

/* Checksum 0: of a class whose version says enough, and that is looked up by it. */
static const struct info infos[] = {
    {"TH1F", 0xe2939644, 3, th1f},
    {"TH1", 0x1c3740c4, 8, th1},
    {"TNamed", 0xdfb74a3c, 1, named},
    {"TObject", 0x901bc02d, 1, object},
    {"TAttLine", 0x94074549, 2, line},
    {"TAttFill", 0xffd92a92, 2, fill},
    {"TAttMarker", 0x291d8bec, 2, marker},
    {"TAxis", 0x5a496e70, 10, axis},
    {"TAttAxis", 0x5c6fff3e, 4, att_axis},
    {"TH2", 0x0182347f, 5, th2},
    {"TH1D", 0xf9b1569f, 3, th1d},
    {"TH1I", 0x627564f6, 3, th1i},
    {"TH1C", 0, 3, th1c},
    {"TH1S", 0, 3, th1s},
    {"TH2F", 0x689cc295, 4, th2f},
    {"TH2D", 0x7fba82f0, 4, th2d},
    {"TH2C", 0, 4, th2c},
    {"TH2S", 0, 4, th2s},
    {"TH2I", 0, 4, th2i},
    {"TProfile", 0x4bedee54, 7, profile},
    {"TH3", 0, 6, th3},
    {"TAtt3D", 0, 1, att_3d},
    {"TH3C", 0, 4, th3c},
    {"TH3S", 0, 4, th3s},
    {"TH3I", 0, 4, th3i},
    {"TH3F", 0, 4, th3f},
    {"TH3D", 0, 4, th3d},
    {"TProfile2D", 0, 8, profile2d},
    {"TGraph", 0, 4, graph},
    {"TGraphErrors", 0, 3, graph_errors},
    {"TGraphAsymmErrors", 0, 3, graph_asymm},
    {"TGraphBentErrors", 0, 1, graph_bent},
    {"TCutG", 0, 2, cut},
    {"TMultiGraph", 0, 2, multi_graph},
    {"TEfficiency", 0, 2, efficiency},
    {"TH2PolyBin", 0, 1, poly_bin},
    {"TH2Poly", 0, 3, poly},
    {"TProfile2PolyBin", 0, 1, profile_poly_bin},
    {"TProfile2Poly", 0, 1, profile_poly},
    {"TObjString", 0, 1, string},
};

enum { INFOS_N = sizeof infos / sizeof infos[0], NAMED_BITS = 0x03000000 };

static const struct info *find(const char *class_name)
{
    for (unsigned i = 0; i < INFOS_N; i++)
        if (strcmp(infos[i].class_name, class_name) == 0)
            return &infos[i];
    return NULL;
}

static void element_extra(struct gen_bytes *out, const struct element *element,
                          const struct info *owner)
{
    const struct info *base = find(element->name);
    if (strcmp(element->form, "Base") == 0)
        gen_be(out, base != NULL ? base->version : 1, 4);
    if (strcmp(element->form, "STL") == 0) {
        gen_be(out, 1, 4);  /* a vector */
        gen_be(out, 61, 4); /* of objects */
    }
    if (strcmp(element->form, "BasicPointer") == 0 || strcmp(element->form, "Loop") == 0) {
        gen_be(out, owner->version, 4);
        gen_text(out, element->count_name);
        gen_text(out, owner->class_name);
    }
}

static void write_element(struct gen_bytes *out, struct gen_tags *tags,
                          const struct element *element, const struct info *owner)
{
    static const char *const classes[] = {
        "TStreamerBase",   "TStreamerBasicType", "TStreamerBasicPointer",
        "TStreamerObject", "TStreamerObjectAny", "TStreamerObjectPointer",
        "TStreamerString", "TStreamerSTL",       "TStreamerLoop"};
    const char *class_name = classes[0];
    for (unsigned i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (strcmp(classes[i] + strlen("TStreamer"), element->form) == 0)
            class_name = classes[i];
    bool is_base = class_name == classes[0];
    const struct info *base = is_base ? find(element->name) : NULL;
    size_t object_at = gen_object(out, tags, class_name);
    size_t frame = gen_frame(out, is_base ? 3 : 2);
    size_t inner = gen_frame(out, 4);
    gen_tnamed(out, element->name, element->title, NAMED_BITS);
    gen_be(out, (uint32_t)element->type, 4);
    gen_be(out, (uint32_t)element->size, 4);
    bool fixed = element->type > 20 && element->type < 40;
    uint32_t length = fixed ? (uint32_t)strtoul(element->count_name, NULL, 10) : 0;
    gen_be(out, length, 4);
    gen_be(out, fixed, 4); /* dimensions */
    gen_be(out, base != NULL ? base->checksum : length, 4);
    for (unsigned i = 1; i < 5; i++)
        gen_be(out, 0, 4);
    gen_text(out, element->type_name);
    gen_frame_end(out, inner);
    element_extra(out, element, owner);
    gen_frame_end(out, frame);
    gen_object_end(out, object_at);
}

static void write_info(struct gen_bytes *out, struct gen_tags *tags, const struct info *info)
{
    size_t object_at = gen_object(out, tags, "TStreamerInfo");
    size_t frame = gen_frame(out, 9);
    gen_tnamed(out, info->class_name, "", 0x03010000);
    gen_be(out, info->checksum, 4);
    gen_be(out, info->version, 4);
    size_t array = gen_object(out, tags, "TObjArray");
    size_t inner = gen_frame(out, 3);
    gen_tobject(out, 0, 0x02000000);
    gen_text(out, "");
    uint32_t n = 0;
    while (info->elements[n].form != NULL)
        n++;
    gen_be(out, n, 4);
    gen_be(out, 0, 4);
    for (uint32_t i = 0; i < n; i++)
        write_element(out, tags, &info->elements[i], info);
    gen_frame_end(out, inner);
    gen_object_end(out, array);
    gen_frame_end(out, frame);
    gen_object_end(out, object_at);
    gen_be(out, 0, 1); /* option of the list's item */
}

void gen_root_info(struct gen_bytes *out, uint16_t key_n)
{
    struct gen_tags tags = {.key_n = key_n};
    size_t frame = gen_frame(out, 5);
    gen_tobject(out, 0, 0x02000000);
    gen_text(out, "");
    gen_be(out, INFOS_N, 4);
    for (unsigned i = 0; i < INFOS_N; i++)
        write_info(out, &tags, &infos[i]);
    gen_frame_end(out, frame);
}
