/* demo.c - platen-demo DIR: ROOT files with histograms that look like those of a particle detector,
 * in DIR/dqm the same detector over three runs, with results of quality tests, under the names and
 * in the directories of data-quality files, and DIR/try.txt with addresses worth a first look (for
 * deploy/demo/run).
 *
 * Each plot is one function: make an empty histogram, fill it, write it. Numbers are pseudo-random
 * and the same on every run. The data are invented; nothing here was measured.
 */
#include "deploy/demo/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/gen/root_objects.h"
#include "tests/gen/root_writer.h"

static const double PI = 3.141592653589793;

struct file {
    struct gen_root *root;
    unsigned run;  /* 0: a plain file */
    unsigned data; /* of a run: where its subsystems are */
    double drift;  /* how far the detector has moved from its calibration, 0 to 1 */
};

struct plot {
    struct gen_root *root;
    unsigned directory;
    struct random random;
    double drift;
};

/* Where the histograms of a subsystem begin. */
static unsigned subsystem(const struct file *file, const char *name)
{
    if (file->run == 0)
        return gen_root_directory(file->root, GEN_ROOT_DIRECTORY, name);
    return gen_root_directory(file->root, gen_root_directory(file->root, file->data, name),
                              "Run summary");
}

static struct plot plot_in(const struct file *file, unsigned directory, unsigned seed)
{
    return (struct plot){file->root, directory, {seed + file->run}, file->drift};
}

/* What a test said of a histogram of the same directory: 100 good, 200 warning, 300 error. */
static void report(const struct plot *plot, const char *name, const char *test, int status,
                   const char *message)
{
    char text[256];
    (void)snprintf(text, sizeof text, "<%s.%s>qr=st:%d:%.3f:%s:%s</%s.%s>", name, test, status,
                   1.0 - plot->drift, test, message, name, test);
    gen_root_string(plot->root, plot->directory, text, text);
}

static void titles(struct gen_hist *hist, const char *x, const char *y)
{
    hist->x.title = x;
    hist->y.title = y;
}

/* A map filled bin by bin: what counts as entries is what is in it. */
static void count_entries(struct gen_hist *hist)
{
    hist->entries = hist->tsumw;
}

static void write_hist(const struct plot *plot, struct gen_hist *hist)
{
    gen_root_hist(plot->root, plot->directory, hist);
}

/* ---- tracker.root ---- */

static bool dead_module(unsigned ladder, unsigned module)
{
    return (ladder == 5 && module >= 9 && module <= 12) || (ladder == 14 && module == 2) ||
           (ladder == 17 && module >= 5 && module <= 6);
}

static void pixel_occupancy(struct plot *plot, const char *name, const char *title,
                            unsigned ladders, double mean)
{
    enum { MODULES = 16 };
    struct gen_hist hist;
    gen_hist_start(&hist, "TH2F", name, title, MODULES * 4, -8.0, 8.0, ladders * 2, 0.5,
                   ladders + 0.5);
    titles(&hist, "signed module", "ladder");
    struct random *r = &plot->random;
    for (unsigned iy = 0; iy < ladders * 2; iy++)
        for (unsigned ix = 0; ix < MODULES * 4; ix++) {
            double x = -8.0 + (ix + 0.5) / 4.0, y = 0.5 + (iy + 0.5) / 2.0;
            double expected =
                mean * (1.0 + 0.25 * x * x / 64.0) * (1.0 + 0.12 * sin(2.0 * PI * y / ladders));
            if (dead_module(iy / 2, ix / 4))
                expected = 0.0;
            if (ix == 41 && iy == 9)
                expected *= 3.2;
            double hits =
                expected > 0.0 ? rint(gauss(r, expected, sqrt(expected) + 0.02 * expected)) : 0.0;
            if (hits > 0.0)
                gen_hist_fill(&hist, x, y, hits);
        }
    count_entries(&hist);
    write_hist(plot, &hist);
}

static void cluster_charge(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1F", "cluster_charge", "Cluster charge on track", 120, 0.0, 120.0, 0,
                   0.0, 0.0);
    titles(&hist, "charge [ke]", "clusters / ke");
    for (unsigned i = 0; i < 60000; i++) {
        double charge = landau_like(&plot->random, 21.0 - 4.0 * plot->drift, 2.6);
        gen_hist_fill(&hist, gauss(&plot->random, charge, 1.4), 0.0, 1.0);
    }
    for (unsigned i = 0; i < 4000; i++)
        gen_hist_fill(&hist, exponential(&plot->random, 4.0), 0.0, 1.0);
    hist.fill_color = 867;
    write_hist(plot, &hist);
}

static void cluster_size(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1I", "cluster_size", "Pixels per cluster", 20, 0.5, 20.5, 0, 0.0, 0.0);
    titles(&hist, "pixels", "clusters");
    for (unsigned i = 0; i < 80000; i++)
        gen_hist_fill(&hist,
                      1.0 + floor(fabs(gauss(&plot->random, 0.0, 1.0)) * 1.6 +
                                  exponential(&plot->random, 1.1)),
                      0.0, 1.0);
    write_hist(plot, &hist);
}

static void residual(struct plot *plot, const char *name, const char *title, double core,
                     const char *unit)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1D", name, title, 100, -core * 6.0, core * 6.0, 0, 0.0, 0.0);
    titles(&hist, unit, "hits");
    gen_hist_sumw2(&hist);
    for (unsigned i = 0; i < 20000; i++) {
        double sigma = uniform(&plot->random) < 0.85 ? core : core * 2.4;
        gen_hist_fill(&hist, gauss(&plot->random, core * (0.12 + 0.6 * plot->drift), sigma), 0.0,
                      1.0);
    }
    hist.option = "E";
    hist.marker_style = 20;
    hist.marker_size = 0.7F;
    write_hist(plot, &hist);
}

static void efficiency_eta(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TProfile", "hit_efficiency_vs_eta", "Hit efficiency along #eta", 50,
                   -2.5, 2.5, 0, 0.0, 0.0);
    titles(&hist, "track #eta", "efficiency");
    hist.minimum = 0.8;
    hist.maximum = 1.02;
    for (unsigned i = 0; i < 60000; i++) {
        double eta = between(&plot->random, -2.5, 2.5);
        double good =
            0.992 - 0.006 * eta * eta - (fabs(eta) > 1.35 && fabs(eta) < 1.55 ? 0.05 : 0.0);
        gen_hist_fill(&hist, eta, uniform(&plot->random) < good ? 1.0 : 0.0, 1.0);
    }
    hist.marker_style = 20;
    write_hist(plot, &hist);
}

static void strip_noise(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1F", "noise_per_channel", "Noise by channel", 768, 0.0, 768.0, 0, 0.0,
                   0.0);
    titles(&hist, "channel", "noise [ADC counts]");
    for (unsigned i = 0; i < 768; i++) {
        double noise = gauss(&plot->random, 4.2 + 0.35 * ((i % 128) < 4) + 0.2 * (i / 128), 0.13);
        noise = i == 301 || i == 302 ? 0.0 : i == 611 ? 9.4 : noise;
        gen_hist_fill(&hist, i + 0.5, 0.0, noise);
    }
    write_hist(plot, &hist);
}

static void strip_adc(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH2S", "adc_vs_strip", "Raw pulse height by strip", 128, 0.0, 128.0, 80,
                   0.0, 160.0);
    titles(&hist, "strip", "pulse height [ADC counts]");
    for (unsigned i = 0; i < 90000; i++) {
        double strip = floor(between(&plot->random, 0.0, 128.0));
        bool signal = uniform(&plot->random) < 0.35 && !(strip >= 60.0 && strip <= 63.0);
        double height =
            signal ? landau_like(&plot->random, 62.0, 7.5) : gauss(&plot->random, 22.0, 4.0);
        gen_hist_fill(&hist, strip + 0.5, height, 1.0);
    }
    write_hist(plot, &hist);
}

static void track_pt(struct plot *plot)
{
    enum { BINS = 40 };
    static double edges[BINS + 1];
    for (unsigned i = 0; i <= BINS; i++)
        edges[i] = 0.5 * pow(120.0, (double)i / BINS);
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1D", "track_pt", "Transverse momentum of tracks", BINS, 0.5, 60.0, 0,
                   0.0, 0.0);
    gen_hist_edges(&hist.x, edges);
    titles(&hist, "p_{T} [GeV]", "tracks / GeV");
    gen_hist_sumw2(&hist);
    for (unsigned i = 0; i < 120000; i++) {
        double slope = uniform(&plot->random) < 0.06 ? 12.0 : 4.0; /* a soft and a hard part */
        double pt = 0.5 - slope * log(1.0 - uniform(&plot->random));
        unsigned bin = 0;
        while (bin < BINS && edges[bin + 1] <= pt)
            bin++;
        gen_hist_fill(&hist, pt, 0.0, bin < BINS ? 1.0 / (edges[bin + 1] - edges[bin]) : 1.0);
    }
    write_hist(plot, &hist);
}

static void track_angles(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1F", "track_phi", "Azimuth of tracks", 72, -PI, PI, 0, 0.0, 0.0);
    titles(&hist, "#phi [rad]", "tracks");
    for (unsigned i = 0; i < 72000; i++) {
        double phi = between(&plot->random, -PI, PI);
        bool lost = phi > 0.9 && phi < 1.25 && uniform(&plot->random) < 0.6;
        if (!lost)
            gen_hist_fill(&hist, phi, 0.0, 1.0);
    }
    write_hist(plot, &hist);
    gen_hist_start(&hist, "TProfile", "d0_vs_phi",
                   "Impact parameter against azimuth: beam off centre", 36, -PI, PI, 0, 0.0, 0.0);
    titles(&hist, "#phi_{0} [rad]", "#LT d_{0} #GT [#mum]");
    for (unsigned i = 0; i < 40000; i++) {
        double phi = between(&plot->random, -PI, PI);
        gen_hist_fill(&hist, phi, 340.0 * sin(phi - 0.6) + gauss(&plot->random, 0.0, 160.0), 1.0);
    }
    write_hist(plot, &hist);
}

static void tracker(const struct file *file)
{
    unsigned top = subsystem(file, "Tracker");
    struct plot plot = plot_in(file, gen_root_directory(file->root, top, "Pixel"), 101);
    pixel_occupancy(&plot, "occupancy_layer1", "Pixel barrel, layer 1: hits per half ladder", 12,
                    900.0);
    pixel_occupancy(&plot, "occupancy_layer3", "Pixel barrel, layer 3: hits per half ladder", 22,
                    260.0);
    cluster_charge(&plot);
    cluster_size(&plot);
    residual(&plot, "residual_x", "Hit residuals, local x", 12.0, "x_{hit} - x_{track} [#mum]");
    efficiency_eta(&plot);
    if (file->run > 0) {
        report(&plot, "cluster_charge", "peak_position", file->drift < 0.5 ? 100 : 300,
               file->drift < 0.5 ? "the peak is where it was calibrated"
                                 : "the peak has moved by more than 15 %");
        report(&plot, "residual_x", "mean_near_zero", file->drift < 0.1 ? 100 : 200,
               file->drift < 0.1 ? "mean below 2 um" : "mean above 2 um: alignment is due");
        report(&plot, "occupancy_layer1", "dead_modules", 200, "8 modules without hits");
        report(&plot, "hit_efficiency_vs_eta", "efficiency", 100, "above 0.93 everywhere");
    }
    plot.directory = gen_root_directory(file->root, top, "Strips");
    strip_noise(&plot);
    strip_adc(&plot);
    if (file->run > 0)
        report(&plot, "noise_per_channel", "noisy_channels", 300, "channel 611: 9.4 counts");
    plot.directory = gen_root_directory(file->root, top, "Tracks");
    track_pt(&plot);
    track_angles(&plot);
}

/* ---- calorimeter.root ---- */

static void ecal_occupancy(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH2F", "hit_map", "Crystals above 200 MeV", 170, -85.5, 84.5, 180, 0.0,
                   360.0);
    titles(&hist, "crystal i#eta", "crystal i#phi");
    for (unsigned iy = 0; iy < 180; iy++)
        for (unsigned ix = 0; ix < 170; ix++) {
            double expected = 40.0 * (1.0 + 0.5 * pow((ix - 85.0) / 85.0, 2.0));
            bool tower_off = ix / 5 == 22 && iy / 5 == 9;
            bool supermodule_off = ix < 85 && iy >= 120 && iy < 130;
            if (tower_off || supermodule_off || (ix * 7 + iy * 13) % 997 == 3)
                continue;
            expected *= (ix == 120 && iy == 77) ? 9.0 : 1.0;
            double n = rint(gauss(&plot->random, expected, sqrt(expected)));
            gen_hist_fill(&hist, ix - 85.0, 2.0 * iy + 1.0, fmax(n, 0.0));
        }
    count_entries(&hist);
    write_hist(plot, &hist);
}

static void cluster_energy(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1F", "cluster_energy", "Energy of photon clusters", 150, 0.0, 150.0, 0,
                   0.0, 0.0);
    titles(&hist, "E [GeV]", "clusters / GeV");
    for (unsigned i = 0; i < 100000; i++)
        gen_hist_fill(&hist, 1.0 + exponential(&plot->random, 9.0), 0.0, 1.0);
    for (unsigned i = 0; i < 2500; i++)
        gen_hist_fill(&hist, gauss(&plot->random, 45.6, 3.4), 0.0, 1.0);
    hist.fill_color = 400;
    write_hist(plot, &hist);
}

static void diphoton(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1D", "diphoton_mass", "Pairs of photons: #pi^{0} and #eta", 90, 0.0,
                   0.9, 0, 0.0, 0.0);
    titles(&hist, "m_{#gamma#gamma} [GeV]", "pairs / 10 MeV");
    gen_hist_sumw2(&hist);
    for (unsigned i = 0; i < 60000; i++) {
        double m = between(&plot->random, 0.0, 0.9);
        if (uniform(&plot->random) < (1.0 - exp(-m / 0.08)) * exp(-m / 0.6))
            gen_hist_fill(&hist, m, 0.0, 1.0);
    }
    for (unsigned i = 0; i < 9000; i++)
        gen_hist_fill(&hist, gauss(&plot->random, 0.135, 0.013), 0.0, 1.0);
    for (unsigned i = 0; i < 2600; i++)
        gen_hist_fill(&hist, gauss(&plot->random, 0.548, 0.028), 0.0, 1.0);
    hist.option = "E";
    hist.marker_style = 20;
    hist.marker_size = 0.7F;
    write_hist(plot, &hist);
}

static void crystal_time(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1F", "crystal_time", "Time of crystals above 1 GeV", 100, -25.0, 25.0,
                   0, 0.0, 0.0);
    titles(&hist, "time [ns]", "crystals / 0.5 ns");
    for (unsigned i = 0; i < 50000; i++)
        gen_hist_fill(&hist, gauss(&plot->random, 0.2 + 0.9 * plot->drift, 1.1), 0.0, 1.0);
    for (unsigned i = 0; i < 1200; i++)
        gen_hist_fill(&hist, gauss(&plot->random, uniform(&plot->random) < 0.5 ? -18.0 : 11.0, 2.5),
                      0.0, 1.0);
    for (unsigned i = 0; i < 900; i++)
        gen_hist_fill(&hist, between(&plot->random, -25.0, 25.0), 0.0, 1.0);
    write_hist(plot, &hist);
}

static void hcal_response(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH2D", "response_vs_energy", "Measured over true energy of single pions",
                   60, 0.0, 300.0, 50, 0.0, 2.0);
    titles(&hist, "E_{true} [GeV]", "E_{measured} / E_{true}");
    for (unsigned i = 0; i < 70000; i++) {
        double e = 3.0 + exponential(&plot->random, 80.0);
        double resolution = sqrt(1.1 * 1.1 / e + 0.07 * 0.07);
        gen_hist_fill(&hist, e, gauss(&plot->random, 0.96 - 0.5 / sqrt(e), resolution), 1.0);
    }
    write_hist(plot, &hist);
}

static void hcal_pulse(struct plot *plot)
{
    static const double shape[] = {0.3, 0.5, 8.0, 61.0, 26.0, 9.0, 4.0, 2.0, 1.1, 0.7};
    struct gen_hist hist;
    gen_hist_start(&hist, "TProfile", "pulse_shape", "Mean pulse, barrel", 10, -0.5, 9.5, 0, 0.0,
                   0.0);
    titles(&hist, "time slice of 25 ns", "#LT charge #GT [fC]");
    for (unsigned i = 0; i < 20000; i++)
        gen_hist_fill(&hist, i % 10,
                      gauss(&plot->random, shape[i % 10], 0.4 + 0.18 * shape[i % 10]), 1.0);
    write_hist(plot, &hist);
}

static void calorimeter(const struct file *file)
{
    unsigned top = subsystem(file, "Calorimeter");
    struct plot plot = plot_in(file, gen_root_directory(file->root, top, "Electromagnetic"), 202);
    ecal_occupancy(&plot);
    cluster_energy(&plot);
    diphoton(&plot);
    crystal_time(&plot);
    if (file->run > 0)
        report(&plot, "crystal_time", "peak_at_zero", file->drift < 0.5 ? 100 : 200,
               file->drift < 0.5 ? "within 0.5 ns" : "later than 0.5 ns");
    plot.directory = gen_root_directory(file->root, top, "Hadronic");
    hcal_response(&plot);
    hcal_pulse(&plot);
}

/* ---- muon.root ---- */

static void dimuon(struct plot *plot)
{
    enum { BINS = 200 };
    static const struct {
        double mass, width;
        unsigned n;
    } peaks[] = {{0.775, 0.03, 6000}, {1.019, 0.014, 4200}, {3.097, 0.035, 16000},
                 {3.686, 0.04, 900},  {9.46, 0.09, 4200},   {10.02, 0.1, 1300},
                 {10.36, 0.1, 700},   {91.19, 2.6, 5200}};
    static double edges[BINS + 1];
    for (unsigned i = 0; i <= BINS; i++)
        edges[i] = 0.3 * pow(1000.0, (double)i / BINS);
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1D", "dimuon_mass", "Opposite-sign muon pairs", BINS, 0.3, 300.0, 0,
                   0.0, 0.0);
    gen_hist_edges(&hist.x, edges);
    titles(&hist, "m_{#mu#mu} [GeV]", "pairs");
    for (unsigned i = 0; i < 150000; i++)
        gen_hist_fill(&hist, 0.35 / pow(uniform(&plot->random), 0.75), 0.0, 1.0);
    for (unsigned p = 0; p < sizeof peaks / sizeof peaks[0]; p++)
        for (unsigned i = 0; i < peaks[p].n; i++) {
            double m = peaks[p].mass > 50.0
                           ? resonance(&plot->random, peaks[p].mass, peaks[p].width)
                           : peaks[p].mass;
            gen_hist_fill(&hist,
                          gauss(&plot->random, m, peaks[p].mass > 50.0 ? 1.1 : peaks[p].width), 0.0,
                          1.0);
        }
    write_hist(plot, &hist);
}

static void sector_map(struct plot *plot)
{
    static const char *const wheels[] = {"W-2", "W-1", "W0", "W+1", "W+2"};
    static const char *const sectors[] = {"S1", "S2", "S3", "S4",  "S5",  "S6",
                                          "S7", "S8", "S9", "S10", "S11", "S12"};
    struct gen_hist hist;
    gen_hist_start(&hist, "TH2F", "segments_by_sector", "Drift tubes: segments by sector and wheel",
                   12, 0.5, 12.5, 5, -2.5, 2.5);
    hist.x.labels = sectors;
    hist.y.labels = wheels;
    titles(&hist, "sector", "wheel");
    for (int wheel = -2; wheel <= 2; wheel++)
        for (int sector = 1; sector <= 12; sector++) {
            double expected = wheel == 1 && sector == 7
                                  ? 35.0
                                  : 1500.0 + 130.0 * wheel * wheel + (sector == 4 ? 400.0 : 0.0);
            gen_hist_fill(&hist, sector, wheel,
                          rint(gauss(&plot->random, expected, sqrt(expected))));
        }
    hist.option = "COLZ TEXT";
    count_entries(&hist);
    write_hist(plot, &hist);
}

static void chamber_efficiency(struct plot *plot)
{
    static const char *const chambers[] = {"ME1/1", "ME1/2", "ME1/3", "ME2/1", "ME2/2",
                                           "ME3/1", "ME3/2", "ME4/1", "ME4/2"};
    struct gen_hist hist;
    gen_hist_start(&hist, "TProfile", "efficiency_by_ring",
                   "Cathode strip chambers: segment efficiency", 9, 0.5, 9.5, 0, 0.0, 0.0);
    hist.x.labels = chambers;
    titles(&hist, "", "efficiency");
    hist.minimum = 0.8;
    hist.maximum = 1.02;
    for (unsigned i = 0; i < 27000; i++) {
        unsigned ring = i % 9;
        double good = ring == 5 ? 0.905 : 0.985 - 0.004 * ring;
        gen_hist_fill(&hist, ring + 1.0, uniform(&plot->random) < good ? 1.0 : 0.0, 1.0);
    }
    hist.marker_style = 20;
    write_hist(plot, &hist);
}

static void hits_per_track(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1C", "stations_per_muon", "Stations with a segment on a muon", 6, -0.5,
                   5.5, 0, 0.0, 0.0);
    titles(&hist, "stations", "muons (first 200)");
    for (unsigned i = 0; i < 200; i++)
        gen_hist_fill(&hist, fmin(4.0, fmax(0.0, floor(gauss(&plot->random, 3.4, 0.9)))), 0.0, 1.0);
    write_hist(plot, &hist);
}

static void muon(const struct file *file)
{
    unsigned top = subsystem(file, "Muon");
    struct plot plot = plot_in(file, gen_root_directory(file->root, top, "Reconstruction"), 303);
    dimuon(&plot);
    hits_per_track(&plot);
    plot.directory = gen_root_directory(file->root, top, "DriftTubes");
    sector_map(&plot);
    residual(&plot, "segment_residual", "Segment residuals, r#phi", 180.0, "residual [#mum]");
    plot.directory = gen_root_directory(file->root, top, "StripChambers");
    chamber_efficiency(&plot);
}

/* ---- trigger.root ---- */

static void path_rates(struct plot *plot)
{
    static const char *const paths[] = {"Mu24",      "Mu8_Mu17",  "Ele32",    "Ele12_Ele23",
                                        "Photon200", "Jet500",    "HT1050",   "MET120",
                                        "Tau180",    "BTag_4Jet", "ZeroBias", "Cosmics"};
    static const double rates[] = {212.0, 34.0, 187.0, 22.0, 17.0, 11.5,
                                   13.0,  41.0, 19.0,  27.5, 32.0, 4.2};
    enum { PATHS = sizeof paths / sizeof paths[0] };
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1F", "rate_by_path", "Rate of each path", PATHS, 0.5, PATHS + 0.5, 0,
                   0.0, 0.0);
    hist.x.labels = paths;
    titles(&hist, "", "rate [Hz]");
    for (unsigned i = 0; i < PATHS; i++)
        gen_hist_fill(&hist, i + 1.0, 0.0, gauss(&plot->random, rates[i], 0.02 * rates[i]));
    hist.fill_color = 867;
    write_hist(plot, &hist);
}

static void turn_on(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TProfile", "turn_on_mu24",
                   "Efficiency of Mu24 against the offline p_{T}", 50, 0.0, 60.0, 0, 0.0, 0.0);
    titles(&hist, "muon p_{T} [GeV]", "efficiency");
    for (unsigned i = 0; i < 30000; i++) {
        double pt = between(&plot->random, 0.0, 60.0);
        double good = 0.465 * (1.0 + erf((pt - 23.6) / 1.9));
        gen_hist_fill(&hist, pt, uniform(&plot->random) < good ? 1.0 : 0.0, 1.0);
    }
    hist.marker_style = 20;
    write_hist(plot, &hist);
}

static void crossings(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1I", "accepts_by_crossing", "Level-1 accepts by bunch crossing", 3564,
                   -0.5, 3563.5, 0, 0.0, 0.0);
    titles(&hist, "bunch crossing", "accepts");
    for (unsigned i = 0; i < 3564; i++) {
        unsigned in_train = i % 891 % 99;
        bool filled = i > 60 && i < 3440 && in_train < 72 && i % 891 < 800;
        double expected = filled ? 950.0 * (1.0 - 0.1 * exp(-(double)in_train / 8.0)) : 2.0;
        gen_hist_fill(&hist, i, 0.0,
                      fmax(0.0, rint(gauss(&plot->random, expected, sqrt(expected)))));
    }
    count_entries(&hist);
    write_hist(plot, &hist);
}

static void rate_in_time(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1F", "rate_in_time", "Level-1 rate during the fill", 144, 0.0, 43200.0,
                   0, 0.0, 0.0);
    titles(&hist, "time since stable beams [h:min]", "rate [kHz]");
    hist.x.time_format = "%H:%M%F1970-01-01 00:00:00";
    for (unsigned i = 0; i < 144; i++) {
        double rate = 96.0 * exp(-(double)i / 170.0);
        rate = i >= 62 && i < 66 ? 0.0 : gauss(&plot->random, rate, 0.6);
        gen_hist_fill(&hist, 300.0 * i + 150.0, 0.0, rate);
    }
    write_hist(plot, &hist);
}

static void trigger(const struct file *file)
{
    unsigned top = subsystem(file, "Trigger");
    struct plot plot = plot_in(file, gen_root_directory(file->root, top, "Level1"), 404);
    crossings(&plot);
    rate_in_time(&plot);
    plot.directory = gen_root_directory(file->root, top, "Paths");
    path_rates(&plot);
    turn_on(&plot);
}

/* ---- beam.root ---- */

static void vertices(struct plot *plot)
{
    struct gen_hist hist;
    gen_hist_start(&hist, "TH2D", "vertex_xy", "Primary vertices, transverse", 100, 0.04, 0.14, 100,
                   -0.01, 0.09);
    titles(&hist, "x [cm]", "y [cm]");
    for (unsigned i = 0; i < 80000; i++) {
        double u = gauss(&plot->random, 0.0, 1.0), v = gauss(&plot->random, 0.0, 1.0);
        gen_hist_fill(&hist, 0.092 + 0.0105 * u, 0.041 + 0.009 * v + 0.0035 * u, 1.0);
    }
    write_hist(plot, &hist);
    gen_hist_start(&hist, "TH1F", "vertex_z", "Primary vertices along the beam", 120, -24.0, 24.0,
                   0, 0.0, 0.0);
    titles(&hist, "z [cm]", "vertices / 4 mm");
    for (unsigned i = 0; i < 80000; i++)
        gen_hist_fill(&hist, gauss(&plot->random, 0.4 + 2.0 * plot->drift, 5.1), 0.0, 1.0);
    write_hist(plot, &hist);
    gen_hist_start(&hist, "TH1S", "vertex_count", "Vertices per crossing", 80, -0.5, 79.5, 0, 0.0,
                   0.0);
    titles(&hist, "vertices", "crossings");
    for (unsigned i = 0; i < 30000; i++)
        gen_hist_fill(&hist, fmax(0.0, rint(gauss(&plot->random, 33.0 + 4.0 * plot->drift, 7.5))),
                      0.0, 1.0);
    write_hist(plot, &hist);
}

static void beam(const struct file *file)
{
    unsigned top = subsystem(file, "Beam");
    struct plot plot = plot_in(file, gen_root_directory(file->root, top, "Vertices"), 505);
    vertices(&plot);
}

#define DATASET "/Demo/Run2024A/DQMIO"

static const char *const tries[] = {
    "/v1/images/demo/muon.root/Muon/Reconstruction/"
    "dimuon_mass.png?w=1200&h=800&xtype=log&ytype=log",
    "/v1/images/demo/tracker.root/Tracker/Pixel/occupancy_layer1.png?w=900&h=600",
    "/plotfairy/overlay?obj=archive/380103" DATASET "/Tracker/Pixel/cluster_charge"
    ";obj=archive/380101" DATASET "/Tracker/Pixel/cluster_charge;w=900;h=600;ref=ratiooverlay",
    "/?sample=380103" DATASET "&dir=Tracker/Pixel/",
};

static bool save(const char *directory, const char *name, const void *bytes, size_t n)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path) {
        fprintf(stderr, "%s/%s: the path is too long\n", directory, name);
        return false;
    }
    FILE *file = fopen(path, "wb");
    bool good = file != NULL && fwrite(bytes, 1, n, file) == n;
    if (file != NULL && fclose(file) != 0)
        good = false;
    if (!good)
        perror(path);
    return good;
}

typedef void fill_fn(const struct file *);

static const struct {
    const char *name;
    enum gen_packing packing;
    fill_fn *fill;
} systems[] = {{"tracker.root", GEN_ZLIB, tracker},
               {"calorimeter.root", GEN_ZSTD, calorimeter},
               {"muon.root", GEN_LZ4, muon},
               {"trigger.root", GEN_XZ, trigger},
               {"beam.root", GEN_PLAIN, beam}};
enum { SYSTEMS = sizeof systems / sizeof systems[0] };

static bool finish(struct gen_root *root, const char *directory, const char *name)
{
    struct gen_bytes bytes;
    gen_root_finish(root, &bytes);
    bool good = save(directory, name, bytes.bytes, bytes.n);
    free(bytes.bytes);
    return good;
}

static bool save_system(const char *directory, unsigned i)
{
    const char *name = systems[i].name;
    struct file file = {.root = gen_root_start(&(struct gen_root_options){
                            .name = name, .packing = systems[i].packing})};
    systems[i].fill(&file);
    return finish(file.root, directory, name);
}

/* All systems in one file, as the detector's jobs write them at the end of a run. */
static bool save_run(const char *directory, unsigned run, double drift)
{
    char name[64], folder[32], below[4096];
    if (snprintf(below, sizeof below, "%s/dqm", directory) >= (int)sizeof below ||
        (mkdir(below, 0777) != 0 && errno != EEXIST)) {
        perror(below);
        return false;
    }
    (void)snprintf(name, sizeof name, "DQM_V0001_R%09u__Demo__Run2024A__DQMIO.root", run);
    (void)snprintf(folder, sizeof folder, "Run %u", run);
    struct file file = {
        .root = gen_root_start(&(struct gen_root_options){.name = name, .packing = GEN_ZLIB}),
        .run = run,
        .drift = drift};
    unsigned top = gen_root_directory(file.root, GEN_ROOT_DIRECTORY, "DQMData");
    file.data = gen_root_directory(file.root, top, folder);
    for (unsigned i = 0; i < SYSTEMS; i++)
        systems[i].fill(&file);
    return finish(file.root, below, name);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: platen-demo DIR\nWrites a few ROOT files with invented detector histograms "
              "into DIR.\n",
              stderr);
        return 2;
    }
    if (mkdir(argv[1], 0777) != 0 && errno != EEXIST) {
        perror(argv[1]);
        return 1;
    }
    for (unsigned i = 0; i < SYSTEMS; i++)
        if (!save_system(argv[1], i))
            return 1;
    static const double drifts[] = {0.0, 0.2, 1.0};
    for (unsigned i = 0; i < sizeof drifts / sizeof drifts[0]; i++)
        if (!save_run(argv[1], 380101 + i, drifts[i]))
            return 1;
    struct gen_bytes text = {NULL, 0, 0};
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        gen_add(&text, tries[i], strlen(tries[i]));
        gen_add(&text, "\n", 1);
    }
    bool good = save(argv[1], "try.txt", text.bytes, text.n);
    free(text.bytes);
    return good ? 0 : 1;
}
