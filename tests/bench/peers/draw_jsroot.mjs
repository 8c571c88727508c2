// CPU of one picture drawn by JSROOT without a browser: node draw_jsroot.mjs FILE NAME[|NAME...] OPTION TIMES [OUT]
// Several names are laid over one another. Prints milliseconds a picture as PNG and as SVG, or the word "none".
// Reading the file and two pictures to warm up are not counted.
import { writeFileSync, readFileSync } from 'node:fs';
import { openFile, makeImage, makeSVG, create, settings } from 'jsroot';

const [path, names, option, times, out] = process.argv.slice(2);
const bytes = readFileSync(path);
const file = await openFile(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const objects = [];
for (const name of names.split('|'))
    objects.push(await file.readObject(name));
let object = objects[0];
if (objects.length > 1) {
    object = create('THStack');
    objects.forEach((one, i) => {
        one.fLineColor = [1, 860, 807, 633, 618][i];
        object.fHists.Add(one, 'hist');
    });
}
settings.ApproxTextSize = true; // as its manual advises without a browser

async function cpu(draw) {
    let last = null;
    try {
        for (let i = 0; i < 2; i++)
            last = await draw();
    } catch (problem) {
        console.error(String(problem));
        return ['none', null];
    }
    if (!last)
        return ['none', null];
    const began = process.cpuUsage();
    for (let i = 0; i < +times; i++)
        await draw();
    const used = process.cpuUsage(began);
    return [((used.user + used.system) / 1000 / +times).toFixed(3), last];
}

const what = { object, option, width: 600, height: 400 };
const [png, image] = await cpu(() => makeImage({ ...what, format: 'png', as_buffer: true }));
const [svg, text] = await cpu(() => makeSVG(what));
console.log(png, svg);
if (out && image)
    writeFileSync(out, image);
if (out && text)
    writeFileSync(out + '.svg', text);
process.exit(0);
