"""What ``joinedup bench`` measures, part by part, on the real stack."""
