#!/bin/sh
# page.sh - build/golden/index.html: old, new and difference of every picture that test_plot found to differ, and
# under them all golden pictures.
#
#     tests/golden/page.sh [UNIT]     make the page; UNIT, the unit test program, is run first when given
#     tests/golden/page.sh accept     take the new pictures as golden
#
# Run from the top folder. The difference is black where the pictures are equal.
set -eu
new=build/golden old=tests/golden
mkdir -p "$new"
if [ "${1:-}" = accept ]; then
    for picture in "$new"/*.png; do
        [ -e "$picture" ] || { echo "nothing differs"; exit 0; }
        mv -v "$picture" "$old"/
    done
    exit 0
fi
if [ -n "${1:-}" ]; then
    rm -f "$new"/*.png
    "$1" --filter '*/*equal_their_golden_pictures' > "$new/log" 2>&1 || true
fi
differing=0
{
    echo '<!doctype html><meta charset="utf-8"><title>Golden pictures</title>'
    echo '<style>body{font:14px sans-serif}figure{display:inline-block;margin:4px}img{border:1px solid #999}'
    echo '.d{position:relative;display:inline-block}.d img+img{position:absolute;left:0;top:0;mix-blend-mode:difference}</style>'
    for picture in "$new"/*.png; do
        [ -e "$picture" ] || continue
        differing=$((differing + 1))
        name=$(basename "$picture")
        before="../../$old/$name"
        echo "<h2>$name</h2><figure><figcaption>old</figcaption><img src=\"$before\" alt=\"\"></figure>"
        echo "<figure><figcaption>new</figcaption><img src=\"$name\" alt=\"\"></figure>"
        echo "<figure><figcaption>difference</figcaption><span class=\"d\"><img src=\"$before\" alt=\"\"><img src=\"$name\" alt=\"\"></span></figure>"
    done
    echo "<h1>All golden pictures</h1>"
    for picture in "$old"/*.png; do
        name=$(basename "$picture" .png)
        echo "<figure><figcaption>$name</figcaption><img src=\"../../$picture\" alt=\"\"></figure>"
    done
} > "$new/index.html"
echo "$new/index.html: $differing pictures differ"
