"""Files as the agencies' systems export them, in the formats in which they really travel."""
