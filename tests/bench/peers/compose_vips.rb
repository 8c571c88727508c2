# CPU of one card composed by libvips: compose_vips.rb CARD.json TIMES [OUT]
#
# CARD has what cards.py writes: base picture, font family, labels with place, size, text and colour. Prints
# milliseconds a card; start-up, reading the base and two cards to warm up are not counted. Boxes have square corners.
# Drawn in place: a chain of `insert` or one `composite` takes longer.
require "json"
require "vips"

card = JSON.parse(File.read(ARGV[0]))
base = Vips::Image.new_from_file(card["base"]).copy_memory

def box(card, label)
  rgb = label["colour"].scan(/\h\h/).map(&:hex)
  text = Vips::Image.text(label["text"], font: "#{card["family"]} #{label["size"] * 3 / 4.0}", dpi: 96)
  width, height = [label["w"], text.width + 4].max, [label["size"], text.height].max
  mask = text.embed(2, (height - text.height) / 2, width, height)
  mask.ifthenelse([255, 255, 255], rgb, blend: true).copy_memory
end

compose = lambda do
  boxes = card["labels"].map { |label| box(card, label) }
  picture = base.mutate do |under|
    card["labels"].zip(boxes) { |label, over| under.draw_image!(over, label["x"], label["y"]) }
  end
  picture.jpegsave_buffer(Q: 90)
end

2.times { compose.call }
times = ARGV[1].to_i
began = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
times.times { compose.call }
puts (Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - began) / times * 1000
File.binwrite(ARGV[2], compose.call) if ARGV[2]
