"""Draws pages of text as a scanner or a phone would show them. Reads {"out", "pages"} from stdin; made for make.ts."""

import json
import random
import sys
import textwrap

from PIL import Image, ImageDraw, ImageFont

job = json.load(sys.stdin)
random.seed(7)
font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 27)
bold = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", 34)


def draw(text):
    sheet = Image.new("L", (1240, 1754), 248)
    pen = ImageDraw.Draw(sheet)
    y = 90
    for line in text.split("\n"):
        title = line.startswith("#")
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            for i, cell in enumerate(cells):
                pen.text((90 + i * 1060 // len(cells), y), cell, 20, font)
            y += 44
            continue
        for part in textwrap.wrap(line.lstrip("# "), 48 if title else 66) or [""]:
            pen.text((90, y), part, 20, bold if title else font)
            y += 50 if title else 42
    sheet = sheet.rotate(random.uniform(-0.5, 0.5), Image.Resampling.BICUBIC, fillcolor=248)
    grain = Image.effect_noise(sheet.size, 14)
    return Image.blend(sheet, grain, 0.06)


images = [draw(page) for page in job["pages"]]
if job["out"].endswith(".pdf"):
    images[0].save(job["out"], save_all=True, append_images=images[1:], resolution=150)
else:
    images[0].save(job["out"], quality=80)
