#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trains the classifier of Arabic-Indic digits (src/ocr/numbers_glyph.cc) and writes src/ocr/numbers_weights.inc.

    models/train_digits.py OUT.inc [LINES_PER_FACE]     run by hand, not by the build; about ten minutes on one core

Lines of made-up words and numbers are drawn in many Arabic faces, damaged as a scanner does, brought to the shape of
a sheet (src/ocr/sheet.h) and taken apart into groups of ink exactly as src/ocr/numbers_ink.cc does; each group with its
label is one example. Everything a group's features depend on is written twice, here and there: keep in step.

Needs python3, numpy, Pillow with Raqm and the font packages named in models/digits.md. The seed is fixed.
"""
import os
import random
import sys
from collections import namedtuple

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SEED = 20240611
VERSION = 1
GRID = 16
HIDDEN = 64
READING_DPI = 170  # of a sheet
INK = 160  # darker is ink on a sheet
DIGITS = '٠١٢٣٤٥٦٧٨٩'
PERSIAN = '۴۵۶'
# The order is that of kMeaning in src/ocr/numbers_glyph.cc.
CLASSES = list(DIGITS) + list(PERSIAN) + ['/', '.', ',', '-', ':', '(', ')', '%', 'reject']
REJECT = len(CLASSES) - 1
ALIASES = {'،': ',', '٫': ',', '٪': '%', '–': '-'}
MARGIN = 24

FONT_ROOT = '/usr/share/fonts/'
# (folder, faces, has U+06F4-6 in shapes of their own, weight)
FACES = [
    ('opentype/fonts-hosny-amiri', 'Amiri-Bold Amiri-Regular Amiri-Slanted', True, 2, '.ttf'),
    ('opentype/fonts-hosny-thabit', 'Thabit Thabit-Bold Thabit-Oblique', True, 1, '.ttf'),
    ('opentype/lateef', 'Lateef-Bold Lateef-Light Lateef-Regular Lateef-SemiBold', True, 1, '.ttf'),
    ('truetype/scheherazade', 'Scheherazade-Regular Scheherazade-Bold', True, 2, '.ttf'),
    ('truetype/harmattan', 'Harmattan-Regular Harmattan-Bold', True, 2, '.ttf'),
    ('truetype/dejavu', 'DejaVuSans DejaVuSans-Bold DejaVuSansCondensed DejaVuSansMono', True, 2, '.ttf'),
    ('truetype/alkalami', 'Alkalami-Regular Alkalami-Light', False, 1, '.ttf'),
    ('truetype/kacst-one', 'KacstOne KacstOne-Bold', True, 2, '.ttf'),
    ('truetype/kacst', 'KacstArt KacstBook KacstDecorative KacstDigital KacstFarsi KacstLetter KacstNaskh KacstOffice '
     'KacstPen KacstPoster KacstQurn KacstScreen KacstTitle', False, 1, '.ttf'),
    ('truetype/paktype', 'PakType_Naskh_Basic PakType_Naskh_Basic_Farsi PakType_Naskh_Basic_SA PakType_Naqsh '
     'PakType_Ajrak PakType_Tehreer', False, 1, '.ttf'),
    ('truetype/fonts-arabeyes', 'ae_AlArabiya ae_AlBattar ae_AlHor ae_AlYarmook ae_Arab ae_Cortoba ae_Dimnah ae_Furat '
     'ae_Granada ae_Graph ae_Hani ae_Hor ae_Jet ae_Kayrawan ae_Khalid ae_Mashq ae_Mashq-Bold ae_Metal ae_Nagham '
     'ae_Nice ae_Ostorah ae_Ouhod-Bold ae_Petra ae_Rasheeq-Bold ae_Rehan ae_Salem ae_Sharjah ae_Sindbad '
     'ae_Tarablus ae_Tholoth', False, 1, '.ttf'),
]
LATIN_FACES = ['truetype/liberation/LiberationSans-Regular.ttf', 'truetype/liberation/LiberationSerif-Regular.ttf',
               'truetype/dejavu/DejaVuSerif.ttf']

WORDS = ('من إلى على في عن هذا هذه ذلك التي الذي كان كانت قال وقد تم بعد قبل خلال سنة يوم شهر رقم تاريخ مبلغ دينار '
         'دولار ألف مليون المادة الفقرة القرار الوزارة المديرية العامة للشؤون الإدارية والمالية مكتب الوزير السيد '
         'المحترم تحية طيبة وبعد إشارة كتابكم المرقم المؤرخ نرجو التفضل بالاطلاع واتخاذ اللازم مع التقدير نسخة منه '
         'أحمد محمد علي حسن خالد عبد الله سعيد يوسف إبراهيم مصطفى عمر بغداد دمشق القاهرة الرياض بيروت طرابلس تونس '
         'الجزائر صنعاء عمان شارع حي بناية طابق هاتف فاكس صندوق بريد شركة بنك حساب تحويل عقد بيع شراء قطعة أرض دار '
         'لجنة تحقيق شهادة محضر اجتماع جلسة محكمة قاض وزارة داخلية دفاع أمن مركز شرطة حدود سيارة لوحة سائق ا أ إ آ '
         'ه ة و ر د ذ ز م ن ي ى ل ك ب ت ث ج ح خ س ش ص ض ط ظ ع غ ف ق هـ لا ال أو ؟ ؛ ! « » " \' * م. د. ص. ب. ـ ـــ '
         'مُدَّةٌ كِتَابٌ قَرَّرَ رَوَى').split()
LATIN_WORDS = 'the No. of A.B Ref Tel Mr 2 3 4 5 6 7 8 23 456 78 25 63 84 USD EUR page Ltd & @ # + = ? ! ;'.split()

Group = namedtuple('Group', 'x0 y0 x1 y1 labels')


def glyph_missing(font, c):
    mask, absent = font.getmask(c), font.getmask('\U000FFFF0')
    return mask.size[0] == 0 or mask.size[1] == 0 or (mask.size == absent.size and bytes(mask) == bytes(absent))


class Face:
    def __init__(self, path, persian):
        self.path = path
        self.fonts = {}
        self.inks = {}
        big = self.font(64)
        self.chars = [c for c in '/.:()-،٫,٪%–' if not glyph_missing(big, c)]
        self.persian = persian and not any(glyph_missing(big, c) for c in PERSIAN)

    def font(self, pixels):
        if pixels not in self.fonts:
            self.fonts[pixels] = ImageFont.truetype(self.path, pixels, layout_engine=ImageFont.Layout.RAQM)
        return self.fonts[pixels]

    def ink_of(self, font, c):
        """Left and right end of a character's ink, from its origin."""
        if (font.size, c) not in self.inks:
            mask, offset = font.getmask2(c, 'L', direction='ltr', anchor='ls')
            box = Image.frombytes('L', mask.size, bytes(mask)).getbbox()
            self.inks[font.size, c] = (offset[0] + box[0], offset[0] + box[2])
        return self.inks[font.size, c]


def number_of(rng, face):
    """A number as it is printed from left to right."""
    pool = DIGITS if not (face.persian and rng.random() < 0.25) else '٠١٢٣' + PERSIAN + '٧٨٩' + PERSIAN
    run = lambda low, high: ''.join(rng.choice(pool) for _ in range(rng.randint(low, high)))
    shape = rng.random()
    marks = [c for c in face.chars if c not in '()%٪،']
    if shape < 0.5 or not marks:
        text = run(1, 5)
    elif shape < 0.85:
        text = run(1, 4) + rng.choice(marks) + run(1, 4)
        if rng.random() < 0.3:
            text = text + rng.choice(marks) + run(1, 3)
    elif '(' in face.chars and shape < 0.93:
        text = '(' + run(1, 3) + ')'
    else:
        ends = [c for c in face.chars if c in '%٪،.:']
        text = (rng.choice(ends) if ends else '') + run(1, 4)
    return text


def draw_line(rng, face, latin, dpi):
    """A grey line, and what stands where: (x0, x1, class) of each character of the numbers, ink extents."""
    pixels = rng.uniform(10, 16) * dpi / 72
    if rng.random() < 0.15:
        pixels = rng.uniform(16, 24) * dpi / 72
    font = face.font(max(12, round(pixels)))
    pieces = []
    only_numbers = rng.random() < 0.2
    for _ in range(5):
        pieces.append(('number', number_of(rng, face)))
        if not only_numbers:
            pieces.append(('word', rng.choice(WORDS)))
            if rng.random() < 0.25:
                pieces.append(('latin', rng.choice(LATIN_WORDS)))
    rng.shuffle(pieces)
    space = font.getlength(' ') * rng.uniform(0.9, 1.6) + 0.1 * pixels
    small = latin.font(max(10, round(pixels * 0.8)))
    tracking = rng.uniform(0, 0.05) * pixels if rng.random() < 0.3 else 0

    def width(kind, text):
        if kind == 'number':
            return sum(font.getlength(c) + tracking for c in text)
        return small.getlength(text) if kind == 'latin' else font.getlength(text)

    total = sum(width(*piece) + space for piece in pieces)
    height = int(pixels * 2.6)
    image = Image.new('L', (int(total) + 2 * MARGIN * 2, height), 255)
    draw = ImageDraw.Draw(image)
    base = int(height * 0.6)
    x = 2.0 * MARGIN
    places = []
    for kind, text in pieces:
        at = x
        if kind == 'number':
            for c in text:
                draw.text((at, base), c, font=font, fill=0, anchor='ls', direction='ltr')
                left, right = face.ink_of(font, c)
                places.append((at + left, at + right, CLASSES.index(ALIASES.get(c, c))))
                at += font.getlength(c) + tracking
        elif kind == 'latin':
            draw.text((at, base), text, font=small, fill=0, anchor='ls')
        else:
            draw.text((at, base), text, font=font, fill=0, anchor='ls', direction='rtl')
        x += width(kind, text) + space
    return numpy.asarray(image, dtype=numpy.float32), places, only_numbers


def scanned(rng, noise, grey, dpi):
    """The line after printer and scanner, then made into a sheet: grey 0…255 at READING_DPI, scale of x and y."""
    image = Image.fromarray(grey.astype(numpy.uint8))
    wear = rng.random()
    if wear < 0.12:
        image = image.filter(ImageFilter.MinFilter(3))
    elif wear < 0.2 and dpi >= 300:
        image = image.filter(ImageFilter.MaxFilter(3))
    image = image.rotate(rng.uniform(-0.4, 0.4), resample=Image.BILINEAR, fillcolor=255)
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.3) * dpi / 200))
    page = numpy.asarray(image, dtype=numpy.float32)
    contrast = rng.uniform(0.4, 1.0)
    paper = rng.uniform(200, 255) if contrast < 0.75 else rng.uniform(240, 255)
    page = paper - (255 - page) * contrast * paper / 255
    sigma = rng.uniform(0, 20) if rng.random() < 0.7 else 0
    page = page + noise.normal(0, 1, page.shape).astype(numpy.float32) * sigma
    page = numpy.clip(page, 0, 255)
    if rng.random() < 0.3:
        image = Image.fromarray(page.astype(numpy.uint8))
        import io
        buffer = io.BytesIO()
        image.save(buffer, 'JPEG', quality=rng.randint(30, 85))
        page = numpy.asarray(Image.open(buffer), dtype=numpy.float32)
    # As sheet_of(): smooth, scale, stretch.
    image = Image.fromarray(page.astype(numpy.uint8))
    passes = max(1, round(0.9 * (dpi / READING_DPI) ** 2)) + (1 if sigma > 8 else 0)
    image = image.filter(ImageFilter.GaussianBlur((passes / 2) ** 0.5))
    aspect = rng.uniform(0.93, 1.07)
    x_scale = READING_DPI / dpi * aspect
    y_scale = READING_DPI / dpi
    size = (max(1, round(image.width * x_scale)), max(1, round(image.height * y_scale)))
    page = numpy.asarray(image.resize(size, Image.BILINEAR, reducing_gap=None), dtype=numpy.float32)
    depth = max(40.0, contrast * paper * rng.uniform(0.85, 1.05))
    white, black = paper - 0.25 * depth, paper - depth
    return numpy.clip(numpy.round(255 * (page - black) / (white - black)), 0, 255).astype(numpy.uint8), x_scale


def components(ink):
    """Labels of 8-connected parts, by runs."""
    parent = [0]

    def find(a):
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    labels = numpy.zeros(ink.shape, dtype=numpy.int32)
    before = []
    padded = numpy.zeros((ink.shape[0], ink.shape[1] + 2), dtype=numpy.int8)
    padded[:, 1:-1] = ink
    edges = numpy.diff(padded, axis=1)
    for y in range(ink.shape[0]):
        starts, ends = numpy.flatnonzero(edges[y] == 1), numpy.flatnonzero(edges[y] == -1)
        runs = []
        for a, b in zip(starts.tolist(), ends.tolist()):
            label = 0
            for c, d, other in before:
                if c <= b and d >= a:
                    other = find(other)
                    if label == 0:
                        label = other
                    elif other != label:
                        low, high = min(label, other), max(label, other)
                        parent[high] = low
                        label = low
            if label == 0:
                label = len(parent)
                parent.append(label)
            runs.append((a, b, label))
            labels[y, a:b] = label
        before = runs
    return numpy.array([find(i) for i in range(len(parent))])[labels]


def groups_of(labels):
    """Parts that stand above each other are one group, as in src/ocr/numbers_glyph.cc."""
    boxes = {}
    ys, xs = numpy.nonzero(labels)
    order = numpy.argsort(labels[ys, xs], kind='stable')
    values = labels[ys, xs][order]
    cuts = numpy.flatnonzero(numpy.diff(values)) + 1
    for part in numpy.split(order, cuts):
        if len(part) < 4:
            continue
        py, px = ys[part], xs[part]
        boxes[int(labels[py[0], px[0]])] = (px.min(), py.min(), px.max() + 1, py.max() + 1)
    groups = []
    for label, (x0, y0, x1, y1) in sorted(boxes.items(), key=lambda item: (item[1][0], item[1][1])):
        mine = Group(int(x0), int(y0), int(x1), int(y1), {label})
        kept = []
        for other in groups:
            shared = min(mine.x1, other.x1) - max(mine.x0, other.x0)
            if 2 * shared > min(mine.x1 - mine.x0, other.x1 - other.x0):
                mine = Group(min(mine.x0, other.x0), min(mine.y0, other.y0), max(mine.x1, other.x1),
                             max(mine.y1, other.y1), mine.labels | other.labels)
            else:
                kept.append(other)
        groups = kept + [mine]
    return groups


def line_of_words(ink_rows, groups):
    """Foot and height of a line from the groups of its words."""
    peak = int(numpy.argmax(ink_rows))
    foot = peak
    while foot + 1 < len(ink_rows) and 2 * ink_rows[foot + 1] >= ink_rows[peak]:
        foot += 1
    foot += 1
    rises = sorted(foot - g.y0 for g in groups if g.y0 < foot)
    return foot, max(4, rises[len(rises) * 4 // 5] if rises else 4)


def line_of_numbers(groups):
    """The same where there are no words."""
    highest = max(g.y1 - g.y0 for g in groups)
    tall = [g for g in groups if 5 * (g.y1 - g.y0) >= 3 * highest]
    feet = sorted(g.y1 for g in tall)
    heights = sorted(g.y1 - g.y0 for g in tall)
    return feet[len(feet) // 2], max(4, heights[len(heights) // 2] * 5 / 4)


def features(sheet, labels, group, foot, height):
    h, w = sheet.shape
    x0, y0, x1, y1 = max(0, group.x0 - 1), max(0, group.y0 - 1), min(w, group.x1 + 1), min(h, group.y1 + 1)
    part = labels[y0:y1, x0:x1]
    mine = part == 0
    for label in group.labels:
        mine |= part == label
    dark = numpy.where(mine, 255.0 - sheet[y0:y1, x0:x1], 0.0)
    gw, gh = x1 - x0, y1 - y0
    longest = max(gw, gh)
    tw, th = max(1, (gw * GRID + longest // 2) // longest), max(1, (gh * GRID + longest // 2) // longest)

    def place(count, size):
        at = numpy.clip((numpy.arange(count) + 0.5) * size / count - 0.5, 0, size - 1)
        low = numpy.minimum(at.astype(int), max(0, size - 2))
        return low, numpy.minimum(low + 1, size - 1), at - low

    ylow, yhigh, fy = place(th, gh)
    xlow, xhigh, fx = place(tw, gw)
    rows = dark[ylow] * (1 - fy)[:, None] + dark[yhigh] * fy[:, None]
    scaled = rows[:, xlow] * (1 - fx) + rows[:, xhigh] * fx
    grid = numpy.zeros((GRID, GRID), dtype=numpy.float32)
    oy, ox = (GRID - th) // 2, (GRID - tw) // 2
    grid[oy:oy + th, ox:ox + tw] = scaled / 255
    shape = [(group.y1 - group.y0) / height, (group.x1 - group.x0) / height, (foot - group.y1) / height,
             (foot - group.y0) / height]
    return numpy.concatenate([grid.ravel(), numpy.clip(shape, -2, 2)]).astype(numpy.float32)


def label_of(group, places, x_scale):
    """Class of a group: a character's if it lies within its ink and no other's; None if it cannot be told."""
    hits = []
    for x0, x1, kind in places:
        a, b = x0 * x_scale - 1.5, x1 * x_scale + 1.5
        shared = min(b, group.x1) - max(a, group.x0)
        if shared > 0.4 * (group.x1 - group.x0) or shared > 0.6 * (b - a):
            hits.append((a, b, kind))
    if not hits:
        return REJECT
    if len(hits) > 1:
        wide = (group.x1 - group.x0) > 1.25 * max(b - a for a, b, _ in hits)
        return REJECT if wide else None
    a, b, kind = hits[0]
    if group.x0 < a - 2 or group.x1 > b + 2:
        return None
    return kind if (group.x1 - group.x0) > 0.75 * (b - a - 3) - 1 else None


def examples_of_line(rng, noise, face, latin):
    dpi = rng.choice([200, 200, 300])
    grey, places, only_numbers = draw_line(rng, face, latin, dpi)
    sheet, x_scale = scanned(rng, noise, grey, dpi)
    labels = components(sheet < INK)
    groups = groups_of(labels)
    if not groups:
        return
    kinds = [label_of(group, places, x_scale) for group in groups]
    words = [g for g, kind in zip(groups, kinds) if kind == REJECT]
    if only_numbers or len(words) < 4:
        foot, height = line_of_numbers(groups)
    else:
        rows = numpy.zeros(sheet.shape[0])
        for g in words:
            rows += (sheet[:, g.x0:g.x1] < INK).sum(axis=1)
        foot, height = line_of_words(rows, words)
    for group, kind in zip(groups, kinds):
        # What is not in numbers is seen less often: there is more of it.
        if kind is None or (kind == REJECT and rng.random() < 0.35):
            continue
        height_seen = height * rng.uniform(0.85, 1.18)
        foot_seen = foot + rng.uniform(-0.06, 0.06) * height
        yield features(sheet, labels, group, foot_seen, height_seen), kind


def make_examples(lines_per_face):
    rng = random.Random(SEED)
    noise = numpy.random.default_rng(SEED)
    latins = [Face(FONT_ROOT + path, False) for path in LATIN_FACES]
    inputs, kinds = [], []
    for folder, names, persian, weight, suffix in FACES:
        for name in names.split():
            path = os.path.join(FONT_ROOT, folder, name.replace('_', ' ') if 'paktype' in folder else name) + suffix
            face = Face(path, persian)
            for _ in range(lines_per_face * weight):
                for values, kind in examples_of_line(rng, noise, face, rng.choice(latins)):
                    inputs.append((values * 255).round().astype(numpy.int16))
                    kinds.append(kind)
            print(os.path.basename(path), len(kinds), file=sys.stderr, flush=True)
    return numpy.array(inputs, dtype=numpy.int16), numpy.array(kinds)


def train(inputs, kinds, epochs=24):
    rng = numpy.random.default_rng(SEED)
    x = inputs.astype(numpy.float32) / 255
    order = rng.permutation(len(x))
    held = order[:len(x) // 20]
    order = order[len(x) // 20:]
    n, m, k = x.shape[1], HIDDEN, len(CLASSES)
    parts = [rng.normal(0, (2 / n) ** 0.5, (n, m)), numpy.zeros(m), rng.normal(0, (2 / m) ** 0.5, (m, k)), numpy.zeros(k)]
    parts = [p.astype(numpy.float32) for p in parts]
    first = [numpy.zeros_like(p) for p in parts]
    second = [numpy.zeros_like(p) for p in parts]
    step, batch = 0, 256
    total = epochs * (len(order) // batch)
    for epoch in range(epochs):
        rng.shuffle(order)
        for i in range(0, len(order) - batch + 1, batch):
            at = order[i:i + batch]
            a, want = x[at], kinds[at]
            hidden = numpy.maximum(a @ parts[0] + parts[1], 0)
            scores = hidden @ parts[2] + parts[3]
            scores -= scores.max(axis=1, keepdims=True)
            p = numpy.exp(scores)
            p /= p.sum(axis=1, keepdims=True)
            p[numpy.arange(batch), want] -= 1
            p /= batch
            back = (p @ parts[2].T) * (hidden > 0)
            slopes = [a.T @ back + 1e-4 * parts[0], back.sum(0), hidden.T @ p + 1e-4 * parts[2], p.sum(0)]
            step += 1
            rate = 0.002 * 0.5 * (1 + numpy.cos(numpy.pi * step / total)) + 1e-5
            for j, slope in enumerate(slopes):
                first[j] = 0.9 * first[j] + 0.1 * slope
                second[j] = 0.999 * second[j] + 0.001 * slope * slope
                parts[j] -= rate * (first[j] / (1 - 0.9 ** step)) / (numpy.sqrt(second[j] / (1 - 0.999 ** step)) + 1e-8)
        if epoch % 4 == 3 or epoch + 1 == epochs:
            print('epoch', epoch + 1, 'held-out', round(accuracy(x[held], kinds[held], parts), 4), file=sys.stderr)
    report(x[held], kinds[held], parts)
    return parts


def classify(x, parts):
    scores = numpy.maximum(x @ parts[0] + parts[1], 0) @ parts[2] + parts[3]
    scores -= scores.max(axis=1, keepdims=True)
    p = numpy.exp(scores)
    return p / p.sum(axis=1, keepdims=True)


def accuracy(x, kinds, parts):
    return float((classify(x, parts).argmax(axis=1) == kinds).mean())


def report(x, kinds, parts):
    got = classify(x, parts).argmax(axis=1)
    for k, name in enumerate(CLASSES):
        at = kinds == k
        if not at.any():
            continue
        wrong = {CLASSES[j]: int((got[at] == j).sum()) for j in range(len(CLASSES)) if j != k and (got[at] == j).any()}
        print(name, int(at.sum()), round(float((got[at] == k).mean()), 4), wrong, file=sys.stderr)


def quantised(weights):
    """Each column to int8 with one scale."""
    scale = numpy.abs(weights).max(axis=0) / 127
    return numpy.round(weights / scale).astype(int), scale


def write(path, parts):
    def rows(values, form):
        text, line = [], ''
        for value in values:
            item = form(value) + ','
            if len(line) + len(item) + 1 > 118:
                text.append(line)
                line = ''
            line += ('' if not line else ' ') + item
        return '\n'.join(text + [line])

    with open(path, 'w') as out:
        out.write('// Written by models/train_digits.py; do not edit. See models/digits.md.\n')
        out.write(f'constexpr int kWeightsVersion = {VERSION};\n')
        for name, weights, bias in (('Hidden', parts[0], parts[1]), ('Output', parts[2], parts[3])):
            whole, scale = quantised(weights)
            out.write(f'// One row for each input.\nconstexpr std::array<std::int8_t, {whole.size}> k{name}{{\n')
            out.write(rows(whole.ravel(), str) + '};\n')
            out.write(f'constexpr std::array<float, {len(scale)}> k{name}Scale{{\n')
            out.write(rows(scale, lambda v: f'{v:.6e}F') + '};\n')
            out.write(f'constexpr std::array<float, {len(bias)}> k{name}Bias{{\n')
            out.write(rows(bias, lambda v: f'{v:.6e}F') + '};\n')


def main():
    lines = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    inputs, kinds = make_examples(lines)
    parts = train(inputs, kinds)
    for j in (0, 2):
        whole, scale = quantised(parts[j])
        parts[j] = (whole * scale).astype(numpy.float32)
    write(sys.argv[1], parts)


if __name__ == '__main__':
    main()
