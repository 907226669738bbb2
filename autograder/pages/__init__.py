"""Write what people look at: pages that stand alone, safe whatever a student's notebook holds.

- `feedback`: the page that goes back to each student.
- `report`: the page about a class, for the instructor: what `class_summary` counts, the points lost by idea (`ideas`,
  with `snippets` of code), and the `class_numbers`: spread, how well questions separate, times, sections.
- `mistakes`: wrong functions grouped by what they compute, and the instructor's hints for groups.
- `autograded_notebook`: what both read of a notebook in `autograded/`, with its `stored_verdict`s.
- `sanitize`: a student's text, markup, pictures and outputs made safe.
- `drawings`: pictures of gradients, histograms and bars as SVG.
- `kept_pages`: which pages need not be written again.
- `render`: data and a template in `templates/` → page.
- `words`: sentences that come from code.
"""
