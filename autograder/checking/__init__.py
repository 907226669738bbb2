"""What every answer key uses: probes, criteria, numeric gradient, mistakes, verdict. Knows no assignment."""
