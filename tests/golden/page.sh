#!/bin/sh
# page.sh - build/golden/index.html: old, new and difference of every picture that test_plot found to differ.
#
#     tests/golden/page.sh            make the page
#     tests/golden/page.sh accept     take the new pictures as golden
#
# Run from the top folder, after the tests. The difference is black where the pictures are equal.
set -eu
new=build/golden old=tests/golden
[ -d "$new" ] || { echo "nothing differs: no $new"; exit 0; }
if [ "${1:-}" = accept ]; then
    cp -v "$new"/*.png "$old"/
    rm -f "$new"/*.png
    exit 0
fi
{
    echo '<!doctype html><meta charset="utf-8"><title>Pictures that differ</title>'
    echo '<style>body{font:14px sans-serif}figure{display:inline-block;margin:4px}img{border:1px solid #999}'
    echo '.d{position:relative;display:inline-block}.d img+img{position:absolute;left:0;top:0;mix-blend-mode:difference}</style>'
    for picture in "$new"/*.png; do
        [ -e "$picture" ] || continue
        name=$(basename "$picture")
        before="../../$old/$name"
        echo "<h2>$name</h2><figure><figcaption>old</figcaption><img src=\"$before\" alt=\"\"></figure>"
        echo "<figure><figcaption>new</figcaption><img src=\"$name\" alt=\"\"></figure>"
        echo "<figure><figcaption>difference</figcaption><span class=\"d\"><img src=\"$before\" alt=\"\"><img src=\"$name\" alt=\"\"></span></figure>"
    done
} > "$new/index.html"
echo "$new/index.html"
