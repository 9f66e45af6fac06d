"""Drives the web page of a running service in Debian's chromium: search, slider, field form, keyboard,
phone width, dark; fails on a console error, a request to another host, or what axe finds to be in
anybody's way.

    drive-page.py ADDRESS DESIGNATION [FOLDER FOR SCREENSHOTS]
"""
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

address, designation = sys.argv[1:3]
folder = sys.argv[3] if len(sys.argv) > 3 else None
faults = []


def check(condition, what):
    if not condition:
        faults.append(what)


def visit(page, name, way):
    page.goto(f"{address}/{way}")
    page.wait_for_selector("main[aria-busy=false] h1", timeout=30_000)
    page.wait_for_load_state("networkidle")
    found = Axe().run(page)
    for violation in found.response["violations"]:
        faults.append(f"{name}: axe: {violation['id']}: {violation['help']}")
    # A page that must be pushed sideways does not work on a phone.
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    check(wide <= 0, f"{name}: {wide} pixels wider than the screen")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


with sync_playwright() as driver:
    browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    for look, size, scheme in [
        ("desk", (1200, 900), "light"), ("phone", (390, 800), "dark"),
    ]:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        page = context.new_page()
        page.on("console", lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: faults.append(f"error: {e}"))
        page.on("request", lambda r: check(
            r.url.startswith(address) or r.url.startswith("data:"), f"another host: {r.url}"))
        visit(page, f"{look}-tonight", "")
        check(page.locator("main svg").count() >= 1, f"{look}: no sky map")
        # Search by keyboard alone.
        page.locator("#name").focus()
        page.keyboard.type(designation)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"main[aria-busy=false] h1:has-text('{designation}')")
        check(page.url.endswith("#/object/" + designation.replace(" ", "%20")), "search leads elsewhere")
        visit(page, f"{look}-object", "#/object/" + designation)
        page.wait_for_selector("section:has-text('Sky track') svg")
        check(page.locator("main svg").count() >= 4, f"{look}: an object's plots are missing")
        before = page.locator("output").inner_text()
        page.locator("#when").focus()
        for _ in range(30):
            page.keyboard.press("ArrowRight")
        check(page.locator("output").inner_text() > before, f"{look}: the slider does not move")
        visit(page, f"{look}-form", "#/field")
        page.locator("#f-ra").fill("60")
        page.locator("#f-time").fill("2026-11-23T04:00:00Z")
        page.keyboard.press("Enter")
        page.wait_for_selector("main[aria-busy=false] p:has-text('known objects')")
        visit(page, f"{look}-field", page.url[len(address) + 1:])
        # What is wrong with a field is told.
        page.goto(f"{address}/#/field?ra=60&dec=20&radius=1&time=nonsense&observatory=X05&faintest=25")
        page.wait_for_selector("[role=alert]")
        faults[:] = [f for f in faults if "status of 400" not in f]
        context.close()
    browser.close()

for fault in sorted(set(faults)):
    print(fault)
print(f"{len(set(faults))} faults")
sys.exit(1 if faults else 0)
